"""Calculate how likely a mean profit is if the true one were zero."""

import math

from appliance.research.results.statistics.columns import Floats, deviation, mean

_TINY = 1e-300
_PRECISE = 1e-16
_ASYMPTOTIC_FROM = 30.0


def p_value(values: Floats) -> float:
    """Return the two-sided p of Student's t-test for a mean of zero; 1 where it cannot be calculated.

    t = mean / (s / sqrt(n)) with s the deviation of the sample, p = I_x((n-1)/2, 1/2) with x =
    (n-1) / (n-1 + t^2) and I the regularized incomplete beta function.
    Source: W. S. Gosset ("Student"), The probable error of a mean, 1908; NIST DLMF 8.17.
    """
    freedom = len(values) - 1
    spread = deviation(values, sample=True)
    if freedom < 1 or not spread:
        return 1.0
    squared = (mean(values) / spread) ** 2 * len(values)
    return two_sided(squared, freedom)


def two_sided(t_squared: float, freedom: int) -> float:
    """Return the probability that Student's t with `freedom` degrees is further from 0."""
    if not t_squared:
        return 1.0
    a, odds = freedom / 2, t_squared / freedom
    log_of_x = -math.log1p(odds)
    log_of_rest = math.log(odds) + log_of_x
    x, rest = math.exp(log_of_x), math.exp(log_of_rest)
    # x^a (1-x)^(1/2) / B(a, 1/2), in logarithms: x^a is far below the least float where t is large.
    front = math.exp(a * log_of_x + log_of_rest / 2 + _log_of_gamma_ratio(a) - math.log(math.pi) / 2)
    if x < (a + 1) / (a + 2.5):
        return min(1.0, front * _fraction(a, 0.5, x) / a)
    return max(0.0, 1.0 - front * _fraction(0.5, a, rest) / 0.5)


def _log_of_gamma_ratio(a: float) -> float:
    """Return ln(Gamma(a + 1/2) / Gamma(a)): for large `a` the difference of two logarithms would be inexact.

    Source of the series: NIST DLMF 5.11.13.
    """
    if a < _ASYMPTOTIC_FROM:
        return math.lgamma(a + 0.5) - math.lgamma(a)
    inverse = 1 / a
    square = inverse * inverse
    series = inverse * (-1 / 8 + square * (1 / 192 + square * (-1 / 640 + square * 17 / 14336)))
    return math.log(a) / 2 + series


def _fraction(a: float, b: float, x: float) -> float:
    """Return the continued fraction of the incomplete beta function, without the factor before it.

    Source: NIST DLMF 8.17.22, evaluated by the method of W. J. Lentz, 1976.
    """
    numerator, denominator = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1))
    value = denominator
    for step in range(1, 10_000):
        double = 2 * step
        even = step * (b - step) * x / ((a + double - 1) * (a + double))
        odd = -(a + step) * (a + b + step) * x / ((a + double) * (a + double + 1))
        for coefficient in (even, odd):
            denominator = 1 / _not_zero(1 + coefficient * denominator)
            numerator = _not_zero(1 + coefficient / numerator)
            change = numerator * denominator
            value *= change
        if abs(change - 1) < _PRECISE:
            break
    return value


def _not_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
