"""Load the candles of all pairs of a backtest, and derive what does not depend on the strategy."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from appliance.domain import timeframe as timeframes
from appliance.domain.enums import TradingMode
from appliance.domain.errors import ConfigurationError, DataError
from appliance.research.backtest.candles import FundingRows, funding_rows, load, rows_of, usable_range
from appliance.research.backtest.options import BacktestOptions
from appliance.research.backtest.progress import SILENT, Progress
from appliance.research.backtest.series import Rows
from appliance.research.backtest.ticks import Ticks, ticks_of
from appliance.research.data.layout import CandleKey, CandleType
from appliance.research.timerange import TimeRange
from appliance.strategy.data_provider import FUNDING_RATE_TIMEFRAME

if TYPE_CHECKING:
    from appliance.research.data.candles import CandleFiles, Candles

log = logging.getLogger(__name__)

MARK_TIMEFRAME = "1h"


@dataclass(frozen=True, kw_only=True, eq=False)
class Loaded:
    """Hold candles by pair, startup candles included, and the range that is tested."""

    candles: "dict[str, Candles]"
    ticks: dict[str, Ticks]
    detail: dict[str, Rows]
    funding: dict[str, FundingRows]
    timerange: TimeRange


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

    def load(self, pairs: Sequence[str], progress: Progress = SILENT) -> Loaded:
        """Load all pairs. Raises DataError for damaged files, and where no pair has candles."""
        candles: dict[str, Candles] = {}
        progress.begin("Loading candles", len(pairs))
        for done, pair in enumerate(pairs):
            progress.advance(done)
            key = CandleKey(pair, self.timeframe, self.candle_type)
            loaded = load(self.files, key, self.timerange, self.startup)
            if len(loaded):
                candles[pair] = loaded
            else:
                log.warning("%s: no candles in this range; the pair is left out", key)
        if not candles:
            raise DataError(
                f"{self.files.folder} has no candles of {', '.join(pairs[:5])} ({self.timeframe}, "
                f"{self.files.kind}) in this range: download some with `download-data`"
            )
        first = int(min(table[0, 0] for table in candles.values()))
        timerange = usable_range(self.timerange, self.startup, self.timeframe, first)
        if timerange != self.timerange and self.startup:
            log.warning(
                "The first candle is of %s: the test begins %d candles later, since the strategy needs these",
                f"{timeframes.to_date(first):%Y-%m-%d %H:%M}",
                self.startup,
            )
        return Loaded(
            candles=candles,
            ticks={pair: ticks_of(table) for pair, table in candles.items()},
            detail=self._detail(pairs, timerange),
            funding=self._funding(pairs, timerange),
            timerange=timerange,
        )

    def _detail(self, pairs: Sequence[str], timerange: TimeRange) -> dict[str, Rows]:
        shorter = self.options.timeframe_detail
        if not shorter:
            return {}
        if timeframes.seconds(shorter) >= timeframes.seconds(self.timeframe):
            raise ConfigurationError(
                f"--timeframe-detail: expected less than the time frame {self.timeframe}, found {shorter}"
            )
        found = {}
        for pair in pairs:
            candles = load(self.files, CandleKey(pair, shorter, self.candle_type), timerange)
            if len(candles):
                found[pair] = rows_of(candles)
            else:
                log.warning("%s %s: no candles; the pair is tested without them", pair, shorter)
        if not found:
            raise DataError(
                f"{self.files.folder} has no {shorter} candles of these pairs in this range: download some "
                f"with `download-data -t {shorter}`"
            )
        return found

    def _funding(self, pairs: Sequence[str], timerange: TimeRange) -> dict[str, FundingRows]:
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
