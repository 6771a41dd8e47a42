"""Deflate a Sharpe ratio by the number of trials that it was chosen from.

The best of many trials without any edge looks good all the same. How good, depends on how many there were,
and how far their Sharpe ratios spread; only what goes beyond that says something.
"""

import math
from dataclasses import dataclass

import numpy as np

from appliance.research.overfitting.independence import number_by_mean_correlation
from appliance.research.overfitting.returns import Returns
from appliance.research.overfitting.sharpe import (
    NORMAL,
    Moments,
    moments_of,
    probabilistic_sharpe,
    sharpe_ratios,
)

EULER_MASCHERONI = 0.5772156649015329


@dataclass(frozen=True)
class Deflated:
    """State a Sharpe ratio before and after deflation; ratios of one interval.

    `trials` is how many trials were independent of each other. `expected` is the Sharpe ratio that the best
    of so many would have by luck alone. `probability` is the deflated Sharpe ratio: how probable it is that
    the true one lies above `expected`.
    """

    moments: Moments
    trials: float
    variance: float
    expected: float
    probability: float

    @property
    def sharpe(self) -> float:
        return self.moments.sharpe


def expected_best(variance: float, trials: float) -> float:
    """Return the highest Sharpe ratio to be expected of `trials` independent trials that have no edge.

        sqrt(variance) x ((1 - g) x Z^-1(1 - 1 / N) + g x Z^-1(1 - 1 / (N e)))

    with N the number of trials, `variance` that of their Sharpe ratios, Z^-1 the normal quantile function
    and g the Euler-Mascheroni constant. 0 for one trial or less. Source: Bailey and López de Prado (2014),
    The Deflated Sharpe Ratio, Journal of Portfolio Management 40(5), equation 1, with a mean of 0.
    """
    if trials <= 1:
        return 0.0
    usual = NORMAL.inv_cdf(1 - 1 / trials)
    rare = NORMAL.inv_cdf(1 - 1 / (trials * math.e))
    # Below two trials the approximation turns negative; the best of them is not worse than one.
    return max(0.0, math.sqrt(variance) * ((1 - EULER_MASCHERONI) * usual + EULER_MASCHERONI * rare))


def deflated_sharpe(moments: Moments, variance: float, trials: float) -> Deflated:
    """Return the deflated Sharpe ratio of the best trial.

        DSR = Z((SR - SR0) x sqrt(n - 1) / sqrt(1 - skewness x SR + (kurtosis - 1) / 4 x SR^2))

    where SR0 is `expected_best`. Source: Bailey and López de Prado (2014), equation 2.
    """
    expected = expected_best(variance, trials)
    return Deflated(moments, trials, variance, expected, probabilistic_sharpe(moments, expected))


def variance_by_luck(count: int) -> float:
    """Return the variance of an estimated Sharpe ratio whose true value is 0, over `count` intervals.

        1 / (n - 1)

    Source: Lo (2002), The Statistics of Sharpe Ratios, Financial Analysts Journal 58(4). Bailey and López
    de Prado take the variance of the trials' Sharpe ratios instead. But trials of a search do not differ by
    luck alone: parameters that trade often pay more fees, and where there is an edge, some find it and
    others do not. Such differences would make the best of a search that has found something look like luck.
    """
    return 1 / (count - 1) if count > 1 else 0.0


def deflated_of(returns: Returns, best: int, trials: float) -> Deflated:
    """Return the deflated Sharpe ratio of trial `best` (row) of a search with `trials` independent ones."""
    return deflated_sharpe(moments_of(returns[best]), variance_by_luck(returns.shape[-1]), trials)


def deflated_as_published(returns: Returns, best: int) -> Deflated:
    """Return it with the variance across trials and the number by mean correlation, as the paper does."""
    ratios = sharpe_ratios(returns)
    variance = float(np.var(ratios, ddof=1)) if len(ratios) > 1 else 0.0
    return deflated_sharpe(moments_of(returns[best]), variance, number_by_mean_correlation(returns))
