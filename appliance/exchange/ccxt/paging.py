"""Go through all pages of a list of which an exchange returns a part at a time."""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from appliance.exchange.ccxt.protocol import Params

SMALLEST_PAGE = 20
"""Where pages are known to hold as many or more, an answer with fewer items is complete."""
MOST_PAGES = 200
_NEAR_MS = 60_000


class Dated(Protocol):
    """An item with a time (ms, UTC) and an id."""

    @property
    def id(self) -> str: ...

    @property
    def timestamp(self) -> int: ...


Item = TypeVar("Item", bound=Dated)
Page = Callable[[int, Params], Awaitable[list[Item]]]
"""Asks for the items from a time (ms) on, with ccxt's parameters."""


async def all_pages(
    page: Page[Item], since_ms: int, limit: int | None, *, holds_many: bool = False
) -> tuple[list[Item], bool]:
    """Return all items since then, oldest first, and whether they are certain to be all.

    `limit` is how much a page holds, None where that is not known: then any page may be a full one, unless
    it is known to hold many.
    Some exchanges return the oldest first, others the newest; some ignore the start.
    """
    first = await page(since_ms, {})
    found = {item.id: item for item in first}
    certain = min(limit, SMALLEST_PAGE) if limit is not None else SMALLEST_PAGE if holds_many else 1
    if len(first) < certain:
        return _sorted(found), True
    if await _onwards(page, found) and await _is_the_beginning(page, first, since_ms):
        return _sorted(found), True
    is_full = limit is None or len(first) >= limit
    complete = not is_full or await _backwards(page, found, since_ms, limit)
    return _sorted(found), complete


async def _onwards(page: Page[Item], found: dict[str, Item]) -> bool:
    """Ask for what is newer than the newest; return whether there was any."""
    before = len(found)
    for _ in range(MOST_PAGES):
        known = len(found)
        newest = max(item.timestamp for item in found.values())
        found.update({item.id: item for item in await page(newest, {})})
        if len(found) == known:
            break
    return len(found) > before


async def _is_the_beginning(page: Page[Item], first: list[Item], since_ms: int) -> bool:
    """Return whether the first page holds the oldest, and not the newest before something new came in."""
    again = await page(since_ms, {})
    return {item.id for item in again} == {item.id for item in first}


async def _backwards(page: Page[Item], found: dict[str, Item], since_ms: int, limit: int | None) -> bool:
    """Ask for what is older than the oldest; return whether the beginning was reached."""
    for _ in range(MOST_PAGES):
        oldest = min(item.timestamp for item in found.values())
        if oldest <= since_ms:
            return True
        known = len(found)
        older = await page(since_ms, {"until": oldest})
        found.update({item.id: item for item in older})
        if len(found) == known:  # there is nothing older, or it cannot be asked for
            is_last = len(older) < (limit or SMALLEST_PAGE)  # else more of this very moment may be there
            return oldest <= since_ms + _NEAR_MS or (
                is_last and all(item.timestamp <= oldest for item in older)
            )
    return False


def _sorted(found: dict[str, Item]) -> list[Item]:
    return sorted(found.values(), key=lambda item: item.timestamp)
