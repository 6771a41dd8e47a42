"""Load the candles of the pairs of a backtest, and the funding of futures."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from appliance.domain import timeframe as timeframes
from appliance.domain.enums import TradingMode
from appliance.domain.errors import DataError
from appliance.research.backtest.candles import FundingRows, funding_rows, load, rows_of, usable_range
from appliance.research.backtest.options import BacktestOptions
from appliance.research.backtest.series import Rows
from appliance.research.data.candles import cut
from appliance.research.data.layout import CandleKey, CandleType
from appliance.research.timerange import TimeRange
from appliance.strategy.data_provider import FUNDING_RATE_TIMEFRAME

if TYPE_CHECKING:
    from appliance.research.data.candles import CandleFiles, Candles

log = logging.getLogger(__name__)

MARK_TIMEFRAME = "1h"


@dataclass(frozen=True, kw_only=True)
class CandleSource:
    """State where candles are, and which are tested."""

    files: "CandleFiles"
    mode: TradingMode
    timeframe: str
    timerange: TimeRange
    startup: int
    options: BacktestOptions

    @property
    def candle_type(self) -> CandleType:
        return "futures" if self.mode is TradingMode.FUTURES else "spot"

    def key(self, pair: str, timeframe: str | None = None) -> CandleKey:
        """Name the candles that a pair is tested on, or those of another time frame."""
        return CandleKey(pair, timeframe or self.timeframe, self.candle_type)

    def keys(self, pair: str) -> Iterator[CandleKey]:
        """Name all that is read of a pair."""
        yield self.key(pair)
        if self.options.timeframe_detail:
            yield self.key(pair, self.options.timeframe_detail)
        if self.mode is TradingMode.FUTURES:
            yield CandleKey(pair, FUNDING_RATE_TIMEFRAME, "funding_rate")
            yield CandleKey(pair, MARK_TIMEFRAME, "mark")

    def candles(self, pair: str) -> "Candles":
        """Load the candles of a pair, startup candles included. Raises DataError for a damaged file."""
        return load(self.files, self.key(pair), self.timerange, self.startup)

    def rows(self, pair: str, first_ms: int) -> Rows:
        """Load the candles of a pair from a time on (ms, UTC)."""
        return rows_of(cut(self.candles(pair), TimeRange(first_ms)))

    def usable(self, first_ms: int) -> TimeRange:
        """Return the range that is tested, if the first candle of all pairs is that of `first_ms`."""
        timerange = usable_range(self.timerange, self.startup, self.timeframe, first_ms)
        if timerange != self.timerange and self.startup:
            log.warning(
                "The first candle is of %s: the test begins %d candles later, since the strategy needs these",
                f"{timeframes.to_date(first_ms):%Y-%m-%d %H:%M}",
                self.startup,
            )
        return timerange

    def nothing_of(self, pairs: Sequence[str]) -> str:
        """Return what to tell where none of these pairs has candles."""
        spans = (self.files.span(self.key(pair)) for pair in pairs)
        span = next((one for one in spans if one is not None), None)
        stored = ""
        if span is not None:
            first, last = (timeframes.to_date(at) for at in (span.first_ms, span.last_ms))
            stored = f" (those stored are of {first:%Y-%m-%d} to {last:%Y-%m-%d})"
        return (
            f"{self.files.folder} has no candles of {', '.join(pairs[:5])} ({self.timeframe}, "
            f"{self.files.kind}) in this range{stored}: download some with `download-data`"
        )

    def detail(self, pairs: Sequence[str], timerange: TimeRange) -> dict[str, Rows]:
        """Load the candles of the detail time frame; empty where there is none. Raises DataError."""
        shorter = self.options.timeframe_detail
        if not shorter:
            return {}
        found = {}
        for pair in pairs:
            candles = load(self.files, self.key(pair, shorter), timerange)
            if len(candles):
                found[pair] = rows_of(candles, volume=self.options.realism.volume_cap is not None)
            else:
                log.warning("%s %s: no candles; the pair is tested without them", pair, shorter)
        if not found:
            raise DataError(self.nothing_of_detail())
        return found

    def has_detail(self, pair: str) -> bool:
        """Return whether a pair has candles of the detail time frame in the range."""
        key = self.key(pair, self.options.timeframe_detail or "")
        return bool(len(load(self.files, key, self.timerange)))

    def nothing_of_detail(self) -> str:
        """Return what to say where no pair has candles of the detail time frame."""
        shorter = self.options.timeframe_detail
        return (
            f"{self.files.folder} has no {shorter} candles of these pairs in this range: download some "
            f"with `download-data -t {shorter}`"
        )

    def funding(self, pairs: Sequence[str], timerange: TimeRange) -> dict[str, FundingRows]:
        """Load what positions pay and receive; empty on spot markets. Raises DataError."""
        if self.mode is not TradingMode.FUTURES:
            return {}
        found = {}
        for pair in pairs:
            rates = load(self.files, CandleKey(pair, FUNDING_RATE_TIMEFRAME, "funding_rate"), timerange)
            mark = load(self.files, CandleKey(pair, MARK_TIMEFRAME, "mark"), timerange)
            found[pair] = funding_rows(rates, mark, self.options.futures_funding_rate)
            if not len(found[pair]):
                log.warning("%s: no funding rates and mark candles; its trades pay no funding", pair)
        if not any(map(len, found.values())):
            raise DataError(
                f"{self.files.folder} has no funding rates and mark candles of these pairs in this range: "
                "download them with `download-data --trading-mode futures`"
            )
        return found
