"""Pair locks."""

from datetime import timedelta

import pytest

from appliance.domain.lock import PairLock
from tests.support.trades import OPENED

END = OPENED + timedelta(hours=1)


def lock(**fields):
    return PairLock(**({"pair": "ETH/USDT", "lock_time": OPENED, "lock_end_time": END} | fields))


@pytest.mark.parametrize(
    ("held", "pair", "side"),
    [
        (lock(active=False), "ETH/USDT", "long"),
        (lock(lock_end_time=OPENED), "ETH/USDT", "long"),
        (lock(), "BTC/USDT", "long"),
        (lock(side="short"), "ETH/USDT", "long"),
        (lock(side="long"), "ETH/USDT", "*"),
    ],
    ids=["lifted", "ended", "another pair", "the other side", "one side is not both"],
)
def test_what_does_not_hold(held, pair, side):
    assert not held.holds(pair, side, OPENED)


@pytest.mark.parametrize(
    ("held", "side"),
    [(lock(), "long"), (lock(pair="*"), "short"), (lock(side="long"), "long"), (lock(), "*")],
)
def test_what_holds(held, side):
    assert held.holds("ETH/USDT", side, END - timedelta(seconds=1))
    assert not held.holds("ETH/USDT", side, END), "the end is free again"


def test_a_lock_shows_itself_as_messages_do():
    assert lock(id=3, reason="because").to_json() == {
        "id": 3,
        "pair": "ETH/USDT",
        "lock_time": "2026-09-01 12:00:00",
        "lock_timestamp": 1788264000000,
        "lock_end_time": "2026-09-01 13:00:00",
        "lock_end_timestamp": 1788267600000,
        "reason": "because",
        "side": "*",
        "active": True,
    }
