"""Locks of a walk, which know the past that they are in."""

from datetime import timedelta

import pytest

from appliance.domain.timeframe import to_ms
from appliance.research.backtest.walk.ledger.locks import Locks
from tests.research.backtest.walk.made import OTHER, PAIR, at


@pytest.fixture
def locks():
    return Locks("5m")


def ends(locks, pair, side, now):
    """Until how many minutes after `now` a pair is locked."""
    return (locks.ends(pair, side, to_ms(now)) - to_ms(now)) / 60_000


def test_without_locks_nothing_is_locked(locks):
    assert ends(locks, PAIR, "long", at(0)) == 0
    assert not locks.is_pair_locked(PAIR, at(0))
    assert locks.get_all_locks() == locks.about(PAIR) == []


def test_a_lock_ends_with_the_candle_after_its_end(locks):
    locks.lock_pair(PAIR, at(3) + timedelta(minutes=1), now=at(0))
    assert ends(locks, PAIR, "long", at(0)) == 20
    locks.lock_pair(OTHER, at(3), now=at(0))
    assert ends(locks, OTHER, "long", at(0)) == 20, "on the boundary it is the next one, too"


def test_the_longest_of_several_counts_and_none_that_is_over(locks):
    locks.lock_pair(PAIR, at(5), "long one", now=at(0))
    locks.lock_pair(PAIR, at(2), "short one", now=at(0))
    assert ends(locks, PAIR, "long", at(0)) == 30
    assert ends(locks, PAIR, "long", at(9)) == 0


def test_a_lock_of_one_side_lets_the_other_in(locks):
    locks.lock_pair(PAIR, at(3), now=at(0), side="short")
    assert ends(locks, PAIR, "short", at(0)) == 20
    assert ends(locks, PAIR, "long", at(0)) == 0
    assert locks.is_pair_locked(PAIR, at(0), "short")
    assert not locks.is_pair_locked(PAIR, at(0), "long")


def test_a_lock_of_all_pairs_locks_each(locks):
    locks.lock_pair("*", at(3), now=at(0))
    assert ends(locks, PAIR, "long", at(0)) == 20
    assert locks.is_global_lock(at(0))
    assert locks.is_pair_locked(OTHER, at(0))
    assert [lock.pair for lock in locks.about(PAIR)] == ["*"]
    assert [lock.pair for lock in locks.about("*")] == ["*"]


def test_the_same_lock_twice_is_one(locks):
    first = locks.lock_pair(PAIR, at(3), "why", now=at(0))
    assert locks.lock_pair(PAIR, at(3), "why", now=at(1)) is first
    assert locks.lock_pair(PAIR, at(3), "another reason", now=at(1)) is not first
    assert locks.lock_pair(PAIR, at(3), "why", now=at(1), side="long") is not first
    assert [lock.id for lock in locks.all] == [1, 2, 3]


def test_a_lifted_lock_locks_nothing(locks):
    locks.lock_pair(PAIR, at(5), now=at(0))
    locks.lock_pair("*", at(2), now=at(0))
    locks.unlock_pair(PAIR, at(1))
    assert ends(locks, PAIR, "long", at(0)) == 15, "that of all pairs is left"
    assert [lock.active for lock in locks.all] == [False, True]


def test_a_strategy_that_gives_no_time_finds_no_lock_of_the_past(locks):
    """freqtrade asks the wall clock then, which is years ahead: so unlocking does nothing."""
    locks.lock_pair(PAIR, at(5), "why")
    assert not locks.is_pair_locked(PAIR)
    locks.unlock_pair(PAIR)
    locks.unlock_reason("why")
    assert ends(locks, PAIR, "long", at(0)) == 30
    locks.lock_pair(PAIR, at(5), "why")
    assert len(locks.all) == 2, "nor does it find that there is one already"


def test_before_each_change_somebody_is_told(locks):
    """Signals that wait are counted by the locks that hold so far."""
    seen = []
    locks.before_change = lambda: seen.append([lock.active for lock in locks.all])
    locks.lock_pair(PAIR, at(3), now=at(0))
    locks.lock_pair(PAIR, at(3), now=at(0))
    locks.unlock_pair(PAIR, at(0))
    locks.unlock_pair(PAIR, at(0))
    assert seen == [[], [True]]
