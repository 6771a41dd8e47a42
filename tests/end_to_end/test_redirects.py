"""Nobody to whom we speak can send us, and the secrets we bring, to somebody else."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from appliance.client import AsyncRestClient
from appliance.config.sections.operation import HealthSettings
from appliance.config.settings import TelegramSettings
from appliance.domain.errors import PairListError
from appliance.notify.bot_api import BotApi
from appliance.notify.posting import post
from appliance.notify.service import NotAccepted
from appliance.ops import deadman
from appliance.pairlists.sources.coingecko import CoinGecko, CoinGeckoAccess
from appliance.pairlists.sources.fetching import fetch_json


@asynccontextmanager
async def site(answer: Callable[[web.Request], web.Response]) -> AsyncIterator[int]:
    async def handle(request: web.Request) -> web.Response:
        return answer(request)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@asynccontextmanager
async def lured(status: int = 302) -> AsyncIterator[tuple[str, list[str]]]:
    """Yield an address that redirects to another host, and what was asked there."""
    asked: list[str] = []

    def thief(request: web.Request) -> web.Response:
        asked.append(request.path_qs)
        return web.json_response({"ok": True, "pairs": []})

    async with site(thief) as elsewhere:

        def lure(request: web.Request) -> web.Response:
            return web.Response(
                status=status, headers={"Location": f"http://localhost:{elsewhere}{request.path_qs}"}
            )

        async with site(lure) as port:
            yield f"http://127.0.0.1:{port}", asked


async def _pair_list(url: str) -> None:
    with pytest.raises(PairListError, match="redirects to http://localhost: configure the final address"):
        await fetch_json(f"{url}/pairs?key=hidden", headers={"Authorization": "Bearer hidden"})


async def _prices(url: str) -> None:
    with pytest.raises(PairListError, match="redirects to"):
        await CoinGecko(CoinGeckoAccess(api_url=url, api_key="hidden"), pauses=()).price("BTC", "EUR")


async def _webhook(url: str) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(NotAccepted, match="a redirect, which is not followed"):
            await post(session, f"{url}/hidden", seconds=10, data=b"{}")


async def _telegram(url: str) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(NotAccepted, match="a redirect, which is not followed"):
            await BotApi(session, TelegramSettings(api_url=url, token="1:hidden")).call("getMe")


async def _ping(url: str) -> None:
    assert (await deadman._failure(f"{url}/hidden")).startswith("status 30")


async def _client(url: str) -> None:
    async with AsyncRestClient(url, ws_token="hidden") as client:
        with pytest.raises(Exception, match=r"no websocket|redirect|30"):
            await anext(client.messages())


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("speak", [_pair_list, _prices, _webhook, _telegram, _ping, _client])
async def test_a_redirect_elsewhere_is_not_followed(speak, status):
    async with lured(status) as (url, asked):
        await speak(url)
    assert asked == []


async def test_a_pair_list_may_move_on_its_own_host():
    def answer(request: web.Request) -> web.Response:
        if request.path == "/old":
            return web.Response(status=301, headers={"Location": "/new"})
        return web.json_response({"pairs": ["A/B"]})

    async with site(answer) as port:
        assert await fetch_json(f"http://127.0.0.1:{port}/old") == {"pairs": ["A/B"]}


async def test_a_ping_that_is_redirected_counts_as_failed(caplog):
    async with lured() as (url, _):
        settings = HealthSettings(ping_url=f"{url}/hidden", ping_interval=0.01)
        task = asyncio.create_task(deadman.ping(lambda: settings, list))
        async with asyncio.timeout(30):
            while "Ping of health.ping_url failed (status 302)" not in caplog.text:
                await asyncio.sleep(0.01)
        task.cancel()
    assert "hidden" not in caplog.text
