"""Purged and embargoed splits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.research.overfitting.splits import chosen_out_of_sample, purged_folds, purged_intervals


@pytest.mark.parametrize("folds", [0, 1, 5])
def test_a_number_of_folds_that_cannot_be_is_refused(folds: int) -> None:
    with pytest.raises(ValueError, match="folds"):
        list(purged_folds(np.arange(4), np.arange(4), folds))


def test_observations_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="in order"):
        list(purged_folds(np.array([3, 1]), np.array([4, 5]), 2))


def test_trades_that_reach_into_the_tested_part_are_purged_and_those_soon_after_it_embargoed() -> None:
    """Ten trades, one begins each hour and lasts two and a half; the second fold tests hours 4 to 9.5."""
    begins = np.arange(10) * 60
    splits = list(purged_folds(begins, begins + 150, 5, embargo=60))
    assert splits[1].test.tolist() == [2, 3]
    assert splits[1].train.tolist() == [7, 8, 9]
    assert splits[3].train.tolist() == [0, 1, 2, 3]
    assert splits[4].train.tolist() == [0, 1, 2, 3, 4, 5]


def test_without_overlap_and_embargo_nothing_is_lost() -> None:
    for split in purged_folds(np.arange(10) * 10, np.arange(10) * 10 + 5, 5):
        assert sorted([*split.train, *split.test]) == list(range(10))


@given(
    trades=st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 200)), min_size=2, max_size=40),
    folds=st.integers(2, 6),
    embargo=st.integers(0, 100),
)
def test_nothing_that_is_learnt_from_overlaps_what_is_tested(
    trades: list[tuple[int, int]], folds: int, embargo: int
) -> None:
    trades = sorted(trades)
    begins = np.array([begin for begin, _ in trades])
    ends = begins + np.array([length for _, length in trades])
    splits = list(purged_folds(begins, ends, min(folds, len(trades)), embargo))
    assert sorted(np.concatenate([split.test for split in splits])) == list(range(len(trades)))
    for split in splits:
        first, last = begins[split.test].min(), ends[split.test].max()
        before, after = ends[split.train] < first, begins[split.train] > last + embargo
        assert bool(np.all(before | after))


def test_intervals_reach_back_as_far_as_trades_were_open() -> None:
    splits = list(purged_intervals(12, 3, reach=2, embargo=1))
    assert splits[1].test.tolist() == [4, 5, 6, 7]
    assert splits[1].train.tolist() == [0, 1, 11]


def test_a_choice_by_luck_makes_nothing_where_it_has_not_looked() -> None:
    searches = np.random.default_rng(2).normal(0.0, 0.01, (20, 100, 300))
    made = [chosen_out_of_sample(one, purged_intervals(300, 6, 1, 3)).mean() for one in searches]
    best = [one.mean(axis=1).max() for one in searches]
    assert abs(np.mean(made)) < 0.0003
    assert np.mean(best) > 0.001


def test_a_choice_by_an_edge_makes_as_much_there() -> None:
    returns = np.random.default_rng(2).normal(0.0, 0.01, (200, 300))
    returns[7] += 0.01
    made = chosen_out_of_sample(returns, purged_intervals(300, 6, 1, 3))
    assert made.tolist() == returns[7].tolist()
