"""The probability of backtest overfitting: by hand, and on searches whose truth is known."""

import math
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from appliance.research.overfitting.cscv import blocks_for, cross_validated


@pytest.mark.parametrize(("trials", "blocks"), [(1, 4), (3, 3), (3, 0), (3, 22)])
def test_what_cannot_be_divided_is_refused(trials: int, blocks: int) -> None:
    with pytest.raises(ValueError, match="expected"):
        cross_validated(np.zeros((trials, 20)), blocks)


@pytest.mark.parametrize(("intervals", "blocks"), [(0, 0), (15, 0), (16, 4), (40, 10), (64, 16), (2000, 16)])
def test_blocks_are_even_and_have_at_least_four_intervals(intervals: int, blocks: int) -> None:
    assert blocks_for(intervals) == blocks


def test_two_trials_of_which_each_wins_one_half_are_overfitted_for_certain() -> None:
    """Whichever is better in one half is worse in the other: rank 1 of 2, w = 1/3, logit ln(1/2)."""
    found = cross_validated(np.array([[3.0, 1.0, -1.0, -3.0], [-3.0, -1.0, 1.0, 3.0]]), 2)
    assert found.logits.tolist() == pytest.approx([math.log(0.5)] * 2)
    assert (found.probability, found.loss) == (1.0, 1.0)
    assert found.inside.tolist() == pytest.approx([2**0.5] * 2)
    assert found.outside.tolist() == pytest.approx([-(2**0.5)] * 2)


def test_a_trial_that_is_always_the_best_is_not_overfitted() -> None:
    drawn = np.random.default_rng(1)
    returns = drawn.normal(0.0, 0.001, (9, 160))
    returns[4] += 0.01
    found = cross_validated(returns, 16)
    assert found.splits == math.comb(16, 8)
    assert found.probability == 0.0
    assert found.logits.tolist() == pytest.approx([math.log(9)] * found.splits)


def test_trials_that_are_all_the_same_share_the_middle_rank() -> None:
    found = cross_validated(np.tile(np.random.default_rng(1).normal(0, 1, 40), (5, 1)), 4)
    assert found.logits.tolist() == pytest.approx([0.0] * 6)


def test_on_noise_the_probability_is_about_one_half() -> None:
    searches = np.random.default_rng(4).normal(0.0, 0.01, (40, 50, 128))
    found = [cross_validated(search, 8).probability for search in searches]
    assert 0.4 < np.mean(found) < 0.6


def test_with_a_planted_edge_it_is_low() -> None:
    searches = np.random.default_rng(4).normal(0.0, 0.01, (10, 50, 256))
    searches[:, 10:15] += 0.005
    found = [cross_validated(search, 8) for search in searches]
    assert max(one.probability for one in found) < 0.05
    assert np.mean([one.loss for one in found]) < 0.05


@settings(max_examples=40, deadline=None)
@given(
    arrays(
        np.float64, st.tuples(st.integers(2, 6), st.integers(8, 20)), elements=st.integers(-8, 8).map(float)
    ),
    st.sampled_from((2, 4, 8)),
    st.sampled_from((0.25, 4.0)),
    st.randoms(),
)
def test_neither_unit_nor_order_of_trials_matters(
    returns: np.ndarray, blocks: int, unit: float, random: Random
) -> None:
    found = cross_validated(returns, blocks)
    assert 0 <= found.probability <= 1
    assert found.splits == math.comb(blocks, blocks // 2)
    scaled = cross_validated(returns * unit, blocks)
    assert scaled.logits.tolist() == pytest.approx(found.logits.tolist())
    if len(set(np.round(found.inside, 9))) == found.splits:
        order = list(range(len(returns)))
        random.shuffle(order)
        assert np.sort(cross_validated(returns[order], blocks).inside) == pytest.approx(np.sort(found.inside))
