"""Find the candles around a trade: those that the bot has in memory, else fetched once from the exchange.

Fetched at most one trade at a time, with one request of a coarse enough timeframe, and kept a while: looking
at trades must not use up what the exchange allows the bot to ask.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from appliance.domain import timeframe as timeframes
from appliance.domain.errors import ExchangeError, NotFound, TemporaryExchangeError
from appliance.domain.trade import Trade
from appliance.threads import for_readers

if TYPE_CHECKING:
    import numpy as np
    from pandas import DataFrame

    from appliance.bot.bot import Bot

AROUND: Final = 30
"""Candles shown before and after a trade at least."""
MOST: Final = 1_000
MOST_FETCHED: Final = 500
KEPT: Final = 32
KEPT_SECONDS: Final = 600.0
"""How long fetched candles of an open trade are shown; those of a closed one do not change."""
PATIENCE: Final = 10.0
FAILED_SECONDS: Final = 30.0


class Candles(Struct, frozen=True, kw_only=True):
    """Hold candles: when each opened (s), and open, high, low and close as columns."""

    timeframe: str
    times: list[int]
    prices: list[list[float]]
    places: int


_Key = tuple[int, str]
"""Id and pair of a trade: the id of one whose entry never filled is given again."""


class FetchedCandles:
    """Keep the candles of trades that were fetched, and when a fetch failed."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._found: dict[_Key, tuple[float, Candles]] = {}
        self._failed: dict[_Key, tuple[float, str]] = {}
        self._fetching = asyncio.Lock()

    async def of(self, bot: "Bot", trade: Trade) -> Candles:
        """Return the candles of a trade. Raises `ExchangeError`, `NotFound`."""
        key = (trade.id, trade.pair)
        async with self._fetching:
            at, found = self._found.get(key, (0.0, None))
            now = self._monotonic()
            if found is not None and (not trade.is_open or now - at < KEPT_SECONDS):
                return found
            failed_at, why = self._failed.get(key, (now - FAILED_SECONDS, ""))
            if now - failed_at < FAILED_SECONDS:
                raise TemporaryExchangeError(why)
            try:
                found = await fetched(bot, trade)
            except ExchangeError as error:
                self._failed = {key: (now, str(error))}
                raise
            self._found[key] = (now, found)
            while len(self._found) > KEPT:
                self._found.pop(next(iter(self._found)))
            return found


async def candles_around(bot: "Bot", trade: Trade, fetched_before: FetchedCandles) -> Candles:
    """Return candles from before a trade until after it. Raises `ExchangeError`, `NotFound`."""
    own = bot.resolved.timeframe
    analyzed = bot.frames.get((trade.pair, own))
    if analyzed is not None and analyzed.frame is not None and len(analyzed.frame):
        begin, end = window(trade, own, bot.now())
        if analyzed.frame["date"].iloc[0].to_pydatetime() <= trade.open_date:
            return await for_readers(of_frame, analyzed.frame, own, begin, end)
    return await fetched_before.of(bot, trade)


def window(trade: Trade, timeframe: str, now: datetime) -> tuple[datetime, datetime]:
    """Return from when to when candles are shown: around the trade, some candles or a quarter of its time."""
    end = trade.close_date or now
    around = max((end - trade.open_date) / 4, timedelta(seconds=AROUND * timeframes.seconds(timeframe)))
    return trade.open_date - around, end + around


def of_frame(frame: "DataFrame", timeframe: str, begin: datetime, end: datetime) -> Candles:
    """Return the candles of an analysed dataframe in a window, the newest ones if they are many."""
    shown = frame.loc[(frame["date"] >= begin) & (frame["date"] <= end)].tail(MOST)
    times = [int(when.timestamp()) for when in shown["date"]]
    prices = [[float(one) for one in shown[name]] for name in ("open", "high", "low", "close")]
    return _candles(timeframe, times, prices)


async def fetched(bot: "Bot", trade: Trade) -> Candles:
    """Fetch the candles of a trade, in the finest timeframe of which one request has all.

    Raises `ExchangeError`; `NotFound` if the exchange has none of that time.
    """
    gateway = bot.gateway
    most = min(gateway.candle_limit, MOST_FETCHED)
    timeframe = _fitting(trade, list(gateway.timeframes), bot.resolved.timeframe, most, bot.now())
    begin, end = window(trade, timeframe, bot.now())
    try:
        async with asyncio.timeout(PATIENCE):
            rows: np.ndarray = await gateway.fetch_candles(
                trade.pair, timeframe, since_ms=timeframes.to_ms(begin), limit=most
            )
    except TimeoutError:
        raise TemporaryExchangeError("the exchange does not answer") from None
    rows = rows[(rows[:, 0] >= timeframes.to_ms(begin)) & (rows[:, 0] <= timeframes.to_ms(end))]
    if not len(rows):
        raise NotFound("the exchange has no candles of that time any more")
    times = [int(one // 1000) for one in rows[:, 0]]
    return _candles(timeframe, times, [[float(one) for one in rows[:, column]] for column in range(1, 5)])


def _fitting(trade: Trade, known: list[str], own: str, most: int, now: datetime) -> str:
    """Return the strategy's timeframe, or the finest coarser one of which `most` candles are enough."""
    least = timeframes.seconds(own)
    usable = sorted((one for one in known if timeframes.seconds(one) >= least), key=timeframes.seconds)
    for one in usable:
        begin, end = window(trade, one, now)
        if (end - begin).total_seconds() / timeframes.seconds(one) <= most:
            return one
    return usable[-1] if usable else own


def _candles(timeframe: str, times: list[int], prices: list[list[float]]) -> Candles:
    import numpy as np  # late: 15 MB

    from appliance.research.report.packed import decimal_places  # late: it loads numpy

    places = decimal_places(np.array(prices).ravel()) if times else 2
    return Candles(timeframe=timeframe, times=times, prices=prices, places=places)
