"""Listening over the websocket: who is refused, and what happens when the connection is lost."""

import asyncio

import pytest
from aiohttp import web

from appliance.client import AsyncRestClient, NoAnswer, WrongLogin
from appliance.client.listening import LONGEST_PAUSE, _wait
from appliance.domain.message import Message, MessageType
from appliance.server.websocket.hub import HUB
from tests.support.running import free_port
from tests.support.serving import PASSWORD, USER, WS_TOKENS

QUICKLY = 0.01


class Announcing:
    """A server that says what the test wants, then closes."""

    def __init__(self, *rounds) -> None:
        self.rounds = list(rounds)
        self.heard: list[dict] = []
        self.tokens: list[str] = []

    async def listen(self, request: web.Request) -> web.StreamResponse:
        self.tokens.append(request.query["token"])
        saying = self.rounds.pop(0) if self.rounds else []
        if isinstance(saying, int):
            raise web.HTTPForbidden if saying == 403 else web.HTTPServiceUnavailable
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.heard.append(await socket.receive_json())
        for message in saying:
            await socket.send_json(message)
        await socket.close()
        return socket


@pytest.fixture
async def announcing():
    runners = []

    async def start(*rounds) -> tuple[Announcing, str]:
        server = Announcing(*rounds)
        app = web.Application()
        app.router.add_get("/api/v1/message/ws", server.listen)
        app.router.add_post("/api/v1/token/login", login)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        runners.append(runner)
        return server, f"http://127.0.0.1:{runner.addresses[0][1]}"

    given = iter(range(1, 10))

    async def login(_: web.Request) -> web.Response:
        return web.json_response({"access_token": f"token-{next(given)}", "refresh_token": ""})

    yield start
    for runner in runners:
        await runner.cleanup()


async def test_a_first_connection_that_fails_is_an_error() -> None:
    async with AsyncRestClient(f"http://127.0.0.1:{free_port()}", ws_token="x") as client:
        with pytest.raises(NoAnswer, match="connection refused"):
            await anext(client.messages())


async def test_a_wrong_token_is_an_error(api) -> None:
    async with AsyncRestClient(api.url, ws_token="x") as client:
        with pytest.raises(WrongLogin, match="does not accept this token"):
            await anext(client.messages())


async def test_a_wrong_password_is_an_error(api) -> None:
    async with AsyncRestClient(api.url, USER, "wrong") as client:
        with pytest.raises(WrongLogin, match="username and password"):
            await anext(client.messages())


async def test_listening_continues_after_the_connection_is_lost(announcing, caplog) -> None:
    server, url = await announcing([{"type": "a"}], [], 503, [{"type": "b"}, {"type": "c"}])
    async with AsyncRestClient(url, ws_token="t") as client:
        listening = client.messages("entry", pause=QUICKLY)
        got = [(await anext(listening))["type"] for _ in range(3)]
        await listening.aclose()
    assert got == ["a", "b", "c"]
    assert server.heard == [{"type": "subscribe", "data": ["entry"]}] * 3
    assert "connecting again" in caplog.text
    assert "still starting" in caplog.text


async def test_a_token_that_expired_meanwhile_is_renewed(announcing) -> None:
    server, url = await announcing([{"type": "a"}], 403, [{"type": "b"}])
    async with AsyncRestClient(url, "u", "p") as client:
        listening = client.messages(pause=QUICKLY)
        assert [(await anext(listening))["type"] for _ in range(2)] == ["a", "b"]
        await listening.aclose()
    assert server.tokens == ["token-1", "token-1", "token-2"]
    assert "analyzed_df" not in server.heard[0]["data"]


async def test_a_token_that_is_revoked_ends_it(announcing) -> None:
    _, url = await announcing([{"type": "a"}], 403, 403)
    async with AsyncRestClient(url, ws_token="t") as client:
        listening = client.messages(pause=QUICKLY)
        await anext(listening)
        with pytest.raises(WrongLogin):
            await anext(listening)


def test_pauses_grow_to_a_minute_and_no_further() -> None:
    assert [_wait(1.0, failures) for failures in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert _wait(1.0, 10**9) == LONGEST_PAUSE


@pytest.mark.parametrize("login", [{"ws_token": WS_TOKENS[1]}, {"username": USER, "password": PASSWORD}])
async def test_what_the_real_bot_announces_arrives(api, login) -> None:
    async with AsyncRestClient(api.url, **login) as client:
        listening = client.messages("status", "new_candle")
        waiting = asyncio.ensure_future(anext(listening))
        hub = api.app[HUB]
        async with asyncio.timeout(10):
            while not waiting.done():
                hub.publish(Message(MessageType.STATUS, {"status": "running"}))
                await asyncio.sleep(0.02)
        assert waiting.result() == {"type": "status", "status": "running"}
        await listening.aclose()
