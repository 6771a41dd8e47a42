"""Exits: the first reason that the strategy does not veto."""

import pytest

from appliance.research.backtest.walk.walk import run
from tests.research.backtest.walk.made import Plain, Shorting, at, flat, series, walk_setup

DROP = (100.0, 101.0, 90.0, 95.0)
RISE = (100.0, 112.0, 99.0, 110.0)
WILD = (100.0, 112.0, 88.0, 100.0)


def left(one, *, strategy=Plain, exits=(), **config):
    """Return (candle, rate, reason) of the exit of a trade whose third candle is `one`."""
    candles = [*flat(2), one, *flat(3, one[3])]
    signal = series(candles, enter_long=[0], exit_long=exits, exit_tags=dict.fromkeys(exits, "top"))
    (trade,) = run(walk_setup(signal, strategy=strategy, **config)).trades
    return next(c for c in range(9) if at(c) == trade.close_date), trade.close_rate, trade.exit_reason


def vetoing(*reasons, **more):
    """A strategy that vetoes exits for these reasons."""
    return type(
        "Vetoing",
        (Plain,),
        {"confirm_trade_exit": lambda self, exit_reason, **_: exit_reason not in reasons, **more},
    )


# -- one reason


def test_without_a_reason_it_stays_to_the_end():
    assert left(DROP) == (5, 95.0, "force_exit")


def test_a_stop_is_left_at_its_price():
    assert left(DROP, stoploss=-0.05) == (2, 95.0, "stop_loss")


def test_a_roi_at_the_rate_that_gives_it():
    assert left(RISE, minimal_roi={"0": 0.05}) == (2, 105.0, "roi")


def test_a_roi_that_the_best_rate_just_gives_is_not_enough():
    assert left(RISE, minimal_roi={"0": 0.12})[2] == "force_exit"


def test_a_trailing_stop_first_rises_then_is_tested():
    """The high of 112 lifts the stop to 106.40, which the low of the same candle has passed."""
    trailing = {"trailing_stop": True, "stoploss": -0.05}
    assert left(RISE, **trailing) == (2, 106.4, "trailing_stop_loss")


def test_a_signal_at_the_open_with_its_tag():
    assert left(DROP, exits=[2]) == (2, 100.0, "top")


def test_a_signal_that_must_not_lose_waits_for_a_profit():
    only = {"exit_profit_only": True}
    assert left(DROP, exits=[3], **only)[2] == "force_exit"
    assert left(RISE, exits=[3], **only) == (3, 110.0, "top")
    assert left(RISE, exits=[3], **only, exit_profit_offset=0.1)[2] == "force_exit"


# -- several


def test_a_signal_comes_before_a_stop_and_a_stop_before_a_roi():
    both = {"stoploss": -0.1, "minimal_roi": {"0": 0.1}}
    assert left(WILD, exits=[2], **both) == (2, 100.0, "top")
    assert left(WILD, **both) == (2, 90.0, "stop_loss")


def test_a_roi_comes_before_a_trailing_stop():
    both = {"stoploss": -0.1, "trailing_stop": True, "minimal_roi": {"0": 0.05}}
    assert left(WILD, **both) == (2, 90.0, "stop_loss"), "not moved: the low had passed it before"
    assert left(RISE, **both | {"stoploss": -0.05}) == (2, 105.0, "roi")


def test_a_veto_lets_the_next_reason_try():
    both = {"stoploss": -0.1, "minimal_roi": {"0": 0.1}}
    assert left(WILD, strategy=vetoing("top"), exits=[2], **both) == (2, 90.0, "stop_loss")
    assert left(WILD, strategy=vetoing("top", "stop_loss"), exits=[2], **both) == (2, 110.0, "roi")
    nothing = vetoing("top", "stop_loss", "roi")
    assert left(WILD, strategy=nothing, exits=[2], **both)[2] == "force_exit"


def test_an_exit_of_its_own_counts_where_there_is_no_signal():
    own = {"custom_exit": lambda self, current_time, **_: "own" if current_time == at(2) else None}
    assert left(DROP, strategy=vetoing(**own)) == (2, 100.0, "own")
    assert left(DROP, strategy=vetoing(**own), exits=[2])[2] == "top"


# -- prices


def test_a_price_of_its_own_counts_for_signals_alone():
    higher = {"custom_exit_price": lambda self, **_: 105.0}
    strategy = type("Higher", (Plain,), higher)
    assert left(RISE, strategy=strategy, exits=[2]) == (2, 105.0, "top")
    assert left(DROP, strategy=strategy, stoploss=-0.05) == (2, 95.0, "stop_loss")


def test_one_below_the_candle_gets_its_low():
    lower = type("Lower", (Plain,), {"custom_exit_price": lambda self, **_: 50.0})
    assert left(RISE, strategy=lower, exits=[2]) == (2, 99.0, "top")


def test_an_order_that_waits_gives_way_to_another_reason():
    """Offered at 120 by the signal, then the stop is reached."""
    high = type("High", (Plain,), {"custom_exit_price": lambda self, **_: 120.0})
    timeless = {"unfilledtimeout": {"unit": "minutes"}}
    assert left(DROP, strategy=high, exits=[1], stoploss=-0.05, **timeless) == (2, 95.0, "stop_loss")


# -- futures


def test_a_short_is_left_as_a_long_upside_down():
    candles = [*flat(2), WILD, *flat(3)]
    one = series(candles, enter_short=[0])
    stop = run(walk_setup(one, strategy=Shorting, futures=True, stoploss=-0.1)).trades[0]
    assert (stop.close_rate, stop.exit_reason) == (110.0, "stop_loss")
    roi = run(walk_setup(one, strategy=Shorting, futures=True, minimal_roi={"0": 0.1})).trades[0]
    assert (roi.close_rate, roi.exit_reason) == (90.0, "roi")


def test_a_liquidation_cannot_be_vetoed():
    leveraged = vetoing(*("liquidation", "stop_loss"), leverage=lambda self, **_: 20.0, can_short=True)
    candles = [*flat(2), DROP, *flat(3, 95.0)]
    setup = walk_setup(series(candles, enter_long=[0]), strategy=leveraged, futures=True, stoploss=-5.0)
    (trade,) = run(setup).trades
    assert (trade.exit_reason, trade.close_date) == ("liquidation", at(2))
    assert trade.close_rate == trade.liquidation_price
    assert trade.close_profit == pytest.approx(-0.5, abs=0.2)
