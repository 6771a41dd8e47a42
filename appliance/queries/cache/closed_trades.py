"""Cache encoded closed trades: each is loaded and encoded once, since it hardly ever changes again."""

from array import array
from bisect import insort
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from appliance.domain.closed_trades.summary import ClosedTrade
from appliance.queries.cache.encoded_answer import EncodedAnswer
from appliance.queries.cache.single_flight import SingleFlight
from appliance.queries.cache.statistics import StatisticsCache
from appliance.reports.views.closed_trade import trade_record
from appliance.threads import FairLock, for_readers, reader

if TYPE_CHECKING:
    from appliance.bot.bot import Bot
    from appliance.bot.state.book import TradeBook
    from appliance.domain.closed_trades.columns import Columns
    from appliance.domain.trade import Trade

MOST_TRADES = 500
"""Trades in one answer at most; the rest comes with the next pages."""
MOST_BYTES = 1_500_000
"""Limit of the cache, about 550 trades: one whole page; the oldest go first."""
MOST_PAGES = 2
"""Whole pages cached, of 1.3 MB for 500 trades: clients request the same one repeatedly."""
AT_ONCE = 50
"""Trades loaded in one go, before other tasks get the database and the event loop."""

Page = tuple["TradeBook", int, EncodedAnswer]
"""The book, the revision of its trades, and an encoded page of them."""


class ClosedTradeCache:
    """Answer pages of closed trades from memory, and load missing trades.

    Of pages that need more than `AT_ONCE` trades, one at a time is loaded, one of each caller in turn;
    smaller ones do not wait.
    """

    def __init__(self, statistics: StatisticsCache) -> None:
        self._statistics = statistics
        self._cached: dict[int, tuple[int, bytes]] = {}
        self._bytes = 0
        self._pages: dict[tuple[int, int, bool], Page] = {}
        self._turns = SingleFlight()
        self._large = FairLock()

    async def page(self, bot: "Bot", limit: int, offset: int, *, newest_first: bool) -> EncodedAnswer:
        """Return a page of closed trades, last closed first or by id, as a `TradesPage` is encoded."""
        limit = min(limit, MOST_TRADES)
        name = (limit, offset, newest_first)
        # Only requests of one caller for the same page wait for each other.
        async with self._turns.at((reader.get(), *name)):
            book, revision, body = self._pages.pop(name, (None, -1, None))
            if body is None or book is not bot.book or revision != bot.book.trades_revision:
                book, revision = bot.book, bot.book.trades_revision
                body = EncodedAnswer(await self._build(bot, *name))
            self._pages[name] = (book, revision, body)
            while len(self._pages) > MOST_PAGES:
                del self._pages[next(iter(self._pages))]
            return body

    async def _build(self, bot: "Bot", limit: int, offset: int, newest_first: bool) -> bytes:
        total, chosen = len(bot.book.closed), await self._ids(bot, limit, offset, newest_first)
        changed = bot.book.changed
        found = {key: self._cached[key][1] for key in chosen if self._is_cached(key, changed.get(key, 0))}
        missing = [key for key in chosen if key not in found]
        if len(missing) > AT_ONCE:
            async with self._large:
                found |= await self._load(bot, missing)
        else:
            found |= await self._load(bot, missing)
        rows = [found[key] for key in chosen if key in found]
        counts = f'],"trades_count":{len(rows)},"offset":{offset},"total_trades":{total}}}'
        return b"".join([b'{"trades":[', b",".join(rows), counts.encode()])

    async def _ids(self, bot: "Bot", limit: int, offset: int, newest_first: bool) -> list[int]:
        if newest_first:
            return bot.book.closed.newest_ids(limit, offset)
        async with self._statistics.summed_up(bot, "ids", SortedIds.of) as ids:
            return ids.page(limit, offset)

    async def _load(self, bot: "Bot", missing: Sequence[int]) -> dict[int, bytes]:
        found: dict[int, bytes] = {}
        for keys in batches(missing, AT_ONCE):
            revisions = {key: bot.book.changed.get(key, 0) for key in keys}
            encoded = await for_readers(_encoded, await bot.trades(keys))
            found |= encoded
            for key, body in encoded.items():
                self._store(key, revisions[key], body)
        return found

    def _is_cached(self, key: int, revision: int) -> bool:
        return key in self._cached and self._cached[key][0] == revision

    def _store(self, key: int, revision: int, body: bytes) -> None:
        self._drop(key)
        self._cached[key] = (revision, body)
        self._bytes += len(body)
        while self._bytes > MOST_BYTES:
            self._drop(next(iter(self._cached)))

    def _drop(self, key: int) -> None:
        dropped = self._cached.pop(key, None)
        self._bytes -= len(dropped[1]) if dropped else 0


class SortedIds:
    """Hold the ids of closed trades in ascending order."""

    size = 0

    def __init__(self, ids: "array[int]") -> None:
        self._ids = ids

    @classmethod
    def of(cls, trades: "Columns") -> "SortedIds":
        ids = trades.integers("id").copy()
        ids.sort()
        return cls(array("q", ids.tobytes()))

    def add(self, trade: ClosedTrade) -> None:
        insort(self._ids, trade.id)

    def page(self, limit: int, offset: int) -> list[int]:
        return self._ids[offset : offset + limit].tolist()


def batches(keys: Sequence[int], size: int) -> Iterator[list[int]]:
    """Yield `keys` in lists of `size`."""
    rest = iter(keys)
    while batch := list(islice(rest, size)):
        yield batch


def _encoded(trades: "Sequence[Trade]") -> dict[int, bytes]:
    return {trade.id: msgspec.json.encode(trade_record(trade)) for trade in trades}
