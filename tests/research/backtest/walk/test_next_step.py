"""Where the walk looks next: never after the first step at which something happens, and rarely before."""

import pytest

from appliance.research.backtest.walk.next_step import NextStep
from appliance.research.backtest.walk.steps import Timeline, steps_of
from appliance.strategy.questions import Questions
from tests.research.backtest.walk.made import BEGIN, Plain, Shorting, at, flat, series, walk_setup
from tests.support.trades import fill, new_order, new_trade

CALM = flat(1000)


def looking(candles, *, strategy=Plain, futures=False, exits=(), short=False, trade=None, **config):
    """Return the next step for a trade of candle 0, and what it was asked with."""
    one = series(candles, exit_long=exits, exit_short=exits)
    setup = walk_setup(one, strategy=strategy, futures=futures, **config)
    steps = steps_of(one, Timeline(BEGIN, "5m", None), can_short=short, last_ms=setup.last_ms)
    trade = trade or opened(short=short)
    trade.adjust_stop_loss(100.0, setup.resolved.stoploss, initial=True)
    return NextStep(setup, Questions(setup.strategy)), trade, steps


def opened(*, short=False, **fields):
    trade = new_trade(
        is_short=short, open_date=at(0), fee_open=0.0, fee_close=0.0, price_precision=0.01, **fields
    )
    fill(trade, "entry", 1.0, 100.0, order_filled_date=at(0))
    return trade


def after(*given, start=1, **more):
    looks, trade, steps = looking(*given, **more)
    return looks.after(trade, steps, start)


def spike(place, *, low=100.0, high=100.0, count=1000):
    candles = flat(count)
    candles[place] = (100.0, high, low, 100.0)
    return candles


# -- where it may not look ahead


@pytest.mark.parametrize(
    "callback", ["custom_exit", "custom_sell", "min_roi_reached", "min_roi_reached_entry"]
)
def test_a_strategy_that_decides_candle_by_candle_is_asked_on_each(callback):
    asking = type("Asking", (Plain,), {callback: lambda self, **_: None})
    assert after(CALM, strategy=asking) == 1


@pytest.mark.parametrize(
    "setting", [{"use_custom_stoploss": True}, {"position_adjustment_enable": True}, {"use_custom_roi": True}]
)
def test_so_is_one_with_a_stop_a_roi_or_a_position_of_its_own(setting):
    asking = type("Asking", (Plain,), {**setting, "custom_roi": lambda self, **_: None})
    assert after(CALM, strategy=asking) == 1


def test_without_exit_signals_nobody_asks_for_an_exit():
    asking = type("Asking", (Plain,), {"custom_exit": lambda self, **_: None})
    assert after(CALM, strategy=asking, use_exit_signal=False) == 1000


def test_an_open_order_is_looked_after_on_each_candle():
    trade = opened()
    trade.orders.append(new_order(trade, "sell", 1.0, 110.0, ft_is_open=True, status="open", filled=0.0))
    assert after(CALM, trade=trade) == 1


def test_a_trailing_stop_that_may_loosen_is_followed_on_each_candle():
    wide = {"trailing_stop": True, "trailing_stop_positive": 0.6, "trailing_stop_positive_offset": 0.7}
    assert after(CALM, **wide) == 1


# -- how far it looks


def test_where_nothing_happens_it_looks_to_the_end():
    assert after(CALM) == 1000


@pytest.mark.parametrize("place", [1, 63, 64, 65, 320, 999])
def test_it_finds_the_first_candle_at_the_stop(place):
    assert after(spike(place, low=50.0)) == place
    assert after(spike(place, high=150.0), short=True) == place


def test_a_candle_just_above_the_stop_is_nothing():
    assert after(spike(9, low=50.01)) == 1000


def test_it_finds_the_liquidation_price():
    trade = opened(liquidation_price=70.0)
    assert after(spike(9, low=69.0), trade=trade) == 9


def test_it_finds_exit_signals_unless_they_are_not_used():
    assert after(CALM, exits=[7, 70]) == 7
    assert after(CALM, exits=[7, 70], start=8) == 70
    assert after(CALM, exits=[7], use_exit_signal=False) == 1000


def test_it_finds_the_step_of_the_roi_that_applies_then():
    table = {"0": 0.1, "60": 0.02}
    rising = flat(1000)
    rising[5] = rising[20] = (100.0, 103.0, 100.0, 100.0)
    assert after(rising, minimal_roi=table) == 20, "2 % counts from candle 12 on"
    assert after(spike(5, high=111.0), minimal_roi=table) == 5


def test_a_roi_of_minus_one_is_reached_as_soon_as_it_applies():
    assert after(CALM, minimal_roi={"60": -1}) == 12


def test_it_looks_at_each_hour_of_funding():
    """Candle 0 opens at 00:05, so that of 01:00 is candle 11."""
    assert after(CALM, strategy=Shorting, futures=True) == 11
    assert after(CALM, strategy=Shorting, futures=True, start=12) == 23


def test_a_trailing_stop_is_followed_from_peak_to_peak():
    candles = flat(300)
    candles[100] = (100.0, 120.0, 100.0, 118.0)
    candles[101:] = flat(199, 118.0)
    candles[200] = (118.0, 118.0, 107.0, 118.0)
    trailing = {"trailing_stop": True, "stoploss": -0.1}
    assert after(candles, start=101, trade=trailed(120.0), **trailing) == 200
    assert after(candles, **trailing) == 100, "within the peak's own candle it might be hit already"


def trailed(rate):
    """A trade whose trailing stop of 10 % has followed to a rate."""
    trade = opened()
    trade.adjust_stop_loss(100.0, -0.1)
    trade.adjust_stop_loss(rate, -0.1)
    return trade


# -- what it leaves out


def test_extreme_rates_of_steps_that_were_passed_over_are_taken_over():
    candles = [*flat(5), (100.0, 105.0, 95.0, 100.0), *flat(5)]
    looks, trade, steps = looking(candles)
    looks.catch_up(trade, steps, 1, 9)
    assert (trade.max_rate, trade.min_rate) == (105.0, 95.0)
    assert trade.stop_loss == 50.0


def test_so_is_the_trailing_stop():
    candles = [*flat(5), (100.0, 105.0, 99.0, 100.0), *flat(5)]
    looks, trade, steps = looking(candles, trailing_stop=True, stoploss=-0.1)
    looks.catch_up(trade, steps, 1, 9)
    assert (trade.stop_loss, trade.is_stop_loss_trailing) == (94.5, True)


def test_no_steps_change_nothing():
    looks, trade, steps = looking(CALM)
    before = (trade.max_rate, trade.min_rate)
    looks.catch_up(trade, steps, 4, 4)
    assert (trade.max_rate, trade.min_rate) == before
