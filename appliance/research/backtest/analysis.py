"""Analyse the pairs of a backtest: candles become indicators, and these become signals."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from appliance.domain.errors import StrategyError
from appliance.research.backtest.candles import frame_of
from appliance.research.backtest.progress import SILENT, Progress
from appliance.research.backtest.series import PairSeries, Rows
from appliance.research.backtest.signals import Cut, dates_of, series_of
from appliance.strategy.failures import Failure, FailureLog
from appliance.strategy.safe_call import failed

if TYPE_CHECKING:
    from pandas import DataFrame

    from appliance.research.data.candles import Candles
    from appliance.strategy.interface import IStrategy


log = logging.getLogger(__name__)

NO_DETAIL: Mapping[str, Rows] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Analysed:
    """Hold the series of the pairs, and the first and last tested candle of all of them (ms, UTC)."""

    series: dict[str, PairSeries]
    first_ms: int
    last_ms: int


def analysed(
    strategy: "IStrategy",
    candles: "Mapping[str, Candles]",
    cut: Cut,
    *,
    detail: Mapping[str, Rows] = NO_DETAIL,
    progress: Progress = SILENT,
) -> Analysed:
    """Analyse pair after pair: first the indicators of all, then their signals.

    Raises StrategyError, already logged, for what the strategy raises, and where no pair has candles left.
    """
    from appliance.strategy.analysis import with_indicators, with_signals  # late: it loads pandas

    progress.begin(f"Analysing with {type(strategy).__name__}", 2 * len(candles))
    frames: dict[str, DataFrame] = {}
    for pair, table in candles.items():
        frames[pair] = with_indicators(strategy, frame_of(table), pair)
        progress.advance(len(frames))
    spans = [span for frame in frames.values() if (span := _span(frame, cut))]
    if not spans:
        raise StrategyError(
            f"{type(strategy).__name__}: no candle is left after its startup_candle_count of {cut.startup}: "
            "choose a longer --timerange, or download more candles"
        )
    series: dict[str, PairSeries] = {}
    for pair in frames:
        frame = frames[pair] = with_signals(strategy, frames[pair], pair)
        series[pair] = _read(strategy, pair, frame, cut, detail.get(pair))
        progress.advance(len(frames) + len(series))
    return Analysed(series=series, first_ms=min(s for s, _ in spans), last_ms=max(e for _, e in spans))


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


def _span(frame: "DataFrame", cut: Cut) -> tuple[int, int] | None:
    dates = dates_of(frame)
    tested = dates[cut.of(dates)]
    return (int(tested.min()), int(tested.max())) if len(tested) else None


def _read(strategy: "IStrategy", pair: str, frame: "DataFrame", cut: Cut, detail: Rows | None) -> PairSeries:
    try:
        return series_of(pair, frame, cut, detail=detail, load=lambda: frame)
    except (ValueError, TypeError, KeyError) as error:  # the edge: a frame is what the strategy made of it
        raise failed(strategy, "populate_exit_trend", pair, error) from error
