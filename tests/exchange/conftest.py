"""The exchange server, for every test here, and a live gateway to it."""

import pandas  # noqa: F401 - candles become frames here; the bot imports it in a thread
import pytest

from tests.exchange_server.fixture import BinanceServer
from tests.exchange_server.fixture import binance_server as binance_server
from tests.support.live_gateway import gateway_to, opened


@pytest.fixture
async def live_binance(binance_server: BinanceServer):
    async with opened(gateway_to(binance_server)) as gateway:
        yield gateway
