"""Query, add and delete pair locks."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from appliance.domain.errors import Refused
from appliance.reports.views.locks import Locks, locks_shown

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

LAST_YEAR = 9000
"""In later years, the end of a candle may be out of range."""


class LocksPayload(Struct, frozen=True):
    """Lock `pair` ("*": all) on `side` until the candle that contains `until` has ended."""

    pair: str
    until: Annotated[datetime, Meta(tz=True)]
    side: Annotated[str, Meta(description='"long", "short" or "*" for both.')] = "*"
    reason: str | None = None


class DeleteLockRequest(Struct, frozen=True):
    """Name the locks to delete: one by id, else all of a pair."""

    pair: str | None = None
    lockid: int | None = None


class LockPath(Struct, frozen=True):
    lockid: int


def locks(bot: "Bot") -> Locks:
    """List the active locks."""
    return locks_shown(bot.locks.active(bot.now()))


async def add_locks(bot: "Bot", body: list[LocksPayload]) -> Locks:
    """Lock pairs, and list the active locks. Raises Refused."""
    for lock in body:
        if lock.until.year > LAST_YEAR:
            raise Refused(f"a lock until {lock.until.year} never ends: name an earlier date")
    for lock in body:
        await bot.interventions.add_lock(lock.pair, lock.until, lock.side, lock.reason)
    return locks(bot)


async def delete_lock(bot: "Bot", path: LockPath) -> Locks:
    """Delete a lock, and list the active ones."""
    await bot.interventions.delete_locks(lock_id=path.lockid)
    return locks(bot)


async def delete_locks(bot: "Bot", body: DeleteLockRequest) -> Locks:
    """Delete a lock, or all locks of a pair, and list the active ones."""
    if body.lockid:
        await bot.interventions.delete_locks(lock_id=body.lockid)
    elif body.pair:
        await bot.interventions.delete_locks(pair=body.pair)
    return locks(bot)
