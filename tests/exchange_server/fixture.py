"""The exchange as a fixture: import `binance_server` into a test module or its conftest to use it."""

import time
from collections.abc import AsyncIterator

import msgspec
import pytest
from aiohttp.test_utils import TestServer

from appliance.exchange.simulated.market import SimulatedMarket
from tests.exchange_server.app import ccxt_urls, exchange_app
from tests.exchange_server.traffic import Traffic


class BinanceServer(msgspec.Struct):
    """A running exchange: its address, its market, its clock (ms ahead of ours) and its traffic."""

    server: TestServer
    market: SimulatedMarket
    traffic: Traffic
    ahead: list[int]

    @property
    def root(self) -> str:
        return str(self.server.make_url("")).rstrip("/")

    @property
    def ccxt_config(self) -> dict:
        """What a configuration needs under `exchange.ccxt_config` to trade here."""
        return {"urls": ccxt_urls(self.root), "enableRateLimit": False}

    def put_clock_ahead(self, by_ms: int) -> None:
        self.ahead[0] += by_ms


async def start(*, seed: int = 1, speed: float = 1.0, port: int | None = None) -> BinanceServer:
    """Start an exchange on loopback; close it with `await it.server.close()`."""
    ahead = [0]
    market = SimulatedMarket(seed=seed, speed=speed, clock=lambda: time.time_ns() // 1_000_000 + ahead[0])
    traffic = Traffic()
    server = TestServer(exchange_app(market, traffic), port=port)
    await server.start_server(access_log=None)
    return BinanceServer(server, market, traffic, ahead)


@pytest.fixture
async def binance_server() -> AsyncIterator[BinanceServer]:
    running = await start()
    yield running
    await running.server.close()
