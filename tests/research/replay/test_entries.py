"""How the entry of a trade differs: time, rate, stake, fee, parts."""

import pytest

from appliance.research.backtest.outcome import RejectedSignal
from appliance.research.replay.entries import entry_differences
from tests.research.replay.made import BTC, ETH, SOL, Told, at, cut_off, line, lock, scene, trade, unfilled
from tests.support.trades import fill


def causes(live, tested, others=(), **changes):
    found = entry_differences(live, tested, scene([*others, live], [tested], **changes))
    return [(reason.about, reason.cause) for reason in found]


def test_the_same_entry_has_no_difference():
    assert causes(trade(10), trade(10)) == []
    assert causes(trade(10.2), trade(10)) == []  # some seconds within the candle, at the same rate


@pytest.mark.parametrize(
    ("cause", "changes"),
    [
        ("late", {}),
        ("lock", {"locks": [lock(5, 15)]}),
        ("down", {"audit": [line(0, "started"), line(8, "ended"), line(14, "started")]}),
        ("time-out", {"orders": [unfilled(10)]}),
        ("signal", {"evidence": Told(live=False)}),
    ],
)
def test_a_late_entry_has_the_cause_why_the_first_signal_was_missed(cause, changes):
    assert causes(trade(15), trade(10), **changes) == [("entry", cause)]


def test_a_late_entry_after_slots_were_taken():
    others = [trade(1, 14, pair=ETH), trade(1, 14, pair=SOL)]
    assert causes(trade(15), trade(10), others, max_open_trades=2) == [("entry", "slot")]


def test_an_early_entry_has_the_cause_why_the_backtest_did_not_enter_then():
    rejected = [RejectedSignal(BTC, at(10), None)]
    assert causes(trade(10), trade(15), rejected=rejected) == [("entry", "slot")]
    assert causes(trade(10), trade(15)) == [("entry", "signal")]


def test_a_slot_that_became_free_within_the_candle():
    others = [trade(1, 12, pair=ETH), trade(1, 40, pair=SOL)]
    found = causes(trade(12, rate=100.1), trade(10), others, max_open_trades=2)
    assert found == [("entry", "inside candle"), ("entry", "price")]


def test_a_trade_of_the_same_pair_that_was_closed_within_the_candle():
    live, before = trade(12, rate=100.1), trade(1, 12)
    [reason, price] = entry_differences(live, trade(10), scene([before, live], []))
    assert (reason.cause, price.cause) == ("inside candle", "price")
    assert reason.text.endswith("as the trade of BTC/USDT before was closed")


def test_another_stake():
    live, tested = trade(10), trade(10)
    live.max_stake_amount = live.stake_amount = 80.0
    tested.max_stake_amount = tested.stake_amount = 100.0
    assert causes(live, tested) == [("stake", "stake")]


def test_an_order_that_filled_in_part():
    live = trade(10, order={"status": "canceled", "remaining": 0.2, "ft_cancel_reason": "not filled in time"})
    live.max_stake_amount = live.stake_amount = 80.0
    tested = trade(10)
    tested.max_stake_amount = 100.0
    assert causes(live, tested) == [("stake", "time-out")]


def test_another_fee():
    assert causes(trade(10, fee_open=0.0004), trade(10)) == [("fee", "fee")]


def test_a_position_that_was_built_in_parts():
    live = trade(10, None)
    fill(live, "entry", 1.0, 99.0, order_date=at(12), order_filled_date=at(12), order_type="limit")
    live.open_rate = 100.0
    assert ("stake", "partial fills") in causes(live, cut_off(10))


def test_a_part_that_was_exited_by_a_command():
    live = trade(10, 30)
    forced = {"order_date": at(12), "order_filled_date": at(12), "ft_order_tag": "force_exit"}
    live.orders.insert(1, trade(10, 30).orders[1])
    for name, value in forced.items():
        setattr(live.orders[1], name, value)
    assert ("stake", "manual") in causes(live, trade(10, 30))


def test_the_exit_at_the_end_of_the_candles_is_no_part():
    assert causes(trade(10, None), cut_off(10)) == []
