"""Estimate Sharpe ratios, and how far an estimate can be trusted.

All ratios here are those of one interval (a day, say), not of a year: multiply by the square root of
intervals per year to compare them with others.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from appliance.research.overfitting.returns import Floats, Returns

NORMAL = NormalDist()
_SMALLEST_SPREAD = 1e-12


@dataclass(frozen=True)
class Moments:
    """Describe returns: how many, the Sharpe ratio of an interval, skewness, and kurtosis (3: normal)."""

    count: int
    sharpe: float
    skewness: float = 0.0
    kurtosis: float = 3.0


def sharpe_ratios(returns: Returns | Floats) -> Floats:
    """Return mean / standard deviation (of the sample: n - 1) along the last axis; 0 where nothing changes.

    Source: Sharpe (1994), The Sharpe Ratio, Journal of Portfolio Management 21; the riskless rate is 0.
    """
    values = np.asarray(returns, np.float64)
    if values.shape[-1] < 2:
        return np.zeros(values.shape[:-1])
    spread = values.std(axis=-1, ddof=1)
    mean = values.mean(axis=-1)
    ratios: Floats = np.divide(mean, spread, out=np.zeros_like(mean), where=spread > _SMALLEST_SPREAD)
    return ratios


def moments_of(returns: Returns | Floats) -> Moments:
    """Return the moments of a trial's returns: skewness m3 / m2^1.5 and kurtosis m4 / m2^2 of the sample."""
    values = np.asarray(returns, np.float64)
    if len(values) < 2:
        return Moments(len(values), 0.0)
    centred = values - values.mean()
    second = float((centred**2).mean())
    if second <= _SMALLEST_SPREAD**2:
        return Moments(len(values), 0.0)
    skewness = float((centred**3).mean()) / second**1.5
    kurtosis = float((centred**4).mean()) / second**2
    return Moments(len(values), float(sharpe_ratios(values)), skewness, kurtosis)


def standard_error(moments: Moments) -> float:
    """Return the standard error of an estimated Sharpe ratio, for returns of any distribution.

        sqrt((1 - skewness x SR + (kurtosis - 1) / 4 x SR^2) / (n - 1))

    Infinite for less than two returns. Source: Mertens (2002), Comments on variance of the IID estimator in
    Lo; Bailey and López de Prado (2012), The Sharpe Ratio Efficient Frontier, Journal of Risk 15(2),
    equation 9.
    """
    if moments.count < 2:
        return math.inf
    ratio = moments.sharpe
    spread = 1 - moments.skewness * ratio + (moments.kurtosis - 1) / 4 * ratio**2
    # Never negative for moments of real returns: kurtosis >= 1 + skewness^2.
    return math.sqrt(max(spread, 0.0) / (moments.count - 1))


def probabilistic_sharpe(moments: Moments, benchmark: float = 0.0) -> float:
    """Return the probability that the true Sharpe ratio lies above `benchmark` (both of one interval).

        PSR = Z((SR - benchmark) / standard error)

    with Z the normal distribution function. Source: Bailey and López de Prado (2012), equation 11.
    """
    error = standard_error(moments)
    distance = moments.sharpe - benchmark
    if math.isinf(error):
        return 0.5
    if error == 0:
        return 0.5 if distance == 0 else float(distance > 0)
    return NORMAL.cdf(distance / error)


def shortest_record(moments: Moments, benchmark: float = 0.0, confidence: float = 0.95) -> float:
    """Return how many intervals it takes until a Sharpe ratio like this one is above `benchmark` for sure.

        1 + (1 - skewness x SR + (kurtosis - 1) / 4 x SR^2) x (Z^-1(confidence) / (SR - benchmark))^2

    Infinite if it does not exceed the benchmark. Source: Bailey and López de Prado (2012), equation 13
    (minimum track record length).
    """
    distance = moments.sharpe - benchmark
    if distance <= 0:
        return math.inf
    spread = 1 - moments.skewness * moments.sharpe + (moments.kurtosis - 1) / 4 * moments.sharpe**2
    return 1 + spread * (NORMAL.inv_cdf(confidence) / distance) ** 2
