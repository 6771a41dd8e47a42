"""Measure how far the account fell from its highest point."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct


class Drawdown(Struct, frozen=True):
    """State the deepest fall and the present one.

    `_abs` in stake currency, `ratio` of the account at its highest point (0.1 is ten percent below it),
    `current_high` the highest profit so far, in stake currency. `start` is when that high was reached, `end`
    when the deepest point was.
    """

    ratio: float = 0.0
    abs: float = 0.0
    start: datetime | None = None
    end: datetime | None = None
    current_ratio: float = 0.0
    current_abs: float = 0.0
    current_high: float = 0.0
    current_start: datetime | None = None


class _High(Struct):
    """The highest profit so far and the moment it was first reached; at first 0, before the first trade."""

    value: float
    date: datetime


def drawdown(results: Sequence[tuple[datetime, float]], starting_balance: float) -> Drawdown:
    """Measure the fall of starting balance plus profits. `results`: (close date, profit), sorted by date.

    Depth at trade n: max(0, c_1 … c_n) - c_n, with c the running sum of profits; the ratio divides it by
    starting balance plus that maximum (where there is no starting balance, by the maximum alone).
    """
    if not results:
        return Drawdown()
    first = results[0][0]
    high, before_last = _High(0.0, first), _High(0.0, first)
    deepest, deepest_ratio, start, end = 0.0, 0.0, first, first
    profit = 0.0
    for date, made in results:
        before_last = _High(high.value, high.date)
        profit += made
        if profit > high.value:
            high = _High(profit, date)
        if high.value - profit > deepest:
            deepest = high.value - profit
            deepest_ratio = _ratio(deepest, starting_balance + high.value)
            start, end = high.date, date
    return Drawdown(
        ratio=deepest_ratio,
        abs=deepest,
        start=start,
        end=end,
        current_ratio=_ratio(high.value - profit, starting_balance + high.value),
        current_abs=high.value - profit,
        current_high=high.value,
        current_start=before_last.date,
    )


def _ratio(fall: float, highest: float) -> float:
    return fall / highest if highest else 0.0
