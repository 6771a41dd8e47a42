"""Find trades that were entered just before a gap."""

import numpy as np

from appliance.research.backtest.series import Flags, PairSeries, Rows
from appliance.research.results.doubts.fills import Fills, candle_at

JUMP = 3.0
"""How many usual ranges of a candle the next one opens away from its close, where that is a gap."""

_MISSING_IN_A_ROW = 2


def entries_before_gaps(fills: Fills, series: PairSeries) -> int:
    """Count trades that were entered in the last candle before one that opens far away, in their favour.

    So were those entered before two or more candles that are missing. A gap counts while a trade is open.
    """
    rows, trades = series.rows, fills.trades
    entered = candle_at(rows, trades.opened)
    up, down = jumps(rows)
    absent = before_missing(rows)
    in_favour = np.where(trades.short, down[entered], up[entered])
    is_open = candle_at(rows, trades.closed) > entered
    return int(((in_favour | absent[entered]) & is_open).sum())


def jumps(rows: Rows) -> tuple[Flags, Flags]:
    """Tell for each candle whether the next one opens far above it, and far below it."""
    usual = float(np.median(rows.high - rows.low)) if len(rows) else 0.0
    away = np.append(rows.open[1:] - rows.close[:-1], 0.0) if len(rows) else np.empty(0)
    return (away > JUMP * usual) & (usual > 0), (away < -JUMP * usual) & (usual > 0)


def before_missing(rows: Rows) -> Flags:
    """Tell for each candle whether those after it are missing: filled up, at the close of the one before."""
    flat = (rows.high == rows.low) & (rows.open == rows.close)
    flat[1:] &= rows.open[1:] == rows.close[:-1]
    flat[:1] = False
    last = len(rows) - _MISSING_IN_A_ROW
    before = np.zeros(len(rows), dtype=bool)
    if last > 0:
        before[:last] = ~flat[:last] & flat[1 : last + 1] & flat[2 : last + 2]
    return before
