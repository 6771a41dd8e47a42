"""Fills that depend on the order in which prices came within a candle."""

import pytest

from appliance.research.results.doubts.candles import closes_in_doubt, fills_at_wicks
from appliance.research.results.doubts.fills import fills_by_pair
from tests.support.doubtful import series, trade


def fills(one):
    return fills_by_pair([one])["A/USDT"]


@pytest.mark.parametrize(
    ("stop", "reason", "count"),
    [(98.0, "roi", 0), (99.0, "roi", 1), (99.0, "exit_signal", 0), (0.0, "roi", 0)],
)
def test_roi_in_a_candle_that_reached_the_stop(stop, reason, count):
    of_pair = series([100, 100, 100])  # each goes from 99 to 101
    assert closes_in_doubt(fills(trade(stop_loss=stop, exit_reason=reason)), of_pair) == count


def test_the_stop_of_a_short_lies_above():
    of_pair = series([100, 100, 100])
    one = trade(is_short=True, stop_loss=101.0, exit_reason="roi")
    assert closes_in_doubt(fills(one), of_pair) == 1
    assert closes_in_doubt(fills(trade(is_short=True, stop_loss=101.5, exit_reason="roi")), of_pair) == 0


@pytest.mark.parametrize(
    ("highs", "count"), [([101, 102, 110], 1), ([101, 110, 102], 0), ([101, 110, 110], 0)]
)
def test_a_trailing_stop_that_the_closing_candle_moved(highs, count):
    of_pair = series([100, 100, 100], high=highs)
    one = trade(closed=2, stop_loss=99.5, exit_reason="trailing_stop_loss")
    assert closes_in_doubt(fills(one), of_pair) == count


def test_a_trailing_stop_of_a_short_follows_lows():
    of_pair = series([100, 100, 100], low=[99, 98, 90])
    one = trade(closed=2, is_short=True, stop_loss=100.5, exit_reason="trailing_stop_loss")
    assert closes_in_doubt(fills(one), of_pair) == 1


@pytest.mark.parametrize(
    ("entry", "exit", "count"),
    [
        (99.0, 100.5, 1),  # bought at the low
        (99.09, 100.5, 1),
        (99.2, 100.5, 0),
        (100.0, 101.0, 1),  # sold at the high
        (99.05, 100.95, 2),
        (100.0, 99.0, 0),  # a stop fills at a bad price
    ],
)
def test_fills_at_the_tip_of_a_candle(entry, exit, count):
    assert fills_at_wicks(fills(trade(entry=entry, exit=exit)), series([100, 100, 100])) == count


def test_a_candle_without_a_range_has_no_tip():
    flat = series([100, 100], high=[100, 100], low=[100, 100])
    assert fills_at_wicks(fills(trade(entry=99.0, exit=101.0)), flat) == 0


def test_opens_at_the_edge_are_no_tips():
    of_pair = series([100, 100], low=[100, 100])
    assert fills_at_wicks(fills(trade(entry=100.0, exit=100.0)), of_pair) == 0
