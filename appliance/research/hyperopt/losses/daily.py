"""Losses by the profits of days: Sharpe's and Sortino's ratio of daily sums of trades' profit ratios."""

import math
from datetime import UTC

import numpy as np

from appliance.domain.timeframe import to_ms
from appliance.research.hyperopt.losses.judged import Judged
from appliance.research.results.statistics.columns import MS_PER_DAY, Floats

SLIPPAGE = 0.0005
"""What each trade loses of its profit ratio before it counts."""
_DAYS_PER_YEAR = 365
_UNDEFINED = -20.0
"""The ratio where its divisor is 0."""


def daily_ratios(judged: Judged) -> Floats:
    """Return the sum of the profit ratios of the trades that closed on each day, less their slippage.

    A value for each day (UTC) from the first to the last candle; ratios of the trades' stakes.
    """
    first = to_ms(judged.first.astimezone(UTC)) // MS_PER_DAY
    last = to_ms(judged.last.astimezone(UTC)) // MS_PER_DAY
    days = judged.trades.closed // MS_PER_DAY - first
    inside = (days >= 0) & (days <= last - first)
    ratios = judged.trades.ratio[inside] - SLIPPAGE
    summed: Floats = np.bincount(days[inside], weights=ratios, minlength=last - first + 1).astype(float)
    return summed


def sharpe_daily(judged: Judged) -> float:
    """Return minus mean over standard deviation of daily ratios (of a sample), x sqrt(365).

    Source: William F. Sharpe, 1994 (risk-free rate 0).
    """
    ratios = daily_ratios(judged)
    if len(ratios) < 2:
        return math.nan
    return -_annual(float(ratios.mean()), float(ratios.std(ddof=1)))


def sortino_daily(judged: Judged) -> float:
    """Return minus mean over downside deviation of daily ratios, x sqrt(365).

    The downside deviation is the root of the mean square of the losing days, over all days.
    Source: Frank A. Sortino, Lee N. Price, 1994 (minimum acceptable return 0).
    """
    ratios = daily_ratios(judged)
    losing = np.minimum(ratios, 0.0)
    return -_annual(float(ratios.mean()), math.sqrt(float((losing**2).sum()) / len(losing)))


def _annual(mean: float, deviation: float) -> float:
    return mean / deviation * math.sqrt(_DAYS_PER_YEAR) if deviation else _UNDEFINED
