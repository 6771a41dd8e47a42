"""At what rate an exit happens: what a candle does not tell is taken for the worse."""

import pytest

from appliance.domain.enums import ExitType
from appliance.domain.roi import NO_ROI, RoiEntry
from appliance.research.backtest.walk.exit_rates import (
    is_known_at_open,
    minutes_between,
    roi_rate,
    stop_rate,
    within_candle,
)
from appliance.rules.exits import ExitReason
from appliance.rules.stop import StopPolicy
from tests.research.backtest.walk.made import at, candle
from tests.support.trades import fill, new_trade

STOP, TRAILING = ExitType.STOP_LOSS, ExitType.TRAILING_STOP_LOSS
FIXED = StopPolicy(stoploss=-0.1)
FROM_OFFSET = StopPolicy(stoploss=-0.1, trailing=True, positive=0.01, offset=0.03, only_from_offset=True)
PLAIN_TRAILING = StopPolicy(stoploss=-0.1, trailing=True)


def opened(rate=100.0, *, short=False, stop=0.0, **fields):
    """A trade of one coin without fees, and where its stop is."""
    trade = new_trade(rate=rate, is_short=short, open_date=at(0), fee_open=0.0, fee_close=0.0, **fields)
    fill(trade, "entry", 1.0, rate, order_filled_date=at(0))
    trade.stop_loss = stop
    return trade


# -- stops


def test_a_stop_beyond_the_whole_candle_is_left_at_its_open():
    fallen = candle(95.0, 97.0, 93.0, 96.0, place=3)
    assert stop_rate(opened(stop=98.0), fallen, STOP, FIXED, minutes_open=15) == 95.0
    risen = candle(105.0, 107.0, 103.0, 104.0, place=3)
    assert stop_rate(opened(short=True, stop=102.0), risen, STOP, FIXED, minutes_open=15) == 105.0


def test_a_stop_that_the_candle_opens_beyond_is_left_at_the_stop_if_the_candle_comes_back_to_it():
    fallen = candle(95.0, 98.0, 93.0, 96.0, place=3)
    assert stop_rate(opened(stop=98.0), fallen, STOP, FIXED, minutes_open=15) == 98.0


def test_a_liquidation_is_left_at_the_liquidation_price():
    trade = opened(stop=90.0, liquidation_price=94.0)
    low = candle(96.0, 97.0, 93.0, 95.0, place=3)
    assert stop_rate(trade, low, ExitType.LIQUIDATION, FIXED, minutes_open=15) == 94.0
    assert stop_rate(trade, low, STOP, FIXED, minutes_open=15) == 90.0


@pytest.mark.parametrize(("short", "rate"), [(False, 102.0), (True, 98.0)])
def test_a_stop_trailed_within_the_entry_candle_has_moved_as_little_as_possible(short, rate):
    """The price reaches the offset of 3 %, and turns there: 1 % back."""
    wide = candle(100.0, 110.0, 90.0, 100.0)
    trade = opened(short=short, stop=99.0 if short else 101.0)
    assert stop_rate(trade, wide, TRAILING, FROM_OFFSET, minutes_open=0) == pytest.approx(rate)
    assert stop_rate(trade, wide, TRAILING, FROM_OFFSET, minutes_open=5) == trade.stop_loss


@pytest.mark.parametrize("policy", [PLAIN_TRAILING, None], ids=["trailing", "of the strategy"])
def test_without_an_offset_it_has_not_moved_at_all(policy):
    trade = opened(stop=108.0)
    trade.stop_loss_pct = -0.02
    wide = candle(100.0, 110.0, 90.0, 100.0)
    assert stop_rate(trade, wide, TRAILING, policy, minutes_open=0) == pytest.approx(98.0)
    leveraged = opened(stop=108.0, leverage=4.0)
    leveraged.stop_loss_pct = -0.02
    assert stop_rate(leveraged, wide, TRAILING, policy, minutes_open=0) == pytest.approx(99.5)


def test_such_a_stop_is_not_left_beyond_the_candle():
    trade = opened(stop=100.5)
    trade.stop_loss_pct = -0.05
    assert stop_rate(trade, candle(100.0, 101.0, 99.0, 100.0), TRAILING, None, minutes_open=0) == 99.0
    short = opened(short=True, stop=99.5)
    short.stop_loss_pct = -0.05
    assert stop_rate(short, candle(100.0, 101.0, 99.0, 100.0), TRAILING, None, minutes_open=0) == 101.0


# -- minimal ROI


def roi(trade, one, entry, age, candle_minutes=5):
    return roi_rate(trade, one, RoiEntry(*entry), minutes_open=age, candle_minutes=candle_minutes)


def test_a_roi_is_taken_at_the_rate_that_gives_exactly_it():
    trade = opened()
    assert roi(trade, candle(100.0, 110.0, 99.0, 100.0, place=2), (0, 0.05), 10) == pytest.approx(105.0)
    short = opened(short=True)
    assert roi(short, candle(100.0, 101.0, 90.0, 100.0, place=2), (0, 0.05), 10) == pytest.approx(95.0)


def test_a_roi_below_the_candle_is_taken_at_its_low():
    assert roi(opened(), candle(103.0, 104.0, 102.0, 103.0, place=2), (3, 0.01), 10) == 102.0


def test_a_step_that_begins_with_the_candle_is_taken_at_a_better_open():
    better = candle(103.0, 104.0, 100.0, 103.0, place=2)
    assert roi(opened(), better, (10, 0.01), 10) == 103.0
    assert roi(opened(), better, (0, 0.01), 10) == pytest.approx(101.0), "that step began before"
    assert roi(opened(), better, (8, 0.01), 10) == pytest.approx(101.0), "that one within the candle before"
    worse = candle(100.5, 104.0, 100.0, 103.0, place=2)
    assert roi(opened(), worse, (10, 0.01), 10) == pytest.approx(101.0)
    down = candle(97.0, 100.0, 96.0, 97.0, place=2)
    assert roi(opened(short=True), down, (10, 0.01), 10) == 97.0


def test_minus_one_leaves_at_the_open_if_it_is_on_the_grid_of_candles():
    one = candle(98.0, 99.0, 97.0, 98.0, place=2)
    assert roi(opened(), one, (10, -1), 10) == 98.0
    assert roi(opened(), one, (8, -1), 10) == 97.0, "no rate loses all, but the low comes nearest"


def test_in_the_entry_candle_a_falling_candle_is_taken_to_have_fallen_last():
    """Entered below the open, which the price had to fall to: a rate above the close came before."""
    trade = opened(98.0)
    falling = candle(100.0, 102.0, 97.0, 98.5)
    assert roi(trade, falling, (0, 0.02), 0) is None
    assert roi(trade, falling, (0, 0.001), 0) == pytest.approx(98.098), "below the close"
    assert roi(trade, candle(98.0, 102.0, 97.0, 98.5), (0, 0.02), 0) == pytest.approx(99.96), "rising"
    assert roi(trade, falling, (0, 0.02), 5) == pytest.approx(99.96), "a later candle"
    rising = candle(100.0, 103.0, 98.0, 101.5)
    assert roi(opened(102.0, short=True), rising, (0, 0.02), 0) is None


def test_a_strategy_that_names_no_step_leaves_at_the_open():
    one = candle(101.0, 104.0, 100.0, 103.0, place=2)
    assert roi_rate(opened(), one, NO_ROI, minutes_open=10, candle_minutes=5) == 101.0


# -- the rest


def test_an_order_beyond_the_candle_would_have_filled_before():
    one = candle(100.0, 103.0, 98.0, 101.0)
    assert within_candle(opened(), one, 90.0) == 98.0
    assert within_candle(opened(), one, 105.0) == 105.0, "this one rests"
    assert within_candle(opened(short=True), one, 105.0) == 103.0


def test_ages_are_whole_minutes():
    assert minutes_between(at(0), at(2)) == 10
    assert minutes_between(at(0), at(0.3)) == 1


def test_signals_are_known_when_the_candle_opens():
    known = {ExitType.EXIT_SIGNAL, ExitType.CUSTOM_EXIT, ExitType.PARTIAL_EXIT}
    assert {kind for kind in ExitType if is_known_at_open(ExitReason(kind, ""))} == known
