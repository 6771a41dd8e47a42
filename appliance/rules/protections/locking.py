"""Decide which locks protections add to those that there are."""

from collections.abc import Iterator, Sequence

from appliance.domain.lock import PairLock
from appliance.rules.protections.window import LockWish, Moment, Protection, Trades

ALL_PAIRS = "*"


def wished_locks(
    protections: Sequence[Protection], pair: str, trades: Trades, moment: Moment, locks: Sequence[PairLock]
) -> Iterator[LockWish]:
    """Yield what protections wish for a pair (or `ALL_PAIRS`), unless one of `locks` holds longer.

    Locks of one wish are set before the next: they are of the same pair, and the later end counts.
    """
    for protection in protections:
        wish = protection.of_all(trades, moment) if pair == ALL_PAIRS else protection.of_pair(trades, moment)
        if wish is not None and not _is_locked(pair, wish, locks):
            yield wish


def _is_locked(pair: str, wish: LockWish, locks: Sequence[PairLock]) -> bool:
    """Return whether the pair is locked for the whole of the wished time and side."""
    return any(
        lock.active
        and lock.lock_end_time > wish.until
        and lock.pair in (pair, ALL_PAIRS)
        and lock.side in (wish.side, "*")
        for lock in locks
    )
