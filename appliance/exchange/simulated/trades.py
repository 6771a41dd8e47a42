"""Make the public trades of which a simulated bar consists: at its open, both extremes, and its close."""

from collections.abc import Awaitable, Sequence
from typing import Any, Protocol

import numpy as np

from appliance.domain.market import PublicTrade
from appliance.exchange.simulated.bars import CLOSE, HIGH, LOW, OPEN, VOLUME, Bars
from appliance.exchange.simulated.path import STEP_MS

TRADES_A_STEP = 4


class Computing(Protocol):
    """Compute trades of a pair in the market's worker thread; the present is the market's."""

    def __call__(self, pair: str, since_ms: int, limit: int) -> Awaitable[list[PublicTrade]]: ...


class SimulatedTrades:
    """The past trades of a simulated market. All of it follows from seed, pair and time."""

    limit = 1000

    def __init__(self, compute: Computing) -> None:
        self._compute = compute

    async def fetch_since(self, pair: str, since_ms: int) -> Sequence[PublicTrade]:
        return await self._compute(pair, since_ms, self.limit)

    async def fetch_after(self, pair: str, last: PublicTrade) -> Sequence[PublicTrade]:
        return await self._compute(pair, last.timestamp, self.limit)


def trades(bars: Bars, number: int, since_ms: int, limit: int, now_ms: int) -> list[PublicTrade]:
    """Return the first trades of a pair from a time on. Candles made of them are those of the market."""
    first = max(since_ms, 0) // STEP_MS
    count = min(limit // TRADES_A_STEP + 2, now_ms // STEP_MS - first + 1)
    if count <= 0:
        return []
    pair = bars.pairs[number]
    times, ticks, lots = _trades(bars, number, first, count)
    chosen = (times >= since_ms) & (times <= now_ms)
    ids = (np.arange(times.size) + first * TRADES_A_STEP)[chosen][:limit]
    rises = (np.diff(ticks, prepend=ticks[0]) >= 0)[chosen][:limit]
    prices = ticks[chosen][:limit] / 10.0**pair.price_decimals
    amounts = lots[chosen][:limit] / 10.0**pair.amount_decimals
    return [
        PublicTrade(at, str(name), None, "buy" if rose else "sell", price, amount, price * amount)
        for at, name, rose, price, amount in zip(
            *(column.tolist() for column in (times[chosen][:limit], ids, rises, prices, amounts)), strict=True
        )
    ]


def _trades(bars: Bars, number: int, first: int, count: int) -> tuple[Any, Any, Any]:
    """Return times (ms), prices (ticks) and amounts (lots) of all trades of these whole bars."""
    bar = bars.whole([number], first, count)[:, 0]
    order, turn_1, turn_2 = (each[0] for each in bars.turns([number], first, count))
    high_first = order > 0
    begins = np.arange(first, first + count) * STEP_MS
    times = np.stack(
        (begins, begins + turn_1 * STEP_MS, begins + turn_2 * STEP_MS, begins + STEP_MS - 1), axis=1
    ).astype(np.int64)
    extremes = (np.where(high_first, bar[HIGH], bar[LOW]), np.where(high_first, bar[LOW], bar[HIGH]))
    ticks = np.stack((bar[OPEN], *extremes, bar[CLOSE]), axis=1)
    quarter = np.floor(bar[VOLUME] / TRADES_A_STEP)
    lots = np.stack((quarter, quarter, quarter, bar[VOLUME] - 3 * quarter), axis=1)
    return times.ravel(), ticks.ravel(), lots.ravel()
