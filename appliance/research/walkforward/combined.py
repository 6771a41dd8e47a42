"""Put the tested ranges of all windows together: what the whole procedure would have made."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from appliance.research.overfitting.neighbourhood import Dimension
from appliance.research.overfitting.returns import Floats, Grid, Returns, grid_of, returns_of
from appliance.research.overfitting.sharpe import moments_of, probabilistic_sharpe
from appliance.research.overfitting.trade_order import TradeOrders, trade_orders
from appliance.research.walkforward.result import Part, WindowResult

_RANDOM_STEP = 1 / 3
"""Mean distance of two values drawn at random from a range, as a part of it."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Combined:
    """State what the tested ranges made together; ratios of the starting balance, Sharpe ratio of a year.

    `returns` are those of the intervals of `grid`, of closed trades; `curve` is the balance at the end of
    each, divided by the starting balance. `inside_a_year` and `outside_a_year` are means of the windows'
    profits, scaled to a year. `certainty` is the probability that the true Sharpe ratio is above 0.
    """

    grid: Grid
    returns: Returns
    curve: Floats
    trades: int
    sharpe: float
    certainty: float
    inside_a_year: float
    outside_a_year: float
    won: int
    tested: int
    orders: TradeOrders

    @property
    def profit(self) -> float:
        return float(self.curve[-1]) - 1 if len(self.curve) else 0.0

    @property
    def efficiency(self) -> float | None:
        """Return how much of the searched profit was left afterwards; None where there was none to keep.

        Profit a year outside / profit a year inside. Source: Pardo (2008), chapter 11 (walk-forward
        efficiency); he asks for one half at least.
        """
        return self.outside_a_year / self.inside_a_year if self.inside_a_year > 0 else None

    @property
    def days(self) -> float:
        return self.grid.size * self.grid.step_ms / 86_400_000


def combined(results: Sequence[WindowResult], candle_seconds: int, *, compounding: bool) -> Combined:
    """Put the windows together. Each was tested from the same balance.

    If stakes grow with the balance (`compounding`), each window goes on with what the one before made, in
    whole; else profits are added up. A window whose search found nothing stands still.
    """
    grid = grid_of(results[0].window.test_from, results[-1].window.test_until - 1, candle_seconds)
    outside = [one.outside for one in results if one.outside is not None]
    inside = [one.inside for one in results if one.inside is not None]
    closed = [moment for part in outside for moment in part.closed_ms]
    profits = [profit for part in outside for profit in part.profits]
    returns = returns_of(closed, profits, 1.0, grid)
    moments = moments_of(returns)
    return Combined(
        grid=grid,
        returns=returns,
        curve=_curve(outside, grid) if compounding else 1 + np.cumsum(returns, dtype=np.float64),
        trades=len(profits),
        sharpe=moments.sharpe * math.sqrt(grid.per_year),
        certainty=probabilistic_sharpe(moments),
        inside_a_year=_a_year(inside),
        outside_a_year=_a_year(outside),
        won=sum(part.profit > 0 for part in outside),
        tested=len(results),
        orders=trade_orders(np.array(profits), compounding=compounding),
    )


def steadiness(results: Sequence[WindowResult]) -> Mapping[str, float]:
    """Return by parameter how steady it is from window to window: 1 always the same, 0 as if drawn at random.

        1 - mean step / mean step of values drawn at random

    where a step of numbers is their distance as a part of the range (a third at random), and of choices 1
    if they differ (1 - 1 / n at random). Empty for fewer than two windows.
    """
    chosen = [one.params for one in results if one.params is not None]
    found = {}
    for dimension in results[0].dimensions:
        values = [params[dimension.name] for params in chosen]
        if len(values) > 1 and (usual := _usual_step(dimension)) > 0:
            steps = [_step(dimension, one, other) for one, other in pairwise(values)]
            found[dimension.name] = 1 - sum(steps) / len(steps) / usual
    return found


def _curve(outside: Sequence[Part], grid: Grid) -> Floats:
    """Return the balance where each window takes over that of the one before."""
    curve = np.ones(grid.size)
    balance = 1.0
    for part in outside:
        made = np.cumsum(returns_of(part.closed_ms, part.profits, 1.0, grid), dtype=np.float64)
        first = int(grid.places([part.first_ms])[0])
        curve[first:] = balance * (1 + made[first:])
        balance = float(curve[-1])
    return curve


def _a_year(parts: Sequence[Part]) -> float:
    """Return the mean profit of a year, weighted by days; 0 without any."""
    days = sum(part.days for part in parts)
    return 365 * sum(part.profit for part in parts) / days if days else 0.0


def _usual_step(dimension: Dimension) -> float:
    if dimension.choices:
        return 1 - 1 / len(dimension.choices)
    return _RANDOM_STEP if dimension.high > dimension.low else 0.0


def _step(dimension: Dimension, one: Any, other: Any) -> float:
    if dimension.choices:
        return float(one != other)
    return float(abs(one - other) / (dimension.high - dimension.low))
