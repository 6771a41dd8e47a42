"""Trades that were entered just before a gap."""

import numpy as np
import pytest

from appliance.research.results.doubts.fills import fills_by_pair
from appliance.research.results.doubts.gaps import before_missing, entries_before_gaps, jumps
from tests.support.doubtful import rows, series, trade


def count(one, of_pair):
    return entries_before_gaps(fills_by_pair([one])["A/USDT"], of_pair)


def test_the_next_open_may_be_far_away():
    up, down = jumps(rows([100, 107, 99], close=[100, 107, 99]))
    assert up.tolist() == [True, False, False]
    assert down.tolist() == [False, True, False]
    assert not any(flags.any() for flags in jumps(rows([100, 106, 100])))


@pytest.mark.parametrize(("short", "found"), [(False, 1), (True, 0)])
def test_a_gap_counts_in_favour_of_a_trade(short, found):
    assert count(trade(closed=2, is_short=short), series([100, 107, 107])) == found


def test_it_does_not_count_after_the_close_or_later():
    assert count(trade(opened=0, closed=0), series([100, 107, 107])) == 0
    assert count(trade(opened=0, closed=2), series([100, 100, 107])) == 0


def test_missing_candles_are_flat_at_the_last_close():
    flat = [100.0, 101.0, 101.0, 101.0, 105.0]
    candles = rows(
        flat, high=[102, 101, 101, 101, 106], low=[99, 101, 101, 101, 104], close=[101, 101, 101, 101, 105]
    )
    assert before_missing(candles).tolist() == [True, False, False, False, False]
    assert not before_missing(rows([100, 101, 102, 103])).any()
    assert before_missing(rows([])).tolist() == []


def test_an_entry_before_missing_candles_counts_in_both_directions():
    flat = np.array([100.0, 101.0, 101.0, 101.0, 105.0])
    of_pair = series(flat, high=flat, low=flat, close=[101, 101, 101, 101, 105])
    assert count(trade(closed=4), of_pair) == 1
    assert count(trade(closed=4, is_short=True), of_pair) == 1
