"""Download candles or public trades as a job: what `download-data` does."""

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from appliance.domain import timeframe as timeframes
from appliance.domain.enums import RunMode
from appliance.domain.errors import ConfigurationError, DataError
from appliance.exchange.factory import opened_market_data
from appliance.research.data.candles import CandleFiles, remove_unfinished
from appliance.research.data.layout import CANDLE_TYPES, CandleKey
from appliance.research.data.trades import TradeFiles
from appliance.research.download.candles import CandleDownload
from appliance.research.download.series import matching_pairs, series
from appliance.research.download.trades import TradeDownload
from appliance.research.download.wish import DAY_MS, Wish
from appliance.research.tasks.settings import Arguments, of_exchange, settings_of
from appliance.research.timerange import TimeRange
from appliance.research.trade_candles import make_candles

if TYPE_CHECKING:
    from appliance.config.loading import LoadedSettings
    from appliance.exchange.gateway import MarketData
    from appliance.research.jobs.report import Report

log = logging.getLogger(__name__)

_MOST_NAMED = 5


class SeriesProgress:
    """Show each series under way as a step of the job."""

    def __init__(self, report: "Report", count: int) -> None:
        self._report, self._count, self._done = report, count, 0
        report.step("all", "Series", 0, count)

    def begin(self, name: str, unit: str) -> None:
        self._report.step(name, f"Downloading {name}", 0, 1)

    def advance(self, name: str, share: float, rows: int) -> None:
        self._report.step(name, f"Downloading {name}", share, 1)

    def end(self, name: str, note: str) -> None:
        log.info("%s: %s", name, note)
        self._done += 1
        self._report.end(name)
        self._report.step("all", "Series", self._done, self._count)


def run(arguments: Arguments, report: "Report") -> bytes:
    """Download what a request names. Raises ApplianceError; what was downloaded by then stays."""
    asked = arguments["asked"]
    loaded = settings_of(arguments, RunMode.UTIL_EXCHANGE, **of_exchange(asked))
    wish = _wish(asked)
    frames = _checked_timeframes(asked.get("timeframes") or ("1m", "5m"))
    for file in remove_unfinished(loaded.datadir):
        log.warning("Removed %s: it was incomplete", file)
    asyncio.run(_download(loaded, asked, frames, wish, report))
    return b"{}"


async def _download(
    loaded: "LoadedSettings", asked: Arguments, frames: Sequence[str], wish: Wish, report: "Report"
) -> None:
    settings = loaded.settings
    async with opened_market_data(settings.exchange, mode=settings.trading_mode) as market:
        pairs = matching_pairs(asked["pairs"], market.markets, with_inactive=False)
        if not pairs:
            named = ", ".join(asked["pairs"][:_MOST_NAMED]) or "those named: name some"
            raise ConfigurationError(f"No pair to download: {market.name} has none of {named}")
        download = _Download(loaded, market, pairs, frames, wish, report)
        if asked["download_trades"]:
            failed = await download.trades()
        else:
            failed = await download.candles(asked.get("candle_types") or ())
    if failed:
        reasons = "; ".join(f"{name}: {why}" for name, why in list(failed.items())[:_MOST_NAMED])
        raise DataError(f"{len(failed)} series failed, the others are stored: {reasons}")


@dataclass(frozen=True)
class _Download:
    """Hold what is downloaded, from where to where."""

    loaded: "LoadedSettings"
    market: "MarketData"
    pairs: Sequence[str]
    frames: Sequence[str]
    wish: Wish
    report: "Report"

    async def candles(self, kinds: Sequence[str]) -> dict[str, str]:
        """Download candles; return why some series failed."""
        if unknown := [kind for kind in kinds if kind not in CANDLE_TYPES]:
            expected = ", ".join(CANDLE_TYPES)
            raise ConfigurationError(f"candle_types: expected some of {expected}, found {unknown[0]}")
        chosen = tuple(kind for kind in CANDLE_TYPES if kind in kinds)
        keys = series(self.market, list(self.pairs), tuple(self.frames), chosen)
        progress = SeriesProgress(self.report, len(keys))
        failed = await CandleDownload(self.market, self._candle_files, self.wish, progress).run(keys)
        return {str(key): why for key, why in failed.items()}

    async def trades(self) -> dict[str, str]:
        """Download public trades, and make candles of them where the exchange keeps none."""
        if self.market.trade_history is None:
            raise ConfigurationError(f"download_trades: {self.market.name} only has its newest public trades")
        is_futures = self.market.futures is not None
        kind = self.loaded.settings.dataformat_trades
        files = TradeFiles(self.loaded.datadir, kind, futures=is_futures)
        progress = SeriesProgress(self.report, len(self.pairs))
        failed = await TradeDownload(self.market, files, self.wish, progress).run(list(self.pairs))
        for pair in () if self.market.keeps_candles else self.pairs:
            if pair not in failed:
                await asyncio.to_thread(self._make_candles, files, pair)
        return failed

    @property
    def _candle_files(self) -> CandleFiles:
        return CandleFiles(self.loaded.datadir, self.loaded.settings.dataformat_ohlcv)

    def _make_candles(self, files: TradeFiles, pair: str) -> None:
        stored = files.load(pair)
        for frame in self.frames if len(stored) else ():
            key = CandleKey(pair, frame, "futures" if files.futures else "spot")
            done = make_candles(stored, self._candle_files, key, TimeRange(), erase=self.wish.erase)
            log.info("%s: %s", key, done)


def _wish(asked: Arguments) -> Wish:
    timerange, days = TimeRange.parse(asked.get("timerange")), asked.get("days")
    if days is not None and days < 1:
        raise ConfigurationError(f"days: expected at least 1, found {days}")
    if days and not asked.get("timerange"):
        today = int(time.time() * 1000) // DAY_MS * DAY_MS
        timerange = TimeRange(today - days * DAY_MS)
    return Wish(timerange, erase=asked["erase"], prepend=asked["prepend_data"])


def _checked_timeframes(named: Sequence[str]) -> list[str]:
    chosen = list(dict.fromkeys(named))
    for one in chosen:
        try:
            timeframes.seconds(one)
        except ValueError as error:
            raise ConfigurationError(f"timeframes: {error}") from error
    return chosen
