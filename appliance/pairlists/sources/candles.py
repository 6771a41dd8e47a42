"""Fetch candles for pair lists, several pairs at a time, and cache them until the next candle."""

import asyncio
import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

from appliance.domain import timeframe as timeframes
from appliance.domain.errors import ExchangeError
from appliance.exchange.gateway import MarketData

if TYPE_CHECKING:
    from appliance.domain.market import Candles

log = logging.getLogger(__name__)

_CONCURRENT = 4
"""Few, since all requests share one rate limit: orders must not wait behind 400 requests for candles."""


class CandleSource:
    """Return the newest closed candles, cached until the next candle closes."""

    def __init__(self, data: MarketData) -> None:
        self._data = data
        self._gate = asyncio.Semaphore(_CONCURRENT)
        self._cache: dict[tuple[str, int], tuple[int, dict[str, Candles]]] = {}
        self._failing: set[str] = set()

    async def newest(self, pairs: Iterable[str], timeframe: str, count: int) -> "dict[str, Candles]":
        """Return up to `count` closed candles per pair, oldest first, gaps filled. Read only.

        A pair without candles, or whose candles cannot be fetched, is missing in the result.
        """
        current = timeframes.candle_open_ms(timeframe, self._data.now_ms())
        known_for, known = self._cache.get((timeframe, count), (current, {}))
        if known_for != current:
            known = {}
        self._cache[timeframe, count] = (current, known)
        wanted = list(dict.fromkeys(pairs))
        await asyncio.gather(
            *(self._fetch(pair, timeframe, count, current, known) for pair in wanted if pair not in known)
        )
        return {pair: known[pair] for pair in wanted if pair in known}

    async def _fetch(
        self, pair: str, timeframe: str, count: int, current_ms: int, known: "dict[str, Candles]"
    ) -> None:
        from appliance.exchange.candle_table import complete, without_gaps  # late: it loads numpy

        length = timeframes.milliseconds(timeframe)
        since = timeframes.candle_open_ms(timeframe, current_ms - count * length)
        try:
            async with self._gate:
                fetched = await self._pages(pair, timeframe, since, current_ms)
        except ExchangeError as error:
            if pair not in self._failing:
                self._failing.add(pair)
                log.warning("No candles of %s %s for the pair lists: %s", pair, timeframe, error)
            return
        self._failing.discard(pair)
        if fetched is not None and len(closed := complete(fetched, current_ms)):
            known[pair] = without_gaps(closed, timeframe)[-count:]

    async def _pages(self, pair: str, timeframe: str, since_ms: int, current_ms: int) -> "Candles | None":
        """Fetch the candles from `since_ms` until the present one, in as many pages as needed."""
        from appliance.exchange.candle_table import joined  # late: it loads numpy

        found: Candles | None = None
        length = timeframes.milliseconds(timeframe)
        while since_ms < current_ms:
            limit = min(self._data.candle_limit, (current_ms - since_ms) // length + 1)
            page = await self._data.fetch_candles(pair, timeframe, since_ms=since_ms, limit=limit)
            if not len(page) or page[-1, 0] < since_ms:
                break
            found = page if found is None else joined(found, page)
            since_ms = timeframes.next_open_ms(timeframe, int(page[-1, 0]))
        return found
