"""Find fills that depend on the order in which prices came within a candle."""

import numpy as np

from appliance.research.backtest.series import PairSeries
from appliance.research.results.doubts.fills import Fills, candle_at, finest

TIP = 0.05
"""The outermost part of a candle's range in which a limit order hardly fills."""


def closes_in_doubt(fills: Fills, series: PairSeries) -> int:
    """Count trades that closed by ROI in a candle that reached their stop, or by a stop that it had moved.

    A stop had been moved by the candle if that has a better price than all candles of the trade before it.
    """
    rows, trades = finest(series), fills.trades
    place = candle_at(rows, trades.closed)
    reached = np.where(trades.short, rows.high[place] >= trades.stop, rows.low[place] <= trades.stop)
    by_roi = trades.by_roi & reached & (trades.stop > 0)
    begin, trailing = candle_at(rows, trades.opened), trades.by_trailing
    spans = zip(begin[trailing], place[trailing], trades.short[trailing], strict=True)
    moved = sum(
        _has_best_price(rows.low if short else rows.high, first, last, short=bool(short))
        for first, last, short in spans
    )
    return int(by_roi.sum()) + moved


def fills_at_wicks(fills: Fills, series: PairSeries) -> int:
    """Count orders that filled at the tip of a candle, on the side that is better than its open."""
    rows = finest(series)
    place = candle_at(rows, fills.moment)
    low, high, opened, rate = rows.low[place], rows.high[place], rows.open[place], fills.rate
    tip = TIP * (high - low)
    bought = fills.buys & (rate < opened) & (rate - low <= tip)
    sold = ~fills.buys & (rate > opened) & (high - rate <= tip)
    return int(((bought | sold) & (tip > 0)).sum())


def _has_best_price(
    prices: "np.ndarray[tuple[int], np.dtype[np.float64]]", first: int, last: int, *, short: bool
) -> bool:
    """Return whether the last candle is the best of those of a trade."""
    before = prices[first:last]
    if not len(before):
        return True
    return bool(prices[last] < before.min() if short else prices[last] > before.max())
