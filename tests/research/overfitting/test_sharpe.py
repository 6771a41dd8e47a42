"""Sharpe ratios, against numbers that were published."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.research.overfitting.sharpe import (
    Moments,
    moments_of,
    probabilistic_sharpe,
    sharpe_ratios,
    shortest_record,
    standard_error,
)

HEDGE_FUND = Moments(24, 0.458, -2.448, 10.164)
"""Two years of monthly returns: Bailey and López de Prado (2012), section 6."""


@pytest.mark.parametrize("returns", [[], [0.1], [0.0] * 20, [0.01] * 20])
def test_returns_that_do_not_change_have_no_ratio(returns: list[float]) -> None:
    assert moments_of(np.array(returns)).sharpe == 0.0


def test_one_return_says_nothing() -> None:
    assert math.isinf(standard_error(Moments(1, 0.0)))
    assert probabilistic_sharpe(Moments(1, 0.0)) == 0.5


def test_a_record_never_becomes_long_enough_for_what_it_does_not_reach() -> None:
    assert math.isinf(shortest_record(Moments(100, 0.1), benchmark=0.1))


def test_the_ratio_is_mean_by_standard_deviation_of_the_sample() -> None:
    assert sharpe_ratios(np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]])).tolist() == [2.0, 0.0]


def test_moments_of_known_returns() -> None:
    moments = moments_of(np.array([-1.0, 0.0, 0.0, 0.0, 6.0]))
    assert moments.count == 5
    assert moments.skewness == pytest.approx(22.8 / 6.4**1.5)
    assert moments.kurtosis == pytest.approx((2**4 + 3 + 5**4) / 5 / 6.4**2)


def test_the_published_hedge_fund_is_less_certain_than_normal_returns_would_be() -> None:
    assert probabilistic_sharpe(Moments(24, 0.458)) == pytest.approx(0.982, abs=5e-4)
    assert probabilistic_sharpe(HEDGE_FUND) == pytest.approx(0.913, abs=5e-4)


@pytest.mark.parametrize(("of_a_year", "benchmark", "years"), [(2.0, 1.0, 2.73), (3.0, 1.0, 0.69)])
def test_the_published_shortest_records(of_a_year: float, benchmark: float, years: float) -> None:
    """Bailey and López de Prado (2012), exhibit 5: daily returns, normal, 95 % confidence."""
    days = shortest_record(Moments(0, of_a_year / 250**0.5), benchmark / 250**0.5)
    assert days / 250 == pytest.approx(years, abs=0.01)


def test_the_standard_error_is_that_of_many_samples() -> None:
    samples = np.random.default_rng(5).normal(0.2, 1.0, (4000, 100))
    assert sharpe_ratios(samples).std() == pytest.approx(standard_error(Moments(100, 0.2)), rel=0.05)


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=50), st.floats(0.01, 100))
def test_the_unit_of_returns_does_not_matter(returns: list[float], unit: float) -> None:
    values = np.array(returns)
    if values.std() > 1e-6:
        assert moments_of(values * unit).sharpe == pytest.approx(
            moments_of(values).sharpe, rel=1e-6, abs=1e-9
        )


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=50), st.floats(-1, 1), st.floats(0, 1))
def test_a_higher_benchmark_is_never_more_probable(returns: list[float], low: float, more: float) -> None:
    moments = moments_of(np.array(returns))
    assert 0 <= probabilistic_sharpe(moments, low + more) <= probabilistic_sharpe(moments, low) <= 1
