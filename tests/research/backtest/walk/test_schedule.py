"""Who has a turn when, who waits for a slot, and which signals count as rejected."""

import pytest

from appliance.research.backtest.walk.walk import run
from tests.research.backtest.walk.made import OTHER, PAIR, Plain, at, flat, rows, series, walk_setup

THIRD = "ADA/USDT"


def walked(*pairs, slots=1, **more):
    return run(walk_setup(*pairs, max_open_trades=slots, **more))


def trades(outcome):
    return [(trade.pair, trade.open_date, trade.close_date) for trade in outcome.trades]


def rejected(outcome):
    found = [(one.pair, one.moment) for one in outcome.rejected]
    assert outcome.counters.rejected_signals == len(found)
    return sorted(found)


# -- rejected signals


def test_a_signal_without_a_slot_is_rejected_with_its_tag():
    outcome = walked(
        series(flat(9), enter_long=[0]), series(flat(9), pair=OTHER, enter_long=[3], tags={3: "late"})
    )
    (one,) = outcome.rejected
    assert (one.pair, one.moment, one.tag) == (OTHER, at(3), "late")


def test_each_candle_with_a_signal_is_rejected_anew_until_a_slot_is_free():
    outcome = walked(
        series(flat(9), enter_long=[0], exit_long=[4]), series(flat(9), pair=OTHER, enter_long=range(9))
    )
    assert rejected(outcome) == [(OTHER, at(candle)) for candle in range(4)]
    assert trades(outcome)[1] == (OTHER, at(4), at(8))


def test_the_last_candle_rejects_nothing_since_it_enters_nothing():
    outcome = walked(series(flat(5), enter_long=[0]), series(flat(5), pair=OTHER, enter_long=[3, 4]))
    assert rejected(outcome) == [(OTHER, at(3))]


def test_in_the_last_candle_later_detail_steps_enter_and_reject():
    """As in freqtrade, whose last candle is the first step of it alone."""
    fine = rows(flat(10), timeframe="1m")
    pairs = [series(flat(2), pair=pair, enter_long=[1], detail=fine) for pair in (PAIR, OTHER)]
    outcome = run(walk_setup(*pairs, max_open_trades=1), detail="1m")
    assert [trade.open_date for trade in outcome.trades] == [at(1.2)]
    assert rejected(outcome) == [(OTHER, at(1 + step / 5)) for step in (1, 2, 3, 4)]


def test_the_own_trade_of_a_pair_rejects_no_signal_of_it():
    outcome = walked(series(flat(9), enter_long=range(9)))
    assert rejected(outcome) == []
    assert len(outcome.trades) == 1


# -- turns


def test_the_last_slot_goes_to_the_first_of_the_whitelist():
    pairs = [series(flat(4), pair=pair, enter_long=[1]) for pair in (THIRD, PAIR, OTHER)]
    outcome = walked(*pairs, slots=2)
    assert [trade.pair for trade in outcome.trades] == [THIRD, PAIR]
    assert rejected(outcome) == [(OTHER, at(1))]


def test_pairs_with_a_trade_come_first_so_that_their_slot_is_free_for_others():
    outcome = walked(
        series(flat(6), pair=OTHER, enter_long=[3]), series(flat(6), enter_long=[1], exit_long=[3])
    )
    assert trades(outcome) == [(PAIR, at(1), at(3)), (OTHER, at(3), at(5))]


def test_a_slot_that_a_later_pair_frees_within_the_candle_is_too_late():
    """The trade of PAIR opens and closes in candle 1, after OTHER has had its turn."""
    spike = [*flat(1), (100.0, 120.0, 100.0, 110.0), *flat(3)]
    outcome = walked(
        series(flat(5), pair=OTHER, enter_long=[1, 2], exit_long=[1]),
        series(spike, enter_long=[0], exit_long=[]),
        minimal_roi={"0": 0.15},
    )
    assert trades(outcome)[0] == (PAIR, at(0), at(1))
    assert trades(outcome)[1] == (OTHER, at(2), at(4))


def test_a_pair_whose_trade_has_closed_enters_from_the_next_candle_on():
    outcome = walked(series(flat(8), enter_long=[0, 3, 4], exit_long=[3]))
    assert trades(outcome)[0] == (PAIR, at(0), at(7)), "an entry speaks against the exit"
    outcome = walked(series([*flat(3), (100.0, 100.0, 40.0, 100.0), *flat(4)], enter_long=[0, 3, 4]))
    assert trades(outcome) == [(PAIR, at(0), at(3)), (PAIR, at(4), at(7))]


def test_an_entry_that_has_not_filled_occupies_a_slot():
    class Below(Plain):
        def custom_entry_price(self, **_):
            return 50.0

    outcome = walked(
        series(flat(4), enter_long=[0]), series(flat(4), pair=OTHER, enter_long=[1, 2]), strategy=Below
    )
    assert rejected(outcome) == [(OTHER, at(1))]
    assert outcome.counters.timedout_entry_orders == 1, "after two candles"


def test_a_slot_freed_within_a_candle_serves_a_waiting_pair_at_its_next_step():
    fine = [*flat(12), (100.0, 100.0, 40.0, 40.0), *flat(7, 40.0)]
    coarse = [*flat(2), (100.0, 100.0, 40.0, 40.0), (40.0,) * 4]
    first = series(coarse, enter_long=[0], detail=rows(fine, timeframe="1m"))
    second = series(flat(4), pair=OTHER, enter_long=[2], detail=rows(flat(20), timeframe="1m"))
    outcome = run(walk_setup(second, first, max_open_trades=1), detail="1m")
    assert [(trade.pair, trade.open_date) for trade in outcome.trades] == [
        (PAIR, at(0)),
        (OTHER, at(2.4)),
    ]
    assert rejected(outcome) == [(OTHER, at(2)), (OTHER, at(2.2))]


# -- locks


class Locking(Plain):
    """Locks all pairs for the rest of the hour when it enters."""

    def order_filled(self, trade, order, current_time, **_):
        if order.ft_order_side == "buy":
            self.lock_pair("*", at(4.5))


def test_locked_signals_are_not_rejected():
    outcome = walked(
        series(flat(9), enter_long=[1]), series(flat(9), pair=OTHER, enter_long=range(1, 8)), strategy=Locking
    )
    assert rejected(outcome) == [(OTHER, at(candle)) for candle in (5, 6, 7)]


class LockingLater(Plain):
    """Locks a pair when another one has been open for a while."""

    use_custom_stoploss = True

    def custom_stoploss(self, current_time, **_):
        if current_time == at(4):
            self.lock_pair(OTHER, at(6.5))


def test_locks_that_come_while_a_pair_waits_count_from_then_on():
    outcome = walked(
        series(flat(10), enter_long=[0]),
        series(flat(10), pair=OTHER, enter_long=range(10)),
        strategy=LockingLater,
    )
    assert rejected(outcome) == [(OTHER, at(candle)) for candle in (0, 1, 2, 3, 7, 8)]


def test_a_lock_of_the_other_side_rejects_on():
    class LocksShort(LockingLater):
        can_short = True

        def custom_stoploss(self, current_time, **_):
            if current_time == at(2):
                self.lock_pair(OTHER, at(6.5), side="short")

    outcome = walked(
        series(flat(6), enter_long=[0]),
        series(flat(6), pair=OTHER, enter_long=[3], enter_short=[4]),
        strategy=LocksShort,
        futures=True,
    )
    assert rejected(outcome) == [(OTHER, at(3))]


# -- stacking


@pytest.mark.parametrize(("slots", "count"), [(1, 1), (3, 3), (-1, 4)])
def test_stacked_trades_of_a_pair_need_a_slot_each(slots, count):
    outcome = walked(series(flat(6), enter_long=[0, 1, 2, 3]), slots=slots, position_stacking=True)
    assert len(outcome.trades) == count
    assert len(rejected(outcome)) == 4 - count


def test_an_expired_signal_stacks_no_trade_on_one_that_is_looked_at():
    fine = rows(flat(15), timeframe="1m")
    one = series(flat(3), enter_long=[0], detail=fine)
    setup = walk_setup(one, max_open_trades=9, position_stacking=True, ignore_buying_expired_candle_after=60)
    outcome = run(setup, detail="1m")
    assert [trade.open_date for trade in outcome.trades] == [at(0), at(0.2)]
