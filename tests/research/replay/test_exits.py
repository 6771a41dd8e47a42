"""How the exit of a trade differs: whether, when, why, at which rate."""

import pytest

from appliance.research.replay.exits import exit_differences
from tests.research.replay.made import Told, at, cut_off, line, scene, trade
from tests.support.trades import new_order

DOWN = [line(0, "started"), line(28, "ended"), line(40, "started")]
STOPPED = [line(28, "outcome", after="(stopped, 1 open trade, 0 locks)")]
PAUSED = [line(28, "outcome", after="(paused, 1 open trade, 0 locks)")]


def causes(live, tested, **changes):
    return [reason.cause for reason in exit_differences(live, tested, scene([live], [tested], **changes))]


def test_the_same_exit_has_no_difference():
    assert causes(trade(), trade()) == []
    assert causes(trade(10, None), cut_off(10)) == []


def test_a_forced_exit_names_who_commanded_it():
    live = trade(10, 22, reason="force_exit")
    audit = [line(22, 'POST /forceexit {"tradeid":"1"}')]
    [reason] = exit_differences(live, trade(), scene([live], [trade()], audit=audit))
    assert (reason.cause, reason.about) == ("manual", "exit")
    assert "exited by trader" in reason.text
    assert "POST /forceexit" in reason.evidence
    assert causes(live, cut_off()) == ["manual"]


@pytest.mark.parametrize(
    ("cause", "audit"),
    [("down", DOWN), ("stopped", STOPPED), ("inside candle", PAUSED), ("inside candle", [])],
)
def test_a_bot_that_manages_nothing_exits_later(cause, audit):
    """Paused, it exits all the same."""
    assert causes(trade(10, 35), trade(10, 30), audit=audit) == [cause]


def test_a_trade_that_stays_open_while_the_bot_is_down():
    assert causes(trade(10, None), trade(10, 30), audit=DOWN[:2]) == ["down"]


def test_an_exit_order_that_is_not_filled():
    live = trade(10, 40)
    waiting = new_order(
        live, "sell", 1.0, 102.0, order_date=at(30), filled=0.0, ft_cancel_reason="not filled"
    )
    live.orders.insert(1, waiting)
    [reason] = exit_differences(live, trade(), scene([live], [trade()]))
    assert reason.cause == "time-out"
    assert "placed 2026-01-05 12:30:00 at 102: not filled" in reason.evidence


def test_an_emergency_exit_follows_orders_that_were_not_filled():
    assert causes(trade(10, 30, reason="emergency_exit"), trade(10, 30)) == ["time-out"]


def test_a_stop_that_the_price_had_passed():
    live = trade(10, 30, exit_rate=97.5, reason="stop_loss")
    assert causes(live, trade(10, 30, exit_rate=98.0, reason="stop_loss")) == ["slippage"]


def test_a_better_price_than_the_stop_is_a_price():
    live = trade(10, 30, exit_rate=98.5, reason="stop_loss")
    assert causes(live, trade(10, 30, exit_rate=98.0, reason="stop_loss")) == ["price"]


def test_stops_and_roi_follow_the_rate_of_the_entry():
    live = trade(10, 40, rate=101.0, reason="stop_loss")
    assert causes(live, trade(10, 30, reason="stop_loss")) == ["entry"]


def test_the_rate_of_a_stop_follows_that_of_the_entry():
    live = trade(10, 30, rate=101.0, exit_rate=99.0, reason="stop_loss")
    assert causes(live, trade(10, 30, exit_rate=98.0, reason="stop_loss")) == ["entry"]


def test_the_last_candle_of_the_backtest_is_not_over_for_the_bot():
    assert causes(trade(10, None), trade(10, 120, reason="stop_loss")) == ["end"]


def test_within_candles_prices_come_in_their_order():
    live = trade(10, 22, exit_rate=98.0, reason="trailing_stop_loss")
    assert causes(live, trade(10, 30)) == ["inside candle"]


def test_a_price_that_the_candle_does_not_have():
    live = trade(10, 22, exit_rate=90.0, reason="stop_loss")
    assert causes(live, trade(10, 30)) == ["candles"]


@pytest.mark.parametrize(
    ("closed", "tested", "live", "cause"),
    [
        (40, True, True, "inside candle"),
        (40, True, False, "signal"),
        (22, False, True, "signal"),
        (27, False, False, "late"),
        (15, False, False, "candles"),
    ],
)
def test_exit_signals_that_act_at_other_times(closed, tested, live, cause):
    """The first of both is looked up: with the candles of the backtest, and with those that the bot has."""
    evidence = Told(tested=tested, live=live)
    assert causes(trade(10, closed), trade(10, 30), evidence=evidence) == [cause]


def test_a_strategy_that_has_changed():
    assert causes(trade(10, 60), trade(10, 30), changed="another file") == ["strategy"]


def test_callbacks_see_the_prices_of_the_moment():
    live = trade(10, 22, reason="take_profit")
    [reason] = exit_differences(live, trade(10, 30, reason="take_profit"), scene([live], []))
    assert reason.cause == "inside candle"
    assert "the strategy was called with the prices of the moment" in reason.text


def test_a_backtest_that_was_still_in_it_at_its_end():
    [reason] = exit_differences(live := trade(10, 60), cut_off(10), scene([live], []))
    assert "the backtest was still in it at its end" in reason.text
