"""The bar of an open trade: stop, entry, rate and target on one scale."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.server.dashboard.drawing import WIDTH
from appliance.server.dashboard.panels.open_trades import StopBar, open_row
from tests.server.dashboard.demo_bot import DemoBot

if TYPE_CHECKING:
    from appliance.domain.trade import Trade

ROI = {0: 0.1, 60: 0.05}


def bar_of(rate: float, roi: dict[int, float] | None = None, **trade: object) -> StopBar:
    made = DemoBot().open("BTC/USDT", 100.0, **trade)
    bar = open_row(made, rate, made.open_date + timedelta(minutes=5), ROI if roi is None else roi).bar
    assert bar is not None
    return bar


def test_stop_is_left_and_target_right():
    bar = bar_of(105.0, stop_loss=90.0)
    assert (bar.stop, bar.target) == (0.0, WIDTH)
    assert bar.stop < bar.entry < bar.now < bar.target
    assert bar.said.startswith("stop 90.0000 (−14.29 % from here), entry 100.000, now 105.000, target")


def test_a_short_is_drawn_the_same_way_round():
    bar = bar_of(95.0, is_short=True, stop_loss=110.0, open_trade_value=99.9)
    assert (bar.stop, bar.target) == (0.0, WIDTH)
    assert bar.stop < bar.entry < bar.now < bar.target


def test_a_stop_that_has_trailed_past_the_entry_is_right_of_it():
    bar = bar_of(108.0, stop_loss=104.0)
    assert bar.entry < bar.stop < bar.now


@pytest.mark.parametrize("roi", [{}, {0: 100.0}, {60: 0.01}])
def test_where_no_roi_applies_there_is_no_target(roi: dict[int, float]):
    bar = bar_of(105.0, roi)
    assert bar.target is None
    assert "no target" in bar.said


def test_a_stop_that_is_never_hit_is_none():
    assert bar_of(105.0, stop_loss=1.0).stop is None
    assert bar_of(105.0, stop_loss=0.0).stop is None


def test_before_the_entry_has_filled_there_is_no_bar():
    trade = DemoBot().open("BTC/USDT", 100.0, amount=0.0)
    assert open_row(trade, 100.0, trade.open_date, ROI).bar is None
    assert open_row(trade, None, trade.open_date, ROI).bar is None


rates = st.floats(0.001, 1e6)


@given(rates, st.floats(0, 1e6), st.booleans(), st.floats(-0.5, 5))
def test_everything_is_inside_the_picture(rate: float, stop: float, short: bool, roi: float):
    bar = bar_of(rate, {0: roi}, is_short=short, stop_loss=stop)
    places = [place for place in (bar.stop, bar.entry, bar.now, bar.target) if place is not None]
    assert all(0 <= place <= WIDTH for place in places)


def test_the_bar_follows_the_age_of_the_trade():
    trade: Trade = DemoBot().open("BTC/USDT", 100.0)
    young, old = (
        open_row(trade, 100.0, trade.open_date + timedelta(minutes=age), ROI).bar for age in (1, 90)
    )
    assert young is not None
    assert old is not None
    assert young.target_rate > old.target_rate  # type: ignore[operator]
