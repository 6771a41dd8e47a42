"""Which locks protections add to those that there are."""

from datetime import UTC, datetime, timedelta

import pytest

from appliance.domain.lock import PairLock
from appliance.rules.protections.locking import ALL_PAIRS, wished_lock
from appliance.rules.protections.window import LockWish, Moment, Protection

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
MOMENT = Moment(now=NOON, pair="ETH/USDT", side="long", candle_minutes=5)


class Wishing(Protection):
    """Wishes to lock the pair for an hour, and shorts of all pairs for two."""

    def of_pair(self, trades, moment):
        return LockWish(moment.now + timedelta(hours=1), "an hour")

    def of_all(self, trades, moment):
        return LockWish(moment.now + timedelta(hours=2), "two hours", "short")


def lock(pair="ETH/USDT", side="*", minutes=61, **changes):
    end = NOON + timedelta(minutes=minutes)
    return PairLock(pair=pair, side=side, lock_time=NOON, lock_end_time=end, **changes)


def wished(*locks, pair="ETH/USDT", protection=Wishing):
    found = wished_lock(protection(), pair, [], MOMENT, locks)
    return found.reason if found else None


def test_without_a_wish_there_is_none():
    assert wished(protection=Protection) is None
    assert wished(pair=ALL_PAIRS, protection=Protection) is None


def test_pairs_and_all_pairs_have_wishes_of_their_own():
    assert wished() == "an hour"
    assert wished(pair=ALL_PAIRS) == "two hours"


@pytest.mark.parametrize("holding", [lock(), lock("*"), lock(minutes=300)])
def test_a_lock_that_holds_longer_is_enough(holding):
    assert wished(holding) is None


@pytest.mark.parametrize(
    "other",
    [
        lock(minutes=60),
        lock(minutes=-5),
        lock("BTC/USDT"),
        lock(side="long"),
        lock(side="short"),
        lock(active=False),
    ],
    ids=["as long", "over", "another pair", "one side", "the other side", "lifted"],
)
def test_any_other_is_not(other):
    assert wished(other) == "an hour"


def test_one_side_is_locked_by_a_lock_of_that_side_or_of_both():
    assert wished(lock("*", "short", 121), pair=ALL_PAIRS) is None
    assert wished(lock("*", "*", 121), pair=ALL_PAIRS) is None
    assert wished(lock("*", "long", 121), pair=ALL_PAIRS) == "two hours"
    assert wished(lock("ETH/USDT", "short", 121), pair=ALL_PAIRS) == "two hours", "of one pair alone"
