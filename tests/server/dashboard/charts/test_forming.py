"""The candle that is not closed yet: fetched once for all who watch, and never at the cost of trading."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import numpy as np

from appliance.domain.errors import TemporaryExchangeError
from appliance.server.dashboard.charts.forming import NEW_SECONDS, PAUSE_SECONDS, FormingCandles

OPENED = int(datetime(2026, 1, 5, 12, 0, tzinfo=UTC).timestamp()) * 1000


class Market:
    """Answers with `candles`, or raises `fault`."""

    def __init__(self) -> None:
        self.asked = 0
        self.fault: Exception | None = None
        self.candles: Any = np.array([[OPENED - 60_000, 1, 2, 0.5, 1.5, 10], [OPENED, 1.5, 3, 1, 2, 4]])

    async def fetch_candles(self, pair: str, timeframe: str, limit: int) -> Any:
        self.asked += 1
        if self.fault:
            raise self.fault
        return self.candles


def scene() -> tuple[Market, Any, list[float], FormingCandles]:
    market, clock = Market(), [0.0]
    bot = SimpleNamespace(gateway=market, now=lambda: datetime(2026, 1, 5, 12, 0, 30, tzinfo=UTC))
    return market, bot, clock, FormingCandles(lambda: clock[0])


async def test_it_is_fetched_once_for_all_and_again_after_a_while():
    market, bot, clock, forming = scene()
    assert await forming.of(bot, "BTC/USDT", "1m") == [OPENED / 1000, 1.5, 3, 1, 2, 4]
    await forming.of(bot, "BTC/USDT", "1m")
    assert market.asked == 1
    clock[0] = NEW_SECONDS
    await forming.of(bot, "BTC/USDT", "1m")
    assert market.asked == 2


async def test_the_more_charts_the_rarer():
    market, bot, clock, forming = scene()
    for pair in ("A/USDT", "B/USDT", "C/USDT"):
        await forming.of(bot, pair, "1m")
    clock[0] = NEW_SECONDS
    await forming.of(bot, "C/USDT", "1m")
    assert market.asked == 3


async def test_an_exchange_that_fails_is_left_alone_and_nobody_gets_an_old_candle():
    market, bot, clock, forming = scene()
    await forming.of(bot, "BTC/USDT", "1m")
    for fault in (TemporaryExchangeError("down"), ValueError("odd")):
        clock[0] += PAUSE_SECONDS
        market.fault, asked = fault, market.asked
        assert await forming.of(bot, "BTC/USDT", "1m") is None
        clock[0] += PAUSE_SECONDS - 1
        assert await forming.of(bot, "BTC/USDT", "1m") is None
        assert market.asked == asked + 1


async def test_a_closed_candle_is_not_a_forming_one():
    market, bot, _, forming = scene()
    market.candles = market.candles[:1]
    assert await forming.of(bot, "BTC/USDT", "1m") is None
    market.candles = market.candles[:0]
    assert await FormingCandles(lambda: 0.0).of(bot, "BTC/USDT", "1m") is None
