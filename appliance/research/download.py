"""Download candles into files, in a way that can be stopped at any moment and gone on with later."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

from appliance.domain import timeframe as timeframes
from appliance.domain.errors import ApplianceError, ExchangeError
from appliance.research.data.candles import CandleFiles
from appliance.research.data.layout import OHLCV_COLUMNS, CandleKey, columns_of
from appliance.research.data.tables import joined
from appliance.research.timerange import TimeRange

if TYPE_CHECKING:
    from appliance.exchange.gateway import MarketData
    from appliance.research.data.candles import Candles

log = logging.getLogger(__name__)

AT_ONCE = 4
"""Series that are downloaded side by side; the exchange's rate limits decide how fast they are."""
SAVE_SECONDS = 10.0
"""How much work a kill may cost."""
DEFAULT_DAYS = 30
HOUR_MS = 3_600_000


class Progress(Protocol):
    """Receive how far a download has come. `done` and `total` are candles, estimated from dates."""

    def begin(self, key: CandleKey, total: int) -> None: ...
    def advance(self, key: CandleKey, done: int) -> None: ...
    def end(self, key: CandleKey, note: str) -> None: ...


@dataclass(frozen=True)
class Wish:
    """State what to download, and how many series side by side.

    `erase`: anew; `prepend`: what lies before the stored candles.
    """

    timerange: TimeRange = field(default_factory=TimeRange)
    new_pairs_days: int = DEFAULT_DAYS
    at_once: int = AT_ONCE
    erase: bool = False
    prepend: bool = False


@dataclass(frozen=True)
class Part:
    """Hold which part of a series is missing: from a date up to, not including, another (ms, UTC)."""

    start_ms: int
    end_ms: int

    @property
    def is_empty(self) -> bool:
        return self.start_ms >= self.end_ms


def missing_part(stored: "Candles", wish: Wish, timeframe: str, now_ms: int) -> Part:
    """Decide which part of a series is to be downloaded, so that no gap is left.

    The newest stored candle is downloaded again: it may have been unfinished. A start before the stored
    candles counts only when they are prepended. Only closed candles are stored.
    """
    wanted_end = timeframes.candle_open_ms(timeframe, now_ms)
    if wish.timerange.end_ms is not None:
        wanted_end = min(wanted_end, wish.timerange.end_ms + 1)
    default_start = now_ms - wish.new_pairs_days * 86_400_000
    start = default_start if wish.timerange.start_ms is None else wish.timerange.start_ms
    start = _candle_at_or_after(timeframe, start)
    if not len(stored):
        return Part(start, wanted_end)
    first, last = int(stored[0, 0]), int(stored[-1, 0])
    return Part(start, first) if wish.prepend else Part(last, wanted_end)


class Download:
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
        self.failed: dict[CandleKey, str] = {}

    async def run(self, keys: Sequence[CandleKey]) -> None:
        """Download all of them; what goes wrong with one stays its own, in `failed`."""
        places = asyncio.Semaphore(self._wish.at_once)

        async def one(key: CandleKey) -> None:
            async with places:
                try:
                    await self._series(key)
                except ApplianceError as error:
                    self.failed[key] = str(error)
                    self._progress.end(key, f"failed: {error}")

        async with asyncio.TaskGroup() as tasks:
            for key in keys:
                tasks.create_task(one(key))

    async def _series(self, key: CandleKey) -> None:
        if self._wish.erase:
            await asyncio.to_thread(self._files.erase, key)
        stored = await asyncio.to_thread(self._files.load, key)
        part = missing_part(stored, self._wish, key.timeframe, self._market.now_ms())
        if part.is_empty:
            self._progress.begin(key, 0)
            self._progress.end(key, "up to date" if len(stored) else "nothing to download")
            return
        self._tell_earlier_start(key, stored)
        length = timeframes.milliseconds(key.timeframe)
        self._progress.begin(key, -(-(part.end_ms - part.start_ms) // length))
        count = len(stored)
        stored = await self._fetch(key, part, stored)
        added = len(stored) - count
        self._progress.end(key, _outcome(added, count))

    async def _fetch(self, key: CandleKey, part: Part, stored: "Candles") -> "Candles":
        """Fetch a part page by page; save now and then, but never with a gap before what is stored."""
        is_ohlcv = columns_of(key.candle_type) == OHLCV_COLUMNS
        length = timeframes.milliseconds(key.timeframe)
        fetch = self._pages(key)
        fresh: list[Candles] = []
        at, saved_at = part.start_ms, self._seconds()
        while at < part.end_ms:
            page, step = await fetch(at)
            page = page[(page[:, 0] >= at) & (page[:, 0] < part.end_ms)]
            if len(page):
                fresh.append(page)
                at = int(page[-1, 0]) + (length if is_ohlcv else 1)
            else:
                at += step  # not listed yet, or nothing was traded for so long
            self._progress.advance(key, min((at - part.start_ms) // length, self._total(part, length)))
            if fresh and not self._wish.prepend and self._seconds() - saved_at > SAVE_SECONDS:
                stored, fresh = await self._save(key, stored, fresh), []
                saved_at = self._seconds()
        return await self._save(key, stored, fresh) if fresh else stored

    @staticmethod
    def _total(part: Part, length: int) -> int:
        return -(-(part.end_ms - part.start_ms) // length)

    async def _save(self, key: CandleKey, stored: "Candles", fresh: "list[Candles]") -> "Candles":
        is_ohlcv = columns_of(key.candle_type) == OHLCV_COLUMNS
        together = joined(stored, np.concatenate(fresh), is_ohlcv=is_ohlcv)
        await asyncio.to_thread(self._files.save, key, together)
        return together

    def _pages(self, key: CandleKey) -> Callable[[int], "Awaitable[tuple[Candles, int]]"]:
        """Return what fetches the candles from a date on, and how far an empty answer reaches (ms)."""
        market, futures = self._market, self._market.futures
        limit = market.candle_limit
        step = limit * timeframes.milliseconds(key.timeframe)
        if key.candle_type in ("spot", "futures"):

            async def candles(since_ms: int) -> "tuple[Candles, int]":
                return await market.fetch_candles(
                    key.pair, key.timeframe, since_ms=since_ms, limit=limit
                ), step

            return candles
        if futures is None or key.candle_type not in ("mark", "funding_rate"):
            raise ExchangeError(f"{market.name} has no {key.candle_type} candles that can be downloaded")
        if key.candle_type == "mark":

            async def marks(since_ms: int) -> "tuple[Candles, int]":
                return await futures.fetch_mark_candles(
                    key.pair, key.timeframe, since_ms=since_ms, limit=limit
                ), step

            return marks

        async def rates(since_ms: int) -> "tuple[Candles, int]":
            found = await futures.fetch_funding_rates(key.pair, since_ms)
            rows = [(one.timestamp, one.rate) for one in found]
            return np.array(rows, dtype=float).reshape(-1, 2), 100 * 8 * HOUR_MS

        return rates

    def _tell_earlier_start(self, key: CandleKey, stored: "Candles") -> None:
        start = self._wish.timerange.start_ms
        if start is None or not len(stored) or self._wish.prepend or start >= stored[0, 0]:
            return
        first = timeframes.to_date(stored[0, 0])
        log.warning(
            "%s: stored candles begin on %s; use --prepend to download what lies before, or --erase to"
            " download all of it again",
            key,
            f"{first:%Y-%m-%d %H:%M}",
        )


def _outcome(added: int, stored: int) -> str:
    if added:
        return f"{added} new candles"
    return "up to date" if stored else "the exchange has none"


def _candle_at_or_after(timeframe: str, at_ms: int) -> int:
    opened = timeframes.candle_open_ms(timeframe, at_ms)
    return opened if opened == at_ms else timeframes.next_open_ms(timeframe, at_ms)
