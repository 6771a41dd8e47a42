"""Keep closed trades as they go out: each is read and encoded once, for they hardly ever change again."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from appliance.domain.ledger import ClosedTrade
from appliance.reports.trade_record import trade_record
from appliance.server.figures import KeptFigures
from appliance.server.kept_body import KeptBody
from appliance.threads import for_readers

if TYPE_CHECKING:
    from appliance.bot.bot import Bot
    from appliance.domain.trade import Trade

MOST_BYTES = 32_000_000
"""What is kept at most, about 12,000 trades; those kept longest go first."""
MOST_PAGES = 2
"""How many pages are kept put together, of 1.3 MB for 500 trades: clients ask for one over and over."""

Page = tuple[list[int], int, KeptBody]
"""The ids of all closed trades, the revision of the trades, and what a page of them is encoded as."""
_NO_PAGE: Page = ([], -1, KeptBody(b""))


class KeptTrades:
    """Answer pages of closed trades from memory, and read what is missing."""

    def __init__(self, figures: KeptFigures) -> None:
        self._figures = figures
        self._kept: dict[int, tuple[int, bytes]] = {}
        self._bytes = 0
        self._pages: dict[tuple[int, int, bool], Page] = {}
        self._working = asyncio.Lock()

    async def page(self, bot: "Bot", limit: int, offset: int, *, newest_first: bool) -> KeptBody:
        """Return a page of closed trades, last closed first or by id, as a `TradesPage` is encoded."""
        order = _by_date if newest_first else _by_id
        ids = await self._figures.told(bot, order, order)
        name = (limit, offset, newest_first)
        async with self._working:  # who asks for the same at the same time waits for it
            revision = bot.book.trades_revision
            ids_then, revision_then, body = self._pages.pop(name, _NO_PAGE)
            if ids_then is not ids or revision_then != revision:
                body = KeptBody(await self._made(bot, ids, limit, offset))
            self._pages[name] = (ids, revision, body)
            while len(self._pages) > MOST_PAGES:
                del self._pages[next(iter(self._pages))]
            return body

    async def _made(self, bot: "Bot", ids: list[int], limit: int, offset: int) -> bytes:
        chosen = ids[offset : offset + limit]
        changed = bot.book.changed
        found = {key: self._kept[key][1] for key in chosen if self._stands(key, changed.get(key, 0))}
        missing = [key for key in chosen if key not in found]
        if missing:
            revisions = {key: changed.get(key, 0) for key in missing}
            encoded = await for_readers(_encoded, await bot.trades(missing))
            found |= encoded
            for key, body in encoded.items():
                self._keep(key, revisions[key], body)
        rows = [found[key] for key in chosen if key in found]
        counts = f'],"trades_count":{len(rows)},"offset":{offset},"total_trades":{len(ids)}}}'
        return b"".join([b'{"trades":[', b",".join(rows), counts.encode()])

    def _stands(self, key: int, revision: int) -> bool:
        return key in self._kept and self._kept[key][0] == revision

    def _keep(self, key: int, revision: int, body: bytes) -> None:
        self._drop(key)
        self._kept[key] = (revision, body)
        self._bytes += len(body)
        while self._bytes > MOST_BYTES:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: int) -> None:
        gone = self._kept.pop(key, None)
        self._bytes -= len(gone[1]) if gone else 0


def _by_id(trades: Sequence[ClosedTrade]) -> list[int]:
    return sorted(trade.id for trade in trades)


def _by_date(trades: Sequence[ClosedTrade]) -> list[int]:
    return [
        trade.id for trade in sorted(trades, key=lambda trade: (trade.close_date, trade.id), reverse=True)
    ]


def _encoded(trades: "Sequence[Trade]") -> dict[int, bytes]:
    return {trade.id: msgspec.json.encode(trade_record(trade)) for trade in trades}
