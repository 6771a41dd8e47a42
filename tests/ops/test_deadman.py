"""The ping goes out while all is well, to a real server."""

import asyncio
import logging

from aiohttp import web
from aiohttp.test_utils import TestServer

from appliance.config.sections.operation import HealthSettings
from appliance.ops import deadman


class Listener:
    """Count pings and answer with the status that the test sets."""

    def __init__(self) -> None:
        self.pings = 0
        self.status = 200
        self.heard = asyncio.Event()

    async def answer(self, _: web.Request) -> web.Response:
        self.pings += 1
        self.heard.set()
        return web.Response(status=self.status)

    async def next(self) -> None:
        self.heard.clear()
        await asyncio.wait_for(self.heard.wait(), 30)


def fast(url: str) -> HealthSettings:
    return HealthSettings(ping_url=url, ping_interval=0.01)


async def test_it_pings_while_all_is_well_and_stops_when_not(caplog):
    caplog.set_level(logging.INFO)
    listener, troubles = Listener(), []
    app = web.Application()
    app.router.add_get("/secret-check", listener.answer)
    async with TestServer(app) as server:
        url = str(server.make_url("/secret-check"))
        asked = asyncio.Event()

        def current_troubles() -> list[str]:
            asked.set()
            return troubles

        task = asyncio.create_task(deadman.ping(lambda: fast(url), current_troubles))
        await listener.next()
        await listener.next()
        listener.status = 503
        await listener.next()
        await listener.next()
        listener.status = 200
        await listener.next()
        await listener.next()
        troubles.append("the exchange has not answered")
        for _ in range(3):  # whatever was under way has ended by the third look
            asked.clear()
            await asked.wait()
        before = listener.pings
        for _ in range(3):
            asked.clear()
            await asked.wait()
        assert listener.pings == before
        task.cancel()
    messages = [record.getMessage() for record in caplog.records if record.name == deadman.log.name]
    assert messages == [
        "Ping of health.ping_url failed (status 503); trying again",
        "Ping of health.ping_url succeeded again",
    ]
    assert not [record for record in caplog.records if record.name == deadman.log.name and url in str(record)]


async def test_an_address_without_a_server_is_ignored():
    asked = asyncio.Event()
    count = 0

    def troubles() -> list[str]:
        nonlocal count
        count += 1
        if count >= 3:
            asked.set()
        return []

    task = asyncio.create_task(deadman.ping(lambda: fast("http://127.0.0.1:9/x"), troubles))
    await asyncio.wait_for(asked.wait(), 30)
    assert not task.done()
    task.cancel()
