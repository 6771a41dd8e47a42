"""Protections of a walk look at each exit, and lock until a candle boundary."""

from appliance.research.backtest.walk.walk import run
from tests.research.backtest.walk.made import OTHER, PAIR, at, flat, series, walk_setup

COOLDOWN = {"method": "CooldownPeriod", "stop_duration_candles": 2}
GUARD = {
    "method": "StoplossGuard",
    "trade_limit": 1,
    "stop_duration_candles": 4,
    "lookback_period_candles": 9,
}
UNTIL = {"method": "CooldownPeriod", "unlock_at": "00:30"}


def walked(*pairs, protections, **more):
    return run(walk_setup(*pairs, protections=protections, **more))


def entries(outcome):
    return [(trade.pair, trade.open_date) for trade in outcome.trades]


def test_without_protections_nothing_is_locked():
    one = series(flat(9), enter_long=[0, 3], exit_long=[2])
    outcome = walked(one, protections=())
    assert entries(outcome) == [(PAIR, at(0)), (PAIR, at(3))]
    assert outcome.locks == []


def test_a_pair_cools_down_until_the_candle_after():
    one = series(flat(12), enter_long=[0, 3, 4, 5, 6], exit_long=[2])
    outcome = walked(one, protections=[COOLDOWN])
    assert entries(outcome) == [(PAIR, at(0)), (PAIR, at(5))]
    lock = outcome.locks[0]
    assert (lock.pair, lock.side, lock.lock_time, lock.lock_end_time) == (PAIR, "*", at(2), at(5))


def test_a_lock_may_end_at_a_time_of_day():
    """At 00:30: the lock ends with the candle after that, which is the seventh."""
    one = series(flat(12), enter_long=range(12), exit_long=[])
    falling = series([*flat(2), (100.0, 100.0, 40.0, 100.0), *flat(9)], enter_long=range(12))
    assert entries(walked(one, protections=[UNTIL])) == [(PAIR, at(0))]
    assert entries(walked(falling, protections=[UNTIL]))[1] == (PAIR, at(6))


def test_stops_lock_all_pairs():
    falling = [*flat(2), (100.0, 100.0, 40.0, 100.0), *flat(9)]
    outcome = walked(
        series(falling, enter_long=[0]),
        series(flat(12), pair=OTHER, enter_long=[3, 6, 7, 8]),
        protections=[GUARD],
    )
    assert entries(outcome) == [(PAIR, at(0)), (OTHER, at(7))]
    assert [(lock.pair, lock.lock_end_time) for lock in outcome.locks] == [(PAIR, at(7)), ("*", at(7))]
    assert outcome.counters.rejected_signals == 0, "locked signals are not rejected"
