"""Losses that weigh profit against the deepest fall of the balance. Profits in stake currency."""

import numpy as np

from appliance.domain.closed_trades.columns import falls
from appliance.research.hyperopt.losses.judged import Judged
from appliance.research.results.statistics.columns import total
from appliance.research.results.statistics.drawdown import deepest

_OF_FALL_IN_PROFIT = 0.075
"""The part of profit that a fall of the whole balance leaves."""
_LEAST_OF_A_PAIR = 1.0
_PENALTY = 20.0


def max_drawdown(judged: Judged) -> float:
    """Return minus profit over the depth of the deepest fall."""
    profit = total(judged.trades.profit)
    if not len(judged.trades):
        return -profit
    fall = deepest(judged.trades.closed, judged.trades.profit, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(-profit / np.float64(fall.depth))


def max_drawdown_relative(judged: Judged) -> float:
    """Return minus profit over the depth of the deepest fall and over the largest ratio of a fall.

    Ratios are of the balance at the high before; minus the profit where nothing ever fell.
    """
    trades = judged.trades
    profit = total(trades.profit)
    if not len(trades):
        return -profit
    order = np.argsort(trades.closed.astype("datetime64[ms]"))
    highest, depths = falls(np.concatenate((np.zeros(1), trades.profit[order])))
    depth = float(depths.max())
    if not depth:
        return -profit
    ratio = float(np.nanmax(depths / (judged.starting_balance + highest)))
    return -profit / depth / ratio


def max_drawdown_per_pair(judged: Judged) -> float:
    """Return minus the least profit over depth of any pair, where all that is below 1 counts 20 less."""
    scores: list[float] = []
    for line in judged.statistics["results_per_pair"]:
        if line["key"] == "TOTAL":
            continue
        profit, depth = line["profit_total_abs"], line["max_drawdown_abs"]
        score = profit / depth if depth and profit else profit
        scores.append(score - _PENALTY if score < _LEAST_OF_A_PAIR else score)
    return -min(scores)


def profit_drawdown(judged: Judged) -> float:
    """Return minus the profit, less the part of it that is the ratio of the deepest fall x 0.925."""
    profit = total(judged.trades.profit)
    return -(profit - fall_ratio(judged) * profit * (1 - _OF_FALL_IN_PROFIT))


def fall_ratio(judged: Judged) -> float:
    """Return the deepest fall as a ratio of the balance at the high before it; 0 without trades."""
    trades = judged.trades
    if not len(trades):
        return 0.0
    return deepest(trades.closed, trades.profit, judged.starting_balance).ratio
