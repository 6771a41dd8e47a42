"""Measure how the market moved meanwhile."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from appliance.domain.timeframe import to_ms
from appliance.research.results.run import Market
from appliance.research.results.statistics.columns import Floats, Ints

if TYPE_CHECKING:
    from appliance.research.backtest.series import Rows


def market_change(market: Market, first: datetime) -> float:
    """Return the mean change of the pairs' prices from `first` on, as a ratio; pairs without candles do not
    count."""
    changes = []
    for pair in market.pairs:
        closes = _from(market.rows(pair), first)[1]
        closes = closes[~np.isnan(closes)]
        if len(closes):
            changes.append((closes[-1] - closes[0]) / closes[0])
    return float(np.mean(changes)) if changes else 0.0


def market_table(market: Market, first: datetime, last: datetime) -> dict[str, "np.ndarray[Any, Any]"]:
    """Return how all pairs moved: columns `date` (ms), `mean`, `rel_mean` and `count`, a row a candle.

    `mean` is that of the closes (each in its own quote currency), `rel_mean` the sum so far of the mean
    change from candle to candle, `count` how many pairs had a candle. The last candle is left out.
    """
    before, dates = to_ms(last), np.empty(0, dtype=np.int64)
    for pair in market.pairs:
        opened = _from(market.rows(pair), first)[0]
        dates = _together(dates, opened[opened < before])
    closes, changes = _Mean(len(dates)), _Mean(len(dates))
    for pair in market.pairs:
        opened, values = _from(market.rows(pair), first)
        on_grid = np.full(len(dates), np.nan)
        on_grid[np.searchsorted(dates, opened[opened < before])] = values[opened < before]
        closes.add(on_grid)
        change = np.full(len(dates), np.nan)
        change[1:] = on_grid[1:] / on_grid[:-1] - 1
        changes.add(change)
    relative = np.nan_to_num(changes.result())
    return {
        "date": dates,
        "mean": closes.result(),
        "rel_mean": np.cumsum(relative),
        "count": closes.count,
    }


def _together(dates: Ints, others: Ints) -> Ints:
    """Return dates of both (ascending), each once; most pairs have the same."""
    if np.array_equal(dates, others):
        return dates
    joined = np.sort(np.concatenate((dates, others)), kind="stable")  # it is fast where both are in order
    once: Ints = joined[np.diff(joined, prepend=-1) != 0]
    return once


class _Mean:
    """Add up series, one by one, and return the mean of those that have a value."""

    def __init__(self, length: int) -> None:
        self._sum = np.zeros(length)
        self.count = np.zeros(length, dtype=np.int64)

    def add(self, values: Floats) -> None:
        has_value = ~np.isnan(values)
        self._sum[has_value] += values[has_value]
        self.count += has_value

    def result(self) -> Floats:
        with np.errstate(invalid="ignore"):
            mean: Floats = self._sum / self.count
        return mean


def _from(rows: "Rows", first: datetime) -> tuple[Ints, Floats]:
    begin = np.searchsorted(rows.opened, to_ms(first))
    return rows.opened[begin:], rows.close[begin:]
