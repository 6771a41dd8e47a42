"""Download series of candles into files."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from appliance.domain import timeframe as timeframes
from appliance.domain.errors import ExchangeError
from appliance.research.data.candles import CandleFiles
from appliance.research.data.layout import OHLCV_COLUMNS, CandleKey, columns_of
from appliance.research.data.tables import joined
from appliance.research.download.wish import DAY_MS, Progress, SaveTimes, Wish, each

if TYPE_CHECKING:
    from appliance.exchange.gateway import MarketData
    from appliance.research.data.candles import Candles

    Page = Callable[[int], Awaitable[Candles]]
    """Fetches candles from a time (ms) on."""

log = logging.getLogger(__name__)

EMPTY_RATES_MS = 100 * 8 * 3_600_000
"""How far an answer without funding rates reaches."""
MOST_INTEREST = 200
"""How many entries of open interest any exchange returns at once."""
DATE = "%Y-%m-%d %H:%M"


@dataclass(frozen=True)
class Part:
    """Hold which part of a series is missing: from a date up to, not including, another (ms, UTC)."""

    start_ms: int
    end_ms: int

    @property
    def is_empty(self) -> bool:
        return self.start_ms >= self.end_ms

    def share(self, at_ms: int) -> float:
        """Return how much of it lies before a date, 0 to 1."""
        return min(1.0, max(0.0, (at_ms - self.start_ms) / max(1, self.end_ms - self.start_ms)))


def missing_part(stored: "Candles", wish: Wish, timeframe: str, now_ms: int) -> Part:
    """Decide which part of a series is to be downloaded, so that no gap is left.

    The newest stored candle is downloaded again: it may have been unfinished. A start before the stored
    candles counts only when they are prepended. Only closed candles are stored.
    """
    wanted_end = timeframes.candle_open_ms(timeframe, now_ms)
    if wish.timerange.end_ms is not None:
        wanted_end = min(wanted_end, wish.timerange.end_ms + 1)
    start = _candle_at_or_after(timeframe, wish.start_ms(now_ms))
    if not len(stored):
        return Part(start, wanted_end)
    first, last = int(stored[0, 0]), int(stored[-1, 0])
    return Part(start, first) if wish.prepend else Part(last, wanted_end)


class CandleDownload:
    """Download series of candles from one exchange into the files of one folder."""

    def __init__(
        self,
        market: "MarketData",
        files: CandleFiles,
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

    async def run(self, keys: Sequence[CandleKey]) -> dict[CandleKey, str]:
        """Download all of them; return why some failed."""
        return await each(keys, self._series, self._progress, self._wish.at_once)

    async def _series(self, key: CandleKey) -> None:
        columns = 1 + len(columns_of(key.candle_type))
        stored = await asyncio.to_thread(self._files.load, key) if not self._wish.erase else None
        if stored is None:  # what is stored stays until something takes its place
            stored = np.empty((0, columns))
        part = missing_part(stored, self._wish, key.timeframe, self._market.now_ms())
        self._tell_earlier_start(key, stored)
        self._progress.begin(str(key), "candles")
        if part.is_empty:
            self._progress.end(str(key), "up to date" if len(stored) else "nothing to download")
            return
        count = len(stored)
        stored = await self._fetch(key, part, stored)
        if self._wish.erase and not len(stored):
            await asyncio.to_thread(self._files.erase, key)
        self._progress.end(str(key), _outcome(stored, count, part))

    async def _fetch(self, key: CandleKey, part: Part, stored: "Candles") -> "Candles":
        """Fetch a part page by page; save now and then, but never with a gap before what is stored."""
        fresh: list[Candles] = []
        rows, is_complete, saves = 0, False, SaveTimes(self._seconds)
        try:
            async for reached, page in self._pages(key, part, stored):
                if len(page):
                    fresh.append(page)
                rows += len(page)
                self._progress.advance(str(key), part.share(reached), rows)
                if fresh and not self._wish.prepend and saves.is_due:
                    stored, fresh = _together(key, stored, fresh), []
                    await saves.saving(self._save(key, stored))
            is_complete = True
        finally:
            if fresh and (is_complete or not self._wish.prepend):
                stored = _together(key, stored, fresh)
                await self._save(key, stored)
        return stored

    async def _pages(
        self, key: CandleKey, part: Part, stored: "Candles"
    ) -> "AsyncIterator[tuple[int, Candles]]":
        """Yield the candles of a part, page by page, and how far (ms) each page goes."""
        follows = timeframes.milliseconds(key.timeframe) if key.candle_type != "funding_rate" else 1
        fetch, step = self._fetching(key)
        at = part.start_ms
        while at < part.end_ms:
            told = await fetch(at)
            if at == part.start_ms:
                self._check_gap(key, stored, told)
            page = told[(told[:, 0] >= at) & (told[:, 0] < part.end_ms)]
            if len(page):
                at = int(page[-1, 0]) + follows
            elif len(told) and told[0, 0] >= part.end_ms:
                at = part.end_ms
            else:
                at = await self._next_traded(key, at, step)
            yield at, page

    async def _save(self, key: CandleKey, candles: "Candles") -> None:
        await asyncio.to_thread(self._files.save, key, candles)

    async def _next_traded(self, key: CandleKey, at_ms: int, step: int) -> int:
        """Return where to go on after an empty page: near the next candle of a day, where that is further."""
        market, after = self._market, at_ms + step
        is_long = timeframes.milliseconds(key.timeframe) >= DAY_MS
        if is_long or key.candle_type not in ("spot", "futures") or "1d" not in market.timeframes:
            return after
        today, most = at_ms // DAY_MS * DAY_MS, market.candle_limit
        days = await market.fetch_candles(key.pair, "1d", since_ms=today, limit=most)
        next_day = int(days[0, 0]) - DAY_MS if len(days) else today + most * DAY_MS
        return max(after, _candle_at_or_after(key.timeframe, next_day))

    def _fetching(self, key: CandleKey) -> "tuple[Page, int]":
        """Return what fetches the candles from a date on, and how far an empty answer reaches (ms)."""
        market, futures, kind = self._market, self._market.futures, key.candle_type
        limit = min(market.candle_limit, MOST_INTEREST) if kind == "open_interest" else market.candle_limit
        step = limit * timeframes.milliseconds(key.timeframe)

        async def candles(since_ms: int) -> "Candles":
            return await market.fetch_candles(key.pair, key.timeframe, since_ms=since_ms, limit=limit)

        match kind:
            case "spot" | "futures":
                return candles, step
        if futures is None or not futures.has(kind):
            raise ExchangeError(f"{market.name} has no candles of the type {kind}")
        if kind == "funding_rate":

            async def rates(since_ms: int) -> "Candles":
                found = await futures.fetch_funding_rates(key.pair, since_ms)
                rows = [(one.timestamp, one.rate) for one in found]
                return np.array(rows, dtype=float).reshape(-1, 2)

            return rates, EMPTY_RATES_MS

        async def others(since_ms: int) -> "Candles":
            return await futures.fetch_series(key.pair, key.timeframe, kind, since_ms=since_ms, limit=limit)

        return others, step

    def _check_gap(self, key: CandleKey, stored: "Candles", told: "Candles") -> None:
        """Raise `ExchangeError` where the exchange no longer has what follows the stored candles."""
        keeps = self._market.keeps_candles and key.candle_type != "open_interest"
        if keeps or self._wish.prepend or not len(stored) or not len(told) or told[0, 0] <= stored[-1, 0]:
            return
        ended, begins = (f"{timeframes.to_date(at):{DATE}}" for at in (stored[-1, 0], told[0, 0]))
        raise ExchangeError(
            f"stored candles end on {ended}, and {self._market.name} only has those from {begins} on;"
            " use --erase to begin anew"
        )

    def _tell_earlier_start(self, key: CandleKey, stored: "Candles") -> None:
        start = self._wish.timerange.start_ms
        if start is None or not len(stored) or self._wish.prepend or start >= stored[0, 0]:
            return
        log.warning(
            "%s: stored candles begin on %s; use --prepend to download what lies before, or --erase to"
            " download all of it again",
            key,
            f"{timeframes.to_date(stored[0, 0]):{DATE}}",
        )


def _together(key: CandleKey, stored: "Candles", fresh: "Sequence[Candles]") -> "Candles":
    return joined(stored, np.concatenate(fresh), is_ohlcv=columns_of(key.candle_type) == OHLCV_COLUMNS)


def _outcome(stored: "Candles", before: int, part: Part) -> str:
    added = len(stored) - before
    if not added:
        return "up to date" if before else "the exchange has none"
    note = f"{added} new candles"
    if not before and stored[0, 0] - part.start_ms > DAY_MS:
        note += f", the first of {timeframes.to_date(stored[0, 0]):{DATE}}: the exchange has no earlier ones"
    return note


def _candle_at_or_after(timeframe: str, at_ms: int) -> int:
    opened = timeframes.candle_open_ms(timeframe, at_ms)
    return opened if opened == at_ms else timeframes.next_open_ms(timeframe, at_ms)
