"""Analyse one pair of a backtest, from its file to its signals."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from appliance.domain.errors import DataError
from appliance.research.backtest.candles import frame_of, rows_of, without_trades
from appliance.research.backtest.data_port import HistoricData, Reads
from appliance.research.backtest.loading import CandleSource
from appliance.research.backtest.series import PairSeries, Rows
from appliance.research.backtest.signals import Cut, dates_of, series_of
from appliance.research.backtest.ticks import Ticks, ticks_of
from appliance.research.backtest.walk.ledger.locks import Locks
from appliance.strategy.analysis import with_indicators, with_signals
from appliance.strategy.failures import Failure, FailureLog
from appliance.strategy.safe_call import failed

if TYPE_CHECKING:
    from pandas import DataFrame

    from appliance.research.backtest.analysis.frames import FrameFolder, Kind
    from appliance.research.data.candles import Candles
    from appliance.strategy.interface import IStrategy

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, eq=False)
class AnalysedPair:
    """Hold what the analysis made of a pair. Times in ms (UTC).

    `first_ms` is its first loaded candle, `span` the first and last of the tested ones, None if there is
    none; `series` lacks the first one, which only gives a signal, and has no detail candles yet. `before` has
    all loaded candles before those of the series. `is_as_stored`: the strategy has not changed the candles.
    `missing` is how many candles had to be made up, `reads` what the analysis has read.
    """

    series: PairSeries
    before: Rows
    is_as_stored: bool
    ticks: Ticks
    first_ms: int
    span: tuple[int, int] | None
    missing: int = 0
    reads: Reads = field(default_factory=Reads)

    @property
    def pair(self) -> str:
        return self.series.pair


@dataclass(frozen=True, kw_only=True, eq=False)
class PairAnalysis:
    """Analyse pairs with a strategy. Frames of the kinds in `kept` are stored in `folder`, if there is one.

    `locks` has what the strategy locks meanwhile.

    Methods raise StrategyError, already logged, for what the strategy raises; DataError for damaged files.
    """

    strategy: "IStrategy"
    source: CandleSource
    cut: Cut
    data: "HistoricData"
    locks: Locks
    folder: "FrameFolder | None" = None
    kept: "frozenset[Kind]" = field(default_factory=frozenset)

    def begun(self, pair: str) -> "tuple[Candles, Reads]":
        """Return the candles of a pair, and what has been read of it."""
        key = self.source.key(pair)
        reads = Reads({key: self.source.files.identity(key)})  # before it is read: it may be replaced
        return self.source.candles(pair), reads

    def analysed(self, pair: str) -> AnalysedPair | None:
        """Analyse a pair; None if it has no candles in the range."""
        candles, reads = self.begun(pair)
        if not len(candles):
            return None
        return self.with_signals(pair, candles, self.indicators(pair, candles, reads), reads)

    def indicators(self, pair: str, candles: "Candles", reads: Reads) -> "DataFrame":
        """Return a frame with indicators; what is read is added to `reads`."""
        with self.data.recorded(reads):
            frame = with_indicators(self.strategy, frame_of(candles), pair)
        self._keep("indicators", pair, frame)
        return frame

    def with_signals(self, pair: str, candles: "Candles", frame: "DataFrame", reads: Reads) -> AnalysedPair:
        """Go on from a frame with indicators, which changes meanwhile."""
        span = self._span(frame)
        with self.data.recorded(reads):
            frame = with_signals(self.strategy, frame, pair)
        self._keep("analysed", pair, frame)
        return replace(self.described(pair, candles, frame, reads), span=span)

    def described(self, pair: str, candles: "Candles", frame: "DataFrame", reads: Reads) -> AnalysedPair:
        """Return what a frame says of a pair; it need not have signals."""
        series = self.series(pair, frame)
        stored = rows_of(candles)
        begin = max(len(stored) - len(series), 0)
        return AnalysedPair(
            series=series,
            before=stored.cut(slice(0, begin)),
            is_as_stored=series.rows.equals(stored.cut(slice(begin, None))),
            ticks=ticks_of(candles),
            first_ms=int(candles[0, 0]),
            span=self._span(frame),
            missing=without_trades(candles),
            reads=reads,
        )

    def series(self, pair: str, frame: "DataFrame") -> PairSeries:
        """Return what is walked over, by a frame with signals."""
        try:
            return series_of(pair, frame, self.cut)
        except (ValueError, TypeError, KeyError) as error:  # the edge: the strategy made the frame
            raise failed(self.strategy, "populate_exit_trend", pair, error) from error

    def frame(self, kind: "Kind", pair: str) -> "DataFrame | None":
        """Return a pair's frame: the stored one, or made anew as it was made before."""
        stored = self.folder.get(kind, pair) if self.folder is not None else None
        if stored is not None:
            return stored
        candles = self.source.candles(pair)
        if not len(candles):
            return None
        with self.data.whole(), failing_quietly(self.strategy):
            frame = with_indicators(self.strategy, frame_of(candles), pair)
            return with_signals(self.strategy, frame, pair) if kind == "analysed" else frame

    def tested_indicators(self, pair: str) -> "DataFrame":
        """Return the tested part of a pair's frame with indicators. Raises DataError if there is none."""
        frame = self.frame("indicators", pair)
        if frame is None:
            raise DataError(self.source.nothing_of([pair]))
        return frame.iloc[self.cut.of(dates_of(frame))]

    def _keep(self, kind: "Kind", pair: str, frame: "DataFrame") -> None:
        if self.folder is not None and kind in self.kept:
            self.folder.put(kind, pair, frame)

    def _span(self, frame: "DataFrame") -> tuple[int, int] | None:
        dates = dates_of(frame)
        tested = dates[self.cut.of(dates)]
        return (int(tested.min()), int(tested.max())) if len(tested) else None


class _Quiet(FailureLog):
    """Log failures only with -v: those of an analysis end the backtest with their text."""

    def record(self, failure: Failure, error: BaseException) -> None:
        log.debug("%s", failure, exc_info=error)


@contextmanager
def failing_quietly(strategy: "IStrategy") -> Iterator[None]:
    """Leave it to the caller to report what the strategy raises."""
    before, strategy.failures = strategy.failures, _Quiet()
    try:
        yield
    finally:
        strategy.failures = before
