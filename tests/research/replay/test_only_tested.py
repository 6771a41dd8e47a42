"""Why the bot did not enter where the backtest did: a planted cause each."""

import pytest

from appliance.research.replay.only_tested import why_not_entered
from tests.research.replay.made import BTC, ETH, SOL, Told, line, lock, scene, trade, unfilled

STOPPED = [
    line(5, "outcome of 1", after="(stopped, 0 open trades, 0 locks)"),
    line(20, "outcome of 3", after="(running, 0 open trades, 0 locks)"),
]
PAUSED = [line(5, "outcome of 1", after="(paused, 0 open trades, 0 locks)")]
DOWN = [line(0, "started"), line(5, "ended"), line(20, "started")]


def first(tested, live=(), **changes):
    reasons = why_not_entered(tested, scene(list(live), [tested], **changes))
    assert all(reason.text for reason in reasons)
    return reasons[0]


@pytest.mark.parametrize(
    ("cause", "changes", "evidence"),
    [
        ("down", {"audit": DOWN}, "12:05:00: ended"),
        ("stopped", {"audit": STOPPED}, "12:05:00: outcome of 1"),
        ("paused", {"audit": PAUSED}, "12:05:00: outcome of 1"),
        ("lock", {"locks": [lock(0, 15)]}, "lock 1, made 2026-01-05 12:00:00"),
        ("lock", {"locks": [lock(0, 15, "*")]}, "lock 1"),
        ("time-out", {"orders": [unfilled(10)]}, "order appl1, 2026-01-05 12:10:00, waited 0:03:00"),
        ("signal", {"evidence": Told(live=False)}, "signal of the candle before 2026-01-05 12:10"),
        ("strategy", {"changed": "the bot ran another file"}, "the bot ran another file"),
        ("unknown", {}, ""),
    ],
)
def test_what_was_recorded_explains_it(cause, changes, evidence):
    reason = first(trade(10), **changes)
    assert reason.cause == cause
    assert evidence in reason.evidence


@pytest.mark.parametrize(
    "changes",
    [
        {"audit": [*DOWN[:2], line(9, "started")]},
        {"locks": [lock(0, 10), lock(11, 15), lock(0, 20, ETH)]},
        {"orders": [unfilled(10, pair=ETH), unfilled(10, side="sell")]},
        {"orders": [unfilled(30)]},
        {"evidence": Told(live=None)},
    ],
)
def test_what_was_at_another_time_or_of_another_pair_explains_nothing(changes):
    assert first(trade(10), **changes).cause == "unknown"


def test_a_pair_that_the_bot_held_already():
    held = trade(2, 12)
    reason = first(trade(10), [held])
    assert (reason.cause, reason.text) == (
        "held",
        f"the bot had BTC/USDT already: its trade {held.id} was open",
    )


def test_all_slots_were_taken():
    reason = first(trade(10), [trade(2, 40, pair=ETH), trade(3, 40, pair=SOL)], max_open_trades=2)
    assert (reason.cause, reason.evidence) == ("slot", "open then: ETH/USDT, SOL/USDT")
    assert "max_open_trades is 2" in reason.text


def test_the_bot_had_fewer_slots_than_are_configured_now():
    others = [trade(minute, minute + 5, pair=ETH) for minute in (40, 50, 60, 70)]
    reason = first(trade(10), [trade(2, 35, pair=ETH), *others], max_open_trades=3)
    assert reason.cause == "slot"
    assert "the bot never had more at once: max_open_trades, 3 now, was probably lower" in reason.text


def test_a_stake_near_the_minimum_of_the_exchange():
    small = trade(10, stake_amount=6.0)
    small.stake_amount = 6.0
    reason = first(small)
    assert (reason.cause, reason.about) == ("stake", "trade")
    assert "near the exchange's minimum of 5" in reason.text


def test_an_order_of_a_trade_whose_id_was_given_out_again():
    later = trade(30, 40, pair=ETH)
    later.id = unfilled(10).trade_id
    assert first(trade(10), [later], orders=[unfilled(10)]).cause == "time-out"


def test_orders_that_wait_take_slots():
    reason = first(trade(10), orders=[unfilled(8, pair=ETH), unfilled(9, pair=SOL)], max_open_trades=2)
    assert (reason.cause, reason.evidence) == ("slot", "open then: ETH/USDT, SOL/USDT")


def test_a_slot_that_was_free_again_explains_nothing():
    others = [
        trade(2, 10, pair=ETH),
        trade(3, 40, pair=SOL),
        trade(50, 60, pair=ETH),
        trade(50, 60, pair=BTC),
    ]
    assert first(trade(10), others, max_open_trades=2).cause == "unknown"


def test_too_little_money_was_left():
    more = [trade(50, 60, pair=ETH), trade(50, 60, pair=SOL)]
    reason = first(trade(10), [trade(2, 40, pair=ETH), *more], start_balance=150.0)
    assert reason.cause == "wallet"
    assert reason.text == "the bot had 48.5 left, less than the stake of 100"


def test_what_made_money_before_counts():
    rich = trade(1, 5, pair=ETH, exit_rate=200.0)
    others = [trade(50, 60, pair=ETH), trade(50, 60, pair=SOL), trade(2, 40, pair=SOL)]
    assert first(trade(10), [rich, *others], start_balance=150.0).cause == "unknown"


def test_an_absence_comes_before_what_follows_from_it():
    reasons = why_not_entered(
        trade(10), scene([trade(2, 40, pair=ETH)], [trade(10)], audit=DOWN, max_open_trades=1)
    )
    assert [reason.cause for reason in reasons] == ["down", "slot"]
