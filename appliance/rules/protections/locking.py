"""Decide which locks protections add to those that there are."""

from collections.abc import Iterable

from appliance.domain.lock import PairLock
from appliance.rules.protections.window import LockWish, Moment, Protection, Trades

ALL_PAIRS = "*"


def wished_lock(
    protection: Protection, pair: str, trades: Trades, moment: Moment, locks: Iterable[PairLock]
) -> LockWish | None:
    """Return what a protection wishes for a pair (or `ALL_PAIRS`), unless one of `locks` holds longer."""
    wish = protection.of_all(trades, moment) if pair == ALL_PAIRS else protection.of_pair(trades, moment)
    return None if wish is None or _is_locked(pair, wish, locks) else wish


def _is_locked(pair: str, wish: LockWish, locks: Iterable[PairLock]) -> bool:
    """Return whether the pair is locked for the whole of the wished time and side."""
    return any(
        lock.active
        and lock.lock_end_time > wish.until
        and lock.pair in (pair, ALL_PAIRS)
        and lock.side in (wish.side, "*")
        for lock in locks
    )
