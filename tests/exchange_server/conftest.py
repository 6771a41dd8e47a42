"""The exchange server, for every test here, and ccxt's class before it."""

from collections.abc import AsyncIterator

import pytest

from tests.exchange_server.clock import BEGINNING, starting_at
from tests.exchange_server.fixture import BinanceServer, start
from tests.exchange_server.fixture import binance_server as binance_server
from tests.exchange_server.trader import Trader, trader


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark every test of this folder."""
    item.add_marker(pytest.mark.python_independent)


@pytest.fixture
async def server() -> AsyncIterator[BinanceServer]:
    """An exchange whose prices move fast and are known."""
    running = await start(speed=60, clock=starting_at(BEGINNING))
    yield running
    running.ledger.check()
    await running.close()


@pytest.fixture
async def binance(server: BinanceServer) -> AsyncIterator[Trader]:
    async with trader(server) as connected:
        yield connected
