"""Choose the candles around each trade, and pack them.

A trade that lasted long is shown on longer candles, each made of several, so that the page stays small.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from appliance.domain.timeframe import to_ms
from appliance.domain.trade import Trade
from appliance.research.backtest.series import Rows
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
    pair: str, rows: Rows, trades: Iterable[Trade], most: int
) -> tuple[PackedCandles, list[Window]]:
    """Return the packed candles of a pair's trades, `most` a trade, and each trade's window.

    Columns, one after the other: seconds since the candle before (the first: since 1970), open less the
    close before (the first: the open), close less open, high above both, both above low; the middle three in
    units of the last decimal place. The first of each window is as the very first.
    """
    windows: list[Window] = []
    parts: list[npt.NDArray[np.float64]] = []
    start = 0
    for trade in trades:
        candles, size = _around(rows, trade, most)
        windows.append(Window(start, len(candles), size))
        parts.append(candles)
        start += len(candles)
    together = np.concatenate(parts) if parts else np.empty((0, 5))
    places = decimal_places(together[:, 1:].ravel())
    begins = [window.start for window in windows if window.count]
    content = packed(planes(candle_columns(together, places, begins))) if start else ""
    return PackedCandles(pair, places, start, content), windows


def _around(rows: Rows, trade: Trade, most: int) -> tuple[npt.NDArray[np.float64], int]:
    """Return the candles around a trade, and how many of the pair's are in one."""
    moments = np.array([to_ms(trade.open_date), to_ms(trade.close_date or trade.open_date)])
    opened, closed = np.clip(np.searchsorted(rows.opened, moments, side="right") - 1, 0, None).tolist()
    margin = max(LEAST_AROUND, round((closed - opened) * AROUND))
    begin, end = max(0, opened - margin), min(len(rows), closed + margin + 1)
    size = -(-(end - begin) // most)
    return merged(rows, begin, end, size), size


def merged(rows: Rows, begin: int, end: int, size: int) -> npt.NDArray[np.float64]:
    """Return candles `begin` to `end` - 1, `size` of them made one: shape (n, 5), seconds and prices."""
    firsts = np.arange(begin, end, size)
    if not len(firsts):
        return np.empty((0, 5))
    lasts = np.minimum(firsts + size, end) - 1
    offsets = firsts - begin
    return np.column_stack(
        (
            rows.opened[firsts] // 1000,
            rows.open[firsts],
            np.maximum.reduceat(rows.high[begin:end], offsets),
            np.minimum.reduceat(rows.low[begin:end], offsets),
            rows.close[lasts],
        )
    )


def candle_columns(
    candles: npt.NDArray[np.float64], places: int, begins: Sequence[int]
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
