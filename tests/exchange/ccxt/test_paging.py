"""Lists that are told a page at a time: none of it is missed, and what may be missing is said to be."""

from typing import Any

import msgspec
import pytest

from appliance.exchange.ccxt.paging import SMALLEST_PAGE, all_pages


class Entry(msgspec.Struct, frozen=True):
    id: str
    timestamp: int


class Exchange:
    """List entries, one a minute, in pages; `knows_until` and `knows_since`: what may be asked for."""

    def __init__(
        self,
        number: int,
        *,
        page: int,
        newest: bool = False,
        knows_since: bool = True,
        knows_until: bool = True,
    ) -> None:
        self.entries = [Entry(str(n), n * 60_000) for n in range(1, number + 1)]
        self.page, self.newest = page, newest
        self.knows_since, self.knows_until = knows_since, knows_until
        self.asked = 0
        self.grows_at = 0

    async def ask(self, since_ms: int, more: dict[str, Any]) -> list[Entry]:
        self.asked += 1
        if self.asked == self.grows_at:
            self.entries.append(Entry("new", self.entries[-1].timestamp + 1))
        until = more.get("until", 10**15) if self.knows_until else 10**15
        since = since_ms if self.knows_since else 0
        found = [entry for entry in self.entries if since <= entry.timestamp <= until]
        part = found[-self.page :] if self.newest else found[: self.page]
        return part[::-1] if self.newest else part


def numbers(entries: list[Entry]) -> list[str]:
    return [entry.id for entry in entries]


KINDS = {
    "oldest first": {},
    "newest first": {"newest": True},
    "the newest, whatever since is": {"newest": True, "knows_since": False},
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("page", [SMALLEST_PAGE, 50, 500])
@pytest.mark.parametrize("limit", ["known", "not known"])
@pytest.mark.parametrize("number", [0, 1, 19, 20, 21, 50, 51, 499, 500, 501, 1_234])
async def test_all_pages_are_reported_once_and_the_oldest_first(kind, page, limit, number):
    exchange = Exchange(number, page=page, **KINDS[kind])
    found, complete = await all_pages(exchange.ask, 60_000, page if limit == "known" else None)
    assert complete
    assert numbers(found) == numbers(exchange.entries)


@pytest.mark.parametrize("kind", KINDS)
async def test_what_comes_in_meanwhile_hides_nothing_that_is_older(kind):
    """A new order between two pages is no page of its own."""
    exchange = Exchange(130, page=50, **KINDS[kind])
    exchange.grows_at = 2
    found, complete = await all_pages(exchange.ask, 60_000, 50)
    assert complete
    assert set(numbers(exchange.entries[:-1])) <= set(numbers(found))


async def test_only_what_is_since_then_is_requested():
    exchange = Exchange(300, page=50)
    found, complete = await all_pages(exchange.ask, 201 * 60_000, 50)
    assert complete
    assert numbers(found) == [str(n) for n in range(201, 301)]


async def test_a_list_whose_start_cannot_be_fetched_is_incomplete():
    exchange = Exchange(130, page=50, newest=True, knows_until=False)
    found, complete = await all_pages(exchange.ask, 60_000, 50)
    assert not complete
    assert numbers(found) == [str(n) for n in range(81, 131)]


async def test_many_entries_of_one_moment_do_not_go_round_in_circles():
    exchange = Exchange(0, page=50)
    exchange.entries = [Entry(str(n), 60_000) for n in range(50)]
    found, _ = await all_pages(exchange.ask, 60_000, 50)
    assert len(found) == 50
    assert exchange.asked < 5
