"""Gather bars into candles of any timeframe."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from appliance.domain import timeframe as timeframes
from appliance.exchange.simulated.bars import CLOSE, HIGH, LOW, OPEN, VOLUME, Bars
from appliance.exchange.simulated.path import STEP_MS, Floats

if TYPE_CHECKING:
    from appliance.domain.market import Candles

TIMEFRAMES = ("1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w", "1M")
_STEPS_AT_ONCE = 16_384
"""Bars computed in one go: few enough to stay in the processor's cache."""


def candles(bars: Bars, number: int, timeframe: str, opens_ms: list[int], now_ms: int) -> "Candles":
    """Return the candles of a pair that open at these consecutive times; that of `now_ms` is unfinished."""
    pair = bars.pairs[number]
    gathered = [
        _gather(bars, number, timeframe, some, now_ms) for some in _batches(opens_ms, timeframe) if some
    ]
    counted = np.concatenate(gathered, axis=1) if gathered else np.empty((5, 0))
    table = np.empty((counted.shape[1], 6))
    table[:, 0] = opens_ms
    table[:, 1:5] = counted[:VOLUME].T / 10.0**pair.price_decimals
    table[:, 5] = counted[VOLUME] / 10.0**pair.amount_decimals
    return table


def open_times(timeframe: str, since_ms: int | None, limit: int, now_ms: int) -> list[int]:
    """Return when candles open: from `since_ms` on, or the newest; at most `limit`, none in the future."""
    newest = timeframes.candle_open_ms(timeframe, now_ms)
    if since_ms is None:
        opens = [newest]
        while len(opens) < limit and opens[-1] > 0:
            opens.append(timeframes.candle_open_ms(timeframe, opens[-1] - 1))
        return opens[::-1]
    first = timeframes.candle_open_ms(timeframe, since_ms)
    opens = [first if first >= since_ms else timeframes.next_open_ms(timeframe, since_ms)]
    while len(opens) < limit and opens[-1] < newest:
        opens.append(timeframes.next_open_ms(timeframe, opens[-1]))
    return [opened for opened in opens if opened <= newest]


def _batches(opens_ms: list[int], timeframe: str) -> Iterator[list[int]]:
    size = max(1, _STEPS_AT_ONCE * STEP_MS // timeframes.milliseconds(timeframe))
    return (opens_ms[at : at + size] for at in range(0, len(opens_ms), size))


def _gather(bars: Bars, number: int, timeframe: str, opens_ms: list[int], now_ms: int) -> Floats:
    first = opens_ms[0] // STEP_MS
    end_ms = timeframes.next_open_ms(timeframe, opens_ms[-1])
    if end_ms > now_ms:
        steps = bars.until([number], first, now_ms)[:, 0]
    else:
        steps = bars.whole([number], first, end_ms // STEP_MS - first)[:, 0]
    edges = np.asarray(opens_ms) // STEP_MS - first
    lasts = np.append(edges[1:], steps.shape[1]) - 1
    gathered = np.empty((5, len(opens_ms)))
    gathered[OPEN] = steps[OPEN, edges]
    gathered[HIGH] = np.maximum.reduceat(steps[HIGH], edges)
    gathered[LOW] = np.minimum.reduceat(steps[LOW], edges)
    gathered[CLOSE] = steps[CLOSE, lasts]
    gathered[VOLUME] = np.add.reduceat(steps[VOLUME], edges)
    return gathered
