"""Pages that listen: FreqUI is served from anywhere, and proxies rewrite `Host`; what counts is a token."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import WSMsgType, WSServerHandshakeError, web

from appliance.config.api_tokens import hash_of, new_token
from appliance.server.auth.authenticator import AUTHENTICATOR
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.session import cookie_name, new_session
from appliance.server.logins.logins import LOGINS
from appliance.server.logins.session_book import LoginSession
from tests.support.scripted import scene
from tests.support.serving import LOGIN, PASSWORD, USER, WS_TOKENS, served

ORIGINS = [None, "null", "http://127.0.0.1:3000", "https://ui.example", "http://{host}"]
TOKEN = new_token()


@pytest.fixture
async def api(tmp_path):
    listed = [{"name": "a page", "hash": hash_of(TOKEN), "role": "viewer"}]
    async with scene(tmp_path, **LOGIN, **{"api_server.tokens": listed}) as stage, served() as api:
        api.app[BOT_SLOT].bot = stage.bot
        yield api


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("shown", ["ws_token", "access token", "API token"])
async def test_a_client_with_a_token_is_not_asked_for_its_origin(api, origin, shown):
    access = (await api.post("/token/login")).body["access_token"]
    token = {"ws_token": WS_TOKENS[0], "access token": access, "API token": TOKEN}[shown]
    async with api.listen(token, origin=origin and origin.format(host=host(api))) as socket:
        await socket.send_json({"type": "whitelist"})
        assert (await socket.receive_json())["type"] == "whitelist"


@pytest.mark.parametrize("origin", ORIGINS)
async def test_no_page_listens_without_a_token_not_even_our_own_with_its_cookie(api, origin):
    headers = {"Sec-Fetch-Site": "same-origin", "Cookie": await dashboard_cookie(api)}
    if origin:
        headers["Origin"] = origin.format(host=host(api))
    with pytest.raises(WSServerHandshakeError) as refused:
        await api.session.ws_connect(f"{api.url}/api/v1/message/ws", headers=headers)
    assert refused.value.status == 403


@pytest.mark.parametrize("named", ["bot:8080", "127.0.0.1", "internal.example", ""])
async def test_frequi_works_behind_a_proxy_that_rewrites_the_host(api, named):
    """What it does first, in its order, as a page of the proxy's own address."""
    async with (
        rewriting_proxy(api.url, named) as outside,
        aiohttp.ClientSession(headers={"Origin": outside}) as page,
    ):
        login = {"Authorization": aiohttp.encode_basic_auth(USER, PASSWORD)}
        async with page.post(f"{outside}/api/v1/token/login", json={}, headers=login) as answer:
            token = (await answer.json())["access_token"]
        bearer = {"Authorization": f"Bearer {token}"}
        for path in ("/ui_version", "/api/v1/ping", "/api/v1/show_config", "/api/v1/profit"):
            async with page.get(outside + path, headers=bearer) as answer:
                assert answer.status == 200
        async with page.post(f"{outside}/api/v1/stopbuy", json={}, headers=bearer) as answer:
            assert answer.status == 200
        async with page.ws_connect(f"{outside}/api/v1/message/ws?token={token}") as socket:
            await socket.send_json({"type": "subscribe", "data": ["whitelist", "entry_fill", "new_candle"]})
            await socket.send_json({"type": "whitelist", "data": ""})
            assert (await socket.receive_json())["type"] == "whitelist"


async def test_the_ui_version_is_reported_as_in_freqtrade_without_ui(api, starting):
    for told in (api, starting):
        async with told.session.get(f"{told.url}/ui_version") as answer:
            assert (answer.status, answer.content_type) == (200, "application/json")
            assert await answer.json() == {"version": "not_installed"}


def host(api) -> str:
    return api.url.removeprefix("http://")


async def dashboard_cookie(api) -> str:
    """Return the cookie of somebody who is logged in at the dashboard, and is let in there by it."""
    credentials = api.app[AUTHENTICATOR].credentials
    owner, now = credentials.owner, int(time.time())
    session, text = new_session(credentials, owner, now)
    known = LoginSession(
        mark="", credential=owner.credential, name=owner.name, way="password", browser="", address="",
        began=now, seen=now, until=session.expires,
    )  # fmt: skip
    api.app[LOGINS].sessions.begin(session.id, known)
    cookie = f"{cookie_name(credentials)}={text}"
    headers = {"Cookie": cookie, "Accept": "text/html"}
    async with api.session.get(f"{api.url}/", headers=headers, allow_redirects=False) as page:
        assert page.status == 200
    return cookie


@asynccontextmanager
async def rewriting_proxy(bot: str, named: str) -> AsyncIterator[str]:
    """Pass everything on to `bot`, its websocket too, with `named` as the Host; gives the proxy's address."""
    async with aiohttp.ClientSession() as onward:

        async def passed_on(request: web.Request) -> web.StreamResponse:
            headers = {
                name: value
                for name, value in request.headers.items()
                if name in ("Origin", "Authorization", "Content-Type")
            }
            headers["Host"] = named
            if request.headers.get("Upgrade") == "websocket":
                return await both_ways(request, onward.ws_connect(bot + request.path_qs, headers=headers))
            async with onward.request(
                request.method, bot + request.path_qs, headers=headers, data=await request.read()
            ) as answer:
                return web.Response(
                    status=answer.status, body=await answer.read(), content_type=answer.content_type
                )

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", passed_on)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()


async def both_ways(request: web.Request, connecting) -> web.StreamResponse:
    try:
        async with connecting as inside:
            outside = web.WebSocketResponse()
            await outside.prepare(request)

            async def carry(reader, writer) -> None:
                async for message in reader:
                    if message.type is WSMsgType.TEXT:
                        await writer.send_str(message.data)
                await writer.close()

            await asyncio.gather(carry(inside, outside), carry(outside, inside))
            return outside
    except WSServerHandshakeError as refused:
        return web.Response(status=refused.status)
