"""Choose the candles around each trade, and pack them.

A trade that lasted long is shown on longer candles, each made of several, so that the page stays small.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from appliance.domain.timeframe import to_ms
from appliance.domain.trade import Trade
from appliance.research.backtest.series import Ints, Rows
from appliance.research.report.packed import decimal_places, packed, planes, zigzag

MOST_CANDLES = 600_000
"""The candles that all windows of a page may have together: about 4 MB."""
LEAST, MOST = 60, 500
"""The candles that one window may have, however many trades there are."""
AROUND, LEAST_AROUND = 0.2, 30
"""The part of a trade's candles that is shown before and after it, and the least number of candles."""


@dataclass(frozen=True)
class Window:
    """Name the candles of a trade: `count` of them from `start` on among the pair's, `size` in one."""

    start: int
    count: int
    size: int


@dataclass(frozen=True)
class PackedCandles:
    """Hold the windows of one pair: `count` candles, prices with `places` decimal places, packed."""

    pair: str
    places: int
    count: int
    content: str


def candles_allowed(trades: int) -> int:
    """Return how many candles the window of one of so many trades may have."""
    return int(min(MOST, max(LEAST, MOST_CANDLES // max(trades, 1))))


def pack_windows(
    pair: str, rows: Rows, trades: Sequence[Trade], most: int
) -> tuple[PackedCandles, list[Window]]:
    """Return the packed candles of a pair's trades, `most` a trade, and each trade's window.

    Columns, one after the other: seconds since the candle before (the first: since 1970), open less the
    close before (the first: the open), close less open, high above both, both above low; the middle three in
    units of the last decimal place. The first of each window is as the very first.
    """
    begins, ends = _around(rows, trades)
    sizes = -(-(ends - begins) // most)
    together, counts = merged(rows, begins, ends, sizes)
    starts = np.cumsum(counts) - counts
    windows = list(map(Window, starts.tolist(), counts.tolist(), sizes.tolist()))
    places = decimal_places(together[:, 1:].ravel())
    content = packed(planes(candle_columns(together, places, starts))) if len(together) else ""
    return PackedCandles(pair, places, len(together), content), windows


def _around(rows: Rows, trades: Sequence[Trade]) -> tuple[Ints, Ints]:
    """Return the candles around each trade: the first, and the one after the last."""
    opened = _candles_at(rows, [trade.open_date for trade in trades])
    closed = _candles_at(rows, [trade.close_date or trade.open_date for trade in trades])
    margin = np.maximum(LEAST_AROUND, np.rint((closed - opened) * AROUND).astype(np.int64))
    return np.maximum(opened - margin, 0), np.minimum(closed + margin + 1, len(rows))


def _candles_at(rows: Rows, moments: Sequence[datetime]) -> Ints:
    places = rows.opened.searchsorted(np.array([to_ms(moment) for moment in moments], np.int64), side="right")
    return np.maximum(places - 1, 0)


def merged(rows: Rows, begins: Ints, ends: Ints, sizes: Ints) -> tuple[npt.NDArray[np.float64], Ints]:
    """Return the candles of windows, one after the other, and how many each has.

    A window has the rows from `begins` to the one before `ends`, `sizes` of them made one. Candles have shape
    (n, 5): seconds, open, high, low, close.
    """
    counts = -(-(ends - begins) // sizes)
    window = np.repeat(np.arange(len(counts)), counts)
    inside = np.arange(len(window)) - np.repeat(np.cumsum(counts) - counts, counts)
    firsts = begins[window] + inside * sizes[window]
    afters = np.minimum(firsts + sizes[window], ends[window])
    # Every second part lies between two candles, and is dropped. A part may not begin behind the last row.
    parts = np.column_stack((firsts, afters)).ravel()
    high, low = np.append(rows.high, np.nan), np.append(rows.low, np.nan)
    candles = np.column_stack(
        (
            rows.opened[firsts] // 1000,
            rows.open[firsts],
            np.maximum.reduceat(high, parts)[::2] if len(parts) else (),
            np.minimum.reduceat(low, parts)[::2] if len(parts) else (),
            rows.close[afters - 1],
        )
    )
    return candles, counts


def candle_columns(
    candles: npt.NDArray[np.float64], places: int, begins: Ints | Sequence[int]
) -> list[npt.NDArray[np.int64]]:
    seconds = candles[:, 0].astype(np.int64)
    opens, highs, lows, closes = np.rint(candles[:, 1:].T * 10.0**places).astype(np.int64)
    passed, moved = np.diff(seconds, prepend=0), opens - np.concatenate(([0], closes[:-1]))
    passed[begins], moved[begins] = seconds[begins], opens[begins]
    top, bottom = np.maximum(opens, closes), np.minimum(opens, closes)
    return [
        passed,
        zigzag(moved),
        zigzag(closes - opens),
        np.maximum(highs - top, 0),
        np.maximum(bottom - lows, 0),
    ]
