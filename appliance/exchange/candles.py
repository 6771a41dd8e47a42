"""Cache the closed candles of many pairs; fetch only what is new and was not streamed."""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import msgspec

from appliance.domain import timeframe as timeframes
from appliance.domain.errors import ExchangeError
from appliance.exchange.gateway import MarketData

if TYPE_CHECKING:
    from pandas import DataFrame

    from appliance.domain.market import Candles

logger = logging.getLogger(__name__)

Key = tuple[str, str]
"""A pair and a timeframe."""

_FINAL_AFTER_MS = 1_000
"""How long after its close a candle may still change, unless the exchange shows the next one already."""
_BETWEEN_LOOKS = 0.25
_QUIET_AFTER_MS = 15_000
_QUIET_PAUSE_MS = 30_000
"""A pair without a candle so long after the close is not traded now; it is requested less often."""


class RefreshResult(msgspec.Struct, frozen=True):
    """State which pairs and timeframes got a new closed candle, and which failed."""

    updated: set[Key]
    failed: dict[Key, ExchangeError]


class CandleCache:
    """Hold closed candles by pair and timeframe; the unfinished candle never enters."""

    def __init__(self, market_data: MarketData, *, concurrency: int = 8) -> None:
        self._data = market_data
        self._streams = market_data.candle_streams
        self._limit = asyncio.Semaphore(concurrency)
        self._candles: dict[Key, Candles] = {}
        self._pages: dict[Key, int] = {}
        self._looked_at_ms: dict[Key, int] = {}
        self._failing: set[Key] = set()

    def has(self, pair: str, timeframe: str) -> bool:
        return (pair, timeframe) in self._candles

    def candles(self, pair: str, timeframe: str) -> "Candles | None":
        """Return the closed candles, read-only; None where none were fetched yet."""
        return self._candles.get((pair, timeframe))

    def dataframe(self, pair: str, timeframe: str) -> "DataFrame | None":
        """Return the closed candles as a DataFrame of the caller's own; None where none were fetched yet.

        Columns: date (datetime64[us, UTC]), open, high, low, close, volume. It may be called in any thread.
        """
        from appliance.exchange.candle_table import as_dataframe  # late: it loads pandas

        found = self._candles.get((pair, timeframe))
        return None if found is None else as_dataframe(found)

    def keep_only(self, keys: Iterable[Key]) -> None:
        """Drop all other pairs and timeframes."""
        wanted = set(keys)
        for key in [key for key in self._candles if key not in wanted]:
            del self._candles[key], self._pages[key], self._looked_at_ms[key]
        self._failing &= wanted

    async def refresh(self, wanted: Mapping[Key, int]) -> RefreshResult:
        """Fetch what is new of each wanted pair and timeframe, several at a time.

        `wanted` says how many candles to request, the unfinished one included; they are fetched in whole
        pages of the exchange. Right after a candle's close this waits, about a second at most, until it is
        certainly final. An error concerns its own pair only: it is returned, and logged when it is new.
        """
        updated: set[Key] = set()
        failed: dict[Key, ExchangeError] = {}
        if self._streams is not None:
            self._streams.subscribe(wanted)

        async def refresh_one(key: Key, count: int) -> None:
            try:
                pages = -(-count // self._data.candle_limit)
                if self._is_due(key, count) and await self._refresh_one(key, pages):
                    updated.add(key)
            except ExchangeError as error:
                failed[key] = error
            except Exception as error:  # an answer may be anything; others are not affected
                if key not in self._failing:
                    logger.exception("The candles of %s %s are unusable", *key)
                failed[key] = ExchangeError(f"its candles are unusable ({type(error).__name__})")

        await asyncio.gather(*(refresh_one(key, count) for key, count in wanted.items()))
        self._log_changes(failed, updated)
        return RefreshResult(updated, failed)

    def _is_due(self, key: Key, count: int) -> bool:
        found, now = self._candles.get(key), self._data.now_ms()
        if found is None or not len(found) or self._pages[key] * self._data.candle_limit < count:
            return True
        if self._streams is not None and self._streams.corrected_ms(key) is not None:
            return True
        closed_at = timeframes.candle_open_ms(key[1], now)
        if timeframes.next_open_ms(key[1], int(found[-1, 0])) >= closed_at:
            return False
        quiet = now - closed_at > _QUIET_AFTER_MS and self._looked_at_ms[key] > closed_at + _QUIET_AFTER_MS
        return not quiet or now - self._looked_at_ms[key] >= _QUIET_PAUSE_MS

    async def _refresh_one(self, key: Key, pages: int) -> bool:
        """Get one key's candles until the newest closed one is final. Return whether there is a new one."""
        pages = max(pages, 1)
        before, corrected = self._newest_ms(key), self._corrected_ms(key)
        while True:
            now = self._data.now_ms()
            current = timeframes.candle_open_ms(key[1], now)
            if self._from_stream(key, pages, current):
                self._looked_at_ms[key] = now
                return True
            if self._may_be_streamed(key, pages) and now - current < _FINAL_AFTER_MS:
                await asyncio.sleep(_BETWEEN_LOOKS)
                continue
            async with self._limit:
                fetched = await self._fetch(key, pages)
            self._looked_at_ms[key] = now
            has_next = len(fetched) > 0 and fetched[-1, 0] >= current
            if has_next or now - current >= _FINAL_AFTER_MS:
                self._store(key, fetched, pages, current)
                if self._streams is not None:
                    self._streams.compare(key, fetched, current)
                return corrected is not None or self._newest_ms(key) != before
            await asyncio.sleep(_BETWEEN_LOOKS)

    def _from_stream(self, key: Key, pages: int, current_ms: int) -> bool:
        """Store the streamed candles of a key, if they are all that is new."""
        newest = self._newest_ms(key)
        if self._streams is None or newest is None or not self._may_be_streamed(key, pages):
            return False
        streamed = self._streams.closed(key, newest, current_ms)
        if streamed is None:
            return False
        self._store(key, streamed, pages, current_ms)
        return True

    def _corrected_ms(self, key: Key) -> int | None:
        return None if self._streams is None else self._streams.corrected_ms(key)

    def _may_be_streamed(self, key: Key, pages: int) -> bool:
        known = key in self._candles and self._pages[key] >= pages
        return known and self._streams is not None and self._streams.is_trusted(key)

    async def _fetch(self, key: Key, pages: int) -> "Candles":
        pair, timeframe = key
        limit, newest, now = self._data.candle_limit, self._newest_ms(key), self._data.now_ms()
        if newest is not None and (corrected := self._corrected_ms(key)) is not None:
            newest = min(newest, corrected)
        length = timeframes.milliseconds(timeframe)
        missing = pages * limit if newest is None else (now - newest) // length + 1
        if newest is not None and missing <= limit and self._pages[key] >= pages:
            return await self._data.fetch_candles(pair, timeframe, since_ms=newest, limit=missing)
        if pages == 1:
            return await self._data.fetch_candles(pair, timeframe, limit=limit)
        first = timeframes.candle_open_ms(timeframe, now) - (pages * limit - 1) * length
        return await self._fetch_pages(key, first)

    async def _fetch_pages(self, key: Key, since_ms: int) -> "Candles":
        """Fetch page after page from a time until the present."""
        from appliance.exchange.candle_table import joined  # late: it loads numpy

        pair, timeframe = key
        limit = self._data.candle_limit
        found = await self._data.fetch_candles(pair, timeframe, since_ms=since_ms, limit=limit)
        while len(found):
            since = timeframes.next_open_ms(timeframe, int(found[-1, 0]))
            if since > self._data.now_ms():
                break
            page = await self._data.fetch_candles(pair, timeframe, since_ms=since, limit=limit)
            if not len(page) or page[-1, 0] < since:
                break
            found = joined(found, page)
        return found

    def _store(self, key: Key, fetched: "Candles", pages: int, current_ms: int) -> None:
        from appliance.exchange.candle_table import complete, joined, without_gaps  # late: it loads numpy

        closed = complete(fetched, current_ms)
        known, length = self._candles.get(key), timeframes.milliseconds(key[1])
        if known is not None and (not len(closed) or closed[0, 0] <= known[-1, 0] + length):
            closed = joined(known, closed)
        newest = without_gaps(closed, key[1])[-pages * self._data.candle_limit :]
        newest.setflags(write=False)
        self._candles[key], self._pages[key] = newest, pages

    def _newest_ms(self, key: Key) -> int | None:
        found = self._candles.get(key)
        return int(found[-1, 0]) if found is not None and len(found) else None

    def _log_changes(self, failed: Mapping[Key, ExchangeError], updated: set[Key]) -> None:
        for (pair, timeframe), error in failed.items():
            if (pair, timeframe) not in self._failing:
                logger.warning("Candles of %s %s: request failed: %s", pair, timeframe, error)
        for pair, timeframe in self._failing & updated:
            logger.info("Candles of %s %s: fetched again.", pair, timeframe)
        self._failing = (self._failing - updated) | set(failed)
