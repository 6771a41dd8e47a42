"""The deflated Sharpe ratio: published numbers, and searches whose truth is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.research.overfitting.deflated import (
    Deflated,
    deflated_as_published,
    deflated_of,
    deflated_sharpe,
    expected_best,
    variance_by_luck,
)
from appliance.research.overfitting.independence import effective_trials
from appliance.research.overfitting.sharpe import Moments, sharpe_ratios

A_YEAR = 250
PUBLISHED = Moments(1250, 2.5 / A_YEAR**0.5, -3.0, 10.0)
"""The numerical example of Bailey and López de Prado (2014): five years of days, 2.5 a year, variance 1/2."""


@pytest.mark.parametrize("trials", [0.0, 1.0])
def test_a_single_trial_needs_no_deflation(trials: float) -> None:
    assert expected_best(0.5, trials) == 0.0


def test_too_few_intervals_have_no_variance() -> None:
    assert variance_by_luck(1) == 0.0


def test_the_published_example() -> None:
    deflated = deflated_sharpe(PUBLISHED, 0.5 / A_YEAR, 100)
    assert deflated.expected == pytest.approx(0.1132, abs=5e-5)
    assert deflated.probability == pytest.approx(0.9004, abs=5e-5)


def test_the_published_numbers_of_trials_that_would_have_been_few_enough() -> None:
    assert deflated_sharpe(PUBLISHED, 0.5 / A_YEAR, 46).probability == pytest.approx(0.9505, abs=5e-5)
    normal = Moments(1250, PUBLISHED.sharpe)
    assert deflated_sharpe(normal, 0.5 / A_YEAR, 88).probability == pytest.approx(0.9505, abs=5e-5)


def test_the_expected_best_is_that_of_many_searches_without_an_edge() -> None:
    searches = np.random.default_rng(3).standard_normal((500, 200)).max(axis=1)
    assert expected_best(1.0, 200) == pytest.approx(searches.mean(), rel=0.03)


@pytest.fixture(scope="module")
def noise() -> np.ndarray:
    """Twenty searches of 100 trials without an edge, over 250 days."""
    return np.random.default_rng(8).normal(0.0, 0.01, (20, 100, 250)).astype(np.float32)


def test_on_noise_the_best_is_as_good_as_luck_makes_it(noise: np.ndarray) -> None:
    found = [_best(search).probability for search in noise]
    assert 0.3 < np.mean(found) < 0.6
    assert sum(one > 0.95 for one in found) <= 1


def test_a_planted_edge_is_more_than_luck(noise: np.ndarray) -> None:
    search = noise[0].copy()
    search[40:60] += np.float32(0.005)
    assert _best(search).probability > 0.99


def test_differences_that_are_no_luck_do_not_hide_an_edge(noise: np.ndarray) -> None:
    """Half of the trials lose by fees: that widens the spread, but not what luck can do."""
    search = noise[1].copy()
    search[:50] -= np.float32(0.02)
    search[60] += np.float32(0.004)
    assert _best(search).probability > 0.99
    assert deflated_as_published(search, 60).probability < 0.1


@given(st.floats(1, 1e6), st.floats(1, 100), st.floats(0.0, 1.0))
def test_more_trials_never_make_a_result_more_credible(trials: float, more: float, sharpe: float) -> None:
    few = deflated_sharpe(Moments(250, sharpe), 0.004, trials)
    many = deflated_sharpe(Moments(250, sharpe), 0.004, trials * more)
    assert many.probability <= few.probability + 1e-12
    assert many.expected >= few.expected - 1e-12


def _best(search: np.ndarray) -> Deflated:
    return deflated_of(search, int(sharpe_ratios(search).argmax()), effective_trials(search))
