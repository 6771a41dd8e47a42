"""Losses by profit, how long it takes, and how it is made up."""

import math

from appliance.reports.measures import expectancy_of
from appliance.reports.outcomes import ProfitSum
from appliance.research.hyperopt.losses.drawdowns import fall_ratio
from appliance.research.hyperopt.losses.judged import Judged
from appliance.research.results.statistics.columns import total

_TARGET_TRADES = 600
_SPREAD_OF_TRADES = 10**5.8
_EXPECTED_RATIO = 3.0
"""The sum of profit ratios beyond which more is no better."""
_LONGEST_MINUTES = 300

_OF_FALL = 0.055
_LEAST_TRADES = 50
_LARGEST_EXPECTANCY = 10.0


def short_trade_duration(judged: Judged) -> float:
    """Return a loss for few trades, little profit and long trades, in turn.

    1 - exp(-(n - 600)² / 10^5.8) / 4, plus what the sum of profit ratios lacks of 3 (as a part of it), plus
    0.4 x the mean duration as a part of 300 minutes, at most.
    """
    trades = judged.trades
    count = len(trades)
    for_count = 1 - 0.25 * math.exp(-((count - _TARGET_TRADES) ** 2) / _SPREAD_OF_TRADES)
    for_profit = max(0.0, 1 - total(trades.ratio) / _EXPECTED_RATIO)
    minutes = total(trades.minutes) / count if count else math.nan
    return for_count + for_profit + 0.4 * min(minutes / _LONGEST_MINUTES, 1.0)


def only_profit(judged: Judged) -> float:
    """Return minus the profit (stake currency)."""
    return -total(judged.trades.profit)


def multi_metric(judged: Judged) -> float:
    """Return minus the profit, less 0.945 x the ratio of the deepest fall of it, times four factors.

    These are log(profit factor + 1), log(expectancy ratio + 2) with a ratio of at most 10, log(1.2 + share
    of trades that win), and, below 50 trades, their number as a part of 50, at least 0.1.
    """
    profits = judged.trades.profit
    count = len(profits)
    if not count:
        return math.nan
    profit = total(profits)
    won, lost = (ProfitSum(total(part), len(part)) for part in (profits[profits > 0], profits[profits < 0]))
    _, expectancy = expectancy_of(won, lost, count)
    kept = profit - fall_ratio(judged) * profit * (1 - _OF_FALL)
    return -(
        kept
        * math.log(won.profit / (abs(lost.profit) + 1e-6) + 1.0)
        * math.log(min(_LARGEST_EXPECTANCY, expectancy) + 2.0)
        * math.log(1.2 + won.count / count)
        * (max(count / _LEAST_TRADES, 0.1) if count < _LEAST_TRADES else 1.0)
    )
