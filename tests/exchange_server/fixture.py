"""The exchange as a fixture: import `binance_server` into a test module or its conftest to use it."""

from collections.abc import AsyncIterator, Iterable

import msgspec
import pytest
from aiohttp.test_utils import TestServer

from appliance.exchange.simulated.market import SimulatedMarket
from tests.exchange_server.app import WEIGHTS, ccxt_urls, exchange_app
from tests.exchange_server.clock import Clock
from tests.exchange_server.disturbing import FAULTS
from tests.exchange_server.endpoints.weights import Weights
from tests.exchange_server.engine.exchange import EXCHANGE, Exchange
from tests.exchange_server.engine.ledger import Ledger
from tests.exchange_server.faults import Fault, Faults
from tests.exchange_server.settings import KEY, SECRET, ServerSettings
from tests.exchange_server.traffic import Traffic


class BinanceServer(msgspec.Struct):
    """A running exchange: its address, its market and clock, its traffic, faults and books."""

    server: TestServer
    market: SimulatedMarket
    traffic: Traffic
    clock: Clock
    exchange: Exchange
    faults: Faults

    @property
    def root(self) -> str:
        return str(self.server.make_url("")).rstrip("/")

    @property
    def ledger(self) -> Ledger:
        """Every order, fill and movement of money, as of now."""
        self.exchange.engine.advance()
        return self.exchange.ledger

    @property
    def ccxt_config(self) -> dict:
        """What a configuration needs under `exchange.ccxt_config` to trade here."""
        return {"urls": ccxt_urls(self.root), "enableRateLimit": False}

    @property
    def credentials(self) -> dict:
        """What ccxt's class needs besides, to trade with the account."""
        return {"apiKey": KEY, "secret": SECRET}

    def put_clock_ahead(self, by_ms: int) -> None:
        """Let the exchange's time jump, and match on the way."""
        self.clock.put_ahead(by_ms)
        self.exchange.engine.advance()

    def begin_anew(self, settings: ServerSettings) -> None:
        """Be another exchange at the same address: new books, no faults, the same prices once more."""
        self.clock.set_back()
        self.exchange, self.faults = Exchange(self.market, settings), Faults()
        state = self.server.app._state  # noqa: SLF001 -- a running application takes nothing new
        state[EXCHANGE], state[FAULTS] = self.exchange, self.faults
        state[WEIGHTS] = Weights(settings.weight_limit)

    async def close(self) -> None:
        await self.server.close()
        await self.market.close()
        await self.exchange.futures.close()


async def start(
    *,
    seed: int = 1,
    speed: float = 1.0,
    port: int | None = None,
    settings: ServerSettings | None = None,
    faults: Iterable[Fault] = (),
    clock: Clock | None = None,
) -> BinanceServer:
    """Start an exchange on loopback; close it with `await it.close()`."""
    clock = clock or Clock()
    market = SimulatedMarket(seed=seed, speed=speed, clock=clock)
    exchange = Exchange(market, settings or ServerSettings())
    traffic, planned = Traffic(), Faults(faults, seed=seed)
    server = TestServer(exchange_app(exchange, clock, traffic=traffic, planned=planned), port=port)
    await server.start_server(access_log=None, shutdown_timeout=0.1)
    return BinanceServer(server, market, traffic, clock, exchange, planned)


@pytest.fixture
async def binance_server() -> AsyncIterator[BinanceServer]:
    running = await start()
    yield running
    await running.close()
