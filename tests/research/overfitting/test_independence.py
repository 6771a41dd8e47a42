"""How many independent trials there were."""

import math
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from appliance.research.overfitting.independence import (
    different_trials,
    effective_trials,
    mean_maximum,
    number_by_mean_correlation,
)


def trials(count: int, correlation: float, *, intervals: int = 300, seed: int = 1) -> np.ndarray:
    drawn = np.random.default_rng(seed)
    common = drawn.standard_normal(intervals)
    own = drawn.standard_normal((count, intervals))
    mixed: np.ndarray = correlation**0.5 * common + (1 - correlation) ** 0.5 * own
    return mixed


def test_trials_without_trades_are_no_attempts_at_luck() -> None:
    assert effective_trials(np.zeros((50, 100))) == 0.0
    assert number_by_mean_correlation(np.zeros((50, 100))) == 0.0
    assert different_trials(np.zeros((50, 100))).tolist() == [0]


def test_the_same_trial_a_hundred_times_is_one() -> None:
    same = np.repeat(trials(1, 0.0), 100, axis=0)
    assert effective_trials(same) == pytest.approx(1.0, abs=0.05)
    assert number_by_mean_correlation(same) == pytest.approx(1.0)
    assert different_trials(same).tolist() == [0]


def test_independent_trials_all_count() -> None:
    independent = trials(100, 0.0)
    assert effective_trials(independent) == pytest.approx(100, rel=0.1)
    assert number_by_mean_correlation(independent) == pytest.approx(100, rel=0.02)
    assert len(different_trials(independent)) == 100


def test_a_strategy_and_its_opposite_are_luckier_than_two_that_are_independent() -> None:
    """One of them always wins: the mean of |g| is sqrt(2 / pi)."""
    one = trials(1, 0.0)
    number = effective_trials(np.concatenate((one, -one)))
    assert mean_maximum(number) == pytest.approx((2 / math.pi) ** 0.5, rel=0.05)


@pytest.mark.parametrize("correlation", [0.3, 0.6, 0.9])
def test_the_best_of_correlated_trials_is_as_lucky_as_that_of_fewer_independent_ones(
    correlation: float,
) -> None:
    """Of M equally correlated trials the expected best is sqrt(1 - r) times that of M independent ones."""
    number = effective_trials(trials(200, correlation, intervals=1000))
    assert mean_maximum(number) == pytest.approx((1 - correlation) ** 0.5 * mean_maximum(200), rel=0.06)


def test_groups_of_like_trials_count_as_groups() -> None:
    groups = trials(10, 0.0)
    members = np.repeat(groups, 20, axis=0) + trials(200, 0.0, seed=2) * 0.05
    assert effective_trials(members) == pytest.approx(12, rel=0.2)
    assert len(different_trials(members)) == 10


def test_the_published_number_by_mean_correlation() -> None:
    """r + (1 - r) M with r = 1/2 and M = 3: orthogonal parts make correlations exact."""
    common, first, second, third = np.array(
        [
            [1, 1, -1, -1, 1, 1, -1, -1],
            [1, -1, 1, -1, 1, -1, 1, -1],
            [1, 1, 1, 1, -1, -1, -1, -1],
            [1, -1, -1, 1, 1, -1, -1, 1],
        ]
    )
    found = number_by_mean_correlation(np.array([common + first, common + second, common + third], float))
    assert found == pytest.approx(0.5 + 0.5 * 3)


@pytest.mark.parametrize(
    ("count", "mean"), [(1, 0.0), (2, 1 / math.sqrt(math.pi)), (3, 1.5 / math.sqrt(math.pi)), (100, 2.50759)]
)
def test_known_means_of_the_largest_of_normal_numbers(count: int, mean: float) -> None:
    """Teichroew (1956), Tables of expected values of order statistics, Annals of Math. Statistics 27."""
    assert mean_maximum(count) == pytest.approx(mean, abs=1e-4)


@settings(max_examples=30, deadline=None)
@given(
    arrays(np.float64, st.tuples(st.integers(1, 12), st.integers(2, 30)), elements=st.integers(-9, 9)),
    st.randoms(),
)
def test_neither_order_nor_copies_of_trials_matter(found: np.ndarray, random: Random) -> None:
    order = list(range(len(found)))
    random.shuffle(order)
    number = effective_trials(found)
    assert number >= 0
    assert effective_trials(np.concatenate((found[order], found))) == pytest.approx(number, rel=1e-6)
    assert len(different_trials(np.concatenate((found, found)))) == len(different_trials(found))
