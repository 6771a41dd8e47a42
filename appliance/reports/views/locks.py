"""Show pair locks. Dates are UTC texts, `_timestamp` the same in ms since 1970."""

from collections.abc import Iterable

from msgspec import Struct

from appliance.domain.lock import PairLock
from appliance.reports.views.time_format import as_ms, as_text


class LockModel(Struct, frozen=True, kw_only=True):
    """Show a lock on `pair` ("*": all) and `side` ("long", "short", "*": both)."""

    id: int
    active: bool
    lock_end_time: str
    lock_end_timestamp: int
    lock_time: str
    lock_timestamp: int
    pair: str
    side: str
    reason: str | None


class Locks(Struct, frozen=True):
    """List locks."""

    lock_count: int
    locks: list[LockModel]


def locks_shown(locks: Iterable[PairLock]) -> Locks:
    """Show `locks`, the oldest first."""
    shown = [_lock_view(lock) for lock in sorted(locks, key=lambda lock: lock.id)]
    return Locks(len(shown), shown)


def _lock_view(lock: PairLock) -> LockModel:
    return LockModel(
        id=lock.id,
        active=lock.active,
        lock_end_time=as_text(lock.lock_end_time) or "",
        lock_end_timestamp=as_ms(lock.lock_end_time) or 0,
        lock_time=as_text(lock.lock_time) or "",
        lock_timestamp=as_ms(lock.lock_time) or 0,
        pair=lock.pair,
        side=lock.side,
        reason=lock.reason,
    )
