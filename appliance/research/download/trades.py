"""Download public trades into files."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from appliance.domain import timeframe as timeframes
from appliance.domain.errors import ExchangeError
from appliance.domain.market import PublicTrade
from appliance.research.data.trades import PublicTrades, TradeFiles
from appliance.research.download.candles import DATE, Part
from appliance.research.download.wish import Progress, SaveTimes, Wish, each

if TYPE_CHECKING:
    from appliance.exchange.gateway import MarketData, TradeHistory

QUIET_MS = 3_600_000
"""For so long, nothing may have been traded before the first stored trade."""

log = logging.getLogger(__name__)


class TradeDownload:
    """Download the public trades of pairs from one exchange into the files of one folder."""

    def __init__(
        self,
        market: "MarketData",
        files: TradeFiles,
        wish: Wish,
        progress: Progress,
        *,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._market = market
        self._files = files
        self._wish = wish
        self._progress = progress
        self._seconds = seconds

    async def run(self, pairs: Sequence[str]) -> dict[str, str]:
        """Download all of them; return why some failed. Raises ExchangeError where there are none at all."""
        history = self._market.trade_history
        if history is None:
            raise ExchangeError(
                f"{self._market.name} has no public trades of the past: --dl-trades cannot be used"
            )

        async def one(pair: str) -> None:
            await self._pair(pair, history)

        return await each(pairs, one, self._progress, self._wish.at_once)

    async def _pair(self, pair: str, history: "TradeHistory") -> None:
        stored = PublicTrades.of_rows(())
        if not self._wish.erase:
            stored = await asyncio.to_thread(self._files.load, pair)
        self._progress.begin(pair, "trades")
        part = self._missing_part(pair, stored)
        count = len(stored)
        if part.is_empty:
            self._progress.end(pair, "up to date" if count else "nothing to download")
            return
        stored = await self._fetch(pair, part, stored, history)
        if self._wish.erase and not len(stored):
            await asyncio.to_thread(self._files.erase, pair)
        added = len(stored) - count
        none = "up to date" if count else "the exchange has none"
        self._progress.end(pair, f"{added} new trades" if added else none)

    def _missing_part(self, pair: str, stored: PublicTrades) -> Part:
        """Decide from when to when (not included) trades are missing, so that no gap is left."""
        wish, now = self._wish, self._market.now_ms()
        end = now if wish.timerange.end_ms is None else min(now, wish.timerange.end_ms + 1)
        if not len(stored):
            return Part(wish.start_ms(now), end)
        first, last = int(stored.timestamps[0]), int(stored.timestamps[-1])
        if wish.prepend:
            return Part(wish.start_ms(now), first + 1)
        if wish.timerange.start_ms is not None and wish.timerange.start_ms < first - QUIET_MS:
            log.warning(
                "%s: stored trades begin on %s; use --prepend to download what lies before, or --erase to"
                " download all of it again",
                pair,
                f"{timeframes.to_date(first):{DATE}}",
            )
        return Part(last, end)

    async def _fetch(
        self, pair: str, part: Part, stored: PublicTrades, history: "TradeHistory"
    ) -> PublicTrades:
        """Fetch a part page by page; save now and then, but never with a gap before what is stored."""
        prepend = self._wish.prepend
        pages = _Pages(history, pair, part, PublicTrades.of_rows(()) if prepend else stored)
        fresh: list[PublicTrades] = []
        rows, is_complete, saves = 0, False, SaveTimes(self._seconds)
        try:
            while len(page := await pages.fetch()):
                fresh.append(page)
                rows += len(page)
                self._progress.advance(pair, part.share(int(page.timestamps[-1])), rows)
                if not prepend and saves.is_due:
                    stored, fresh = PublicTrades.joined([stored, *fresh]), []
                    await saves.saving(self._save(pair, stored))
            is_complete = True
        finally:
            if fresh and (is_complete or not prepend):
                stored = _with_older(stored, fresh) if prepend else PublicTrades.joined([stored, *fresh])
                await self._save(pair, stored)
        return stored

    async def _save(self, pair: str, trades: PublicTrades) -> None:
        await asyncio.to_thread(self._files.save, pair, trades)


def _with_older(stored: PublicTrades, fresh: Sequence[PublicTrades]) -> PublicTrades:
    older = PublicTrades.joined(fresh)
    return PublicTrades.joined([older, stored.without(older)])


class _Pages:
    """Fetch what follows page by page, each trade once, until a part is complete."""

    def __init__(self, history: "TradeHistory", pair: str, part: Part, before: PublicTrades) -> None:
        self._history, self._pair, self._part, self._before = history, pair, part, before
        self._last = self._before.last()
        self._is_complete = False

    async def fetch(self) -> PublicTrades:
        """Return the next trades; none when all are there."""
        while not self._is_complete:
            rows = await self._rows()
            page = PublicTrades.of_rows(rows)
            new = page.without(self._before)
            kept = new.until(self._part.end_ms)
            self._is_complete = len(kept) < len(new) or not rows
            if len(new):
                self._before, self._last = page, rows[-1]
                return kept
            if len(rows) < self._history.limit:
                self._is_complete = True
            elif self._last is not None:  # a full page of one moment: the rest of it cannot be had
                log.warning(
                    "%s: more trades at %s than one request returns", self._pair, self._last.timestamp
                )
                self._last = self._last._replace(timestamp=self._last.timestamp + 1, id=None)
        return PublicTrades.of_rows(())

    async def _rows(self) -> Sequence[PublicTrade]:
        if self._last is None:
            return await self._history.fetch_since(self._pair, self._part.start_ms)
        return await self._history.fetch_after(self._pair, self._last)
