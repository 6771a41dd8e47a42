"""Keep the newest closed candles of every pair that is watched, and fetch only what is new.

Candles are kept as arrays (see `domain.market.Candles`); each frame made of them is the caller's own.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from appliance.domain.errors import ExchangeError
from appliance.domain.timeframe import candle_open_ms, milliseconds
from appliance.exchange.gateway import MarketData
from appliance.strategy.frames import frame_of

if TYPE_CHECKING:
    from pandas import DataFrame

    from appliance.domain.market import Candles

log = logging.getLogger(__name__)

Key = tuple[str, str]
"""A pair and a time frame."""

AT_ONCE = 8
"""How many requests are under way together; the gateway keeps to the exchange's own limits besides."""


class RefreshResult(msgspec.Struct, frozen=True):
    """State what a refresh brought: which keys have a new candle, and what failed."""

    updated: frozenset[Key]
    failed: Mapping[Key, ExchangeError]


class CandleCache:
    """Hold closed candles, oldest first, without gaps."""

    def __init__(self, market_data: MarketData) -> None:
        self._market_data = market_data
        self._kept: dict[Key, Candles] = {}
        self._slots = asyncio.Semaphore(AT_ONCE)

    def has(self, pair: str, timeframe: str) -> bool:
        return (pair, timeframe) in self._kept

    def keys(self) -> Iterable[Key]:
        return tuple(self._kept)

    def frame(self, pair: str, timeframe: str) -> "DataFrame | None":
        """Return the candles as a frame of the caller's own: date, open, high, low, close, volume."""
        candles = self._kept.get((pair, timeframe))
        return None if candles is None else frame_of(candles)

    async def refresh(self, wanted: Mapping[Key, int]) -> RefreshResult:
        """Fetch what has closed since the last time; `wanted` says how many candles to keep of each.

        What is no longer wanted is dropped. Failures of one pair leave the others alone.
        """
        for key in self._kept.keys() - wanted.keys():
            del self._kept[key]
        due = [key for key in wanted if self._is_due(key)]
        answers = await asyncio.gather(
            *(self._fetch(key, wanted[key]) for key in due), return_exceptions=True
        )
        updated, failed = set(), {}
        for key, answer in zip(due, answers, strict=True):
            if isinstance(answer, ExchangeError):
                failed[key] = answer
            elif isinstance(answer, BaseException):
                raise answer
            elif answer:
                updated.add(key)
        return RefreshResult(frozenset(updated), failed)

    def _is_due(self, key: Key) -> bool:
        """Tell whether a candle has closed that is not here yet."""
        kept = self._kept.get(key)
        if kept is None or not len(kept):
            return True
        now = self._market_data.now_ms()
        return candle_open_ms(key[1], now) > int(kept[-1, 0]) + milliseconds(key[1])

    async def _fetch(self, key: Key, count: int) -> bool:
        """Fetch candles of one key; tell whether a new one came."""
        kept = self._kept.get(key)
        async with self._slots:
            if kept is None or not len(kept):
                fresh = await self._from_start(key, count)
            else:
                fresh = await self._market_data.fetch_candles(*key, since_ms=int(kept[-1, 0]))
        fresh = self._closed(key, fresh)
        if kept is not None and len(kept):
            fresh = np.concatenate([kept[kept[:, 0] < fresh[0, 0]], fresh]) if len(fresh) else kept
        filled = _without_gaps(fresh, milliseconds(key[1]))[-count:]
        self._kept[key] = filled
        return bool(len(filled)) and (kept is None or not len(kept) or filled[-1, 0] > kept[-1, 0])

    async def _from_start(self, key: Key, count: int) -> "Candles":
        """Fetch `count` closed candles, in as many calls as the exchange needs."""
        length = milliseconds(key[1])
        limit = self._market_data.candle_limit
        if count < limit:
            return await self._market_data.fetch_candles(*key, limit=count + 1)
        since = candle_open_ms(key[1], self._market_data.now_ms()) - count * length
        parts = []
        while since < self._market_data.now_ms():
            part = await self._market_data.fetch_candles(*key, since_ms=since, limit=limit)
            if not len(part):
                since += limit * length  # the pair is younger than that
                continue
            parts.append(part)
            since = int(part[-1, 0]) + length
        return np.concatenate(parts) if parts else np.empty((0, 6))

    def _closed(self, key: Key, candles: "Candles") -> "Candles":
        """Leave the candle out that is not finished yet."""
        return candles[candles[:, 0] < candle_open_ms(key[1], self._market_data.now_ms())]


def _without_gaps(candles: "Candles", length: int) -> "Candles":
    """Put a candle where one is missing: nothing was traded, the price stayed at the last close."""
    if len(candles) < 2 or length > 28 * 86_400_000:  # months differ in length: no gap can be told
        return candles
    place = np.rint((candles[:, 0] - candles[0, 0]) / length).astype(np.int64)
    if place[-1] == len(candles) - 1:
        return candles
    rows = np.arange(place[-1] + 1)
    source = np.searchsorted(place, rows, side="right") - 1
    filled = candles[source].copy()
    missing = place[source] != rows
    filled[missing, 1:5] = candles[source[missing], 4][:, None]
    filled[missing, 5] = 0.0
    filled[:, 0] = candles[0, 0] + rows * length
    return filled
