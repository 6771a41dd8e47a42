"""Analyse the pairs of a backtest: candles become indicators, and these become signals."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from appliance.domain.errors import StrategyError
from appliance.research.backtest.candles import frame_of
from appliance.research.backtest.series import PairSeries, Rows
from appliance.research.backtest.signals import Cut, dates_of, series_of
from appliance.strategy.safe_call import failed

if TYPE_CHECKING:
    from pandas import DataFrame

    from appliance.research.data.candles import Candles
    from appliance.strategy.interface import IStrategy


@dataclass(frozen=True, kw_only=True)
class Analysed:
    """Hold the series of the pairs, and the first and last tested candle of all of them (ms, UTC)."""

    series: dict[str, PairSeries]
    first_ms: int
    last_ms: int


def analysed(
    strategy: "IStrategy",
    candles: "Iterable[tuple[str, Candles]]",
    cut: Cut,
    *,
    detail: Callable[[str], Rows | None] = lambda pair: None,
    done: Callable[[str], None] = lambda pair: None,
) -> Analysed:
    """Analyse pair after pair: first the indicators of all, then their signals.

    `done` is called after each step of a pair. Raises StrategyError, already logged, for what the strategy
    raises, and where no pair has candles left.
    """
    from appliance.strategy.analysis import with_indicators, with_signals  # late: it loads pandas

    frames: dict[str, DataFrame] = {}
    for pair, loaded in candles:
        frames[pair] = with_indicators(strategy, frame_of(loaded), pair)
        done(pair)
    spans = [span for frame in frames.values() if (span := _span(frame, cut))]
    if not spans:
        raise StrategyError(
            f"{type(strategy).__name__}: no candle is left after its startup_candle_count of {cut.startup}: "
            "choose a longer --timerange, or download more candles"
        )
    series = {}
    for pair in frames:
        frame = frames[pair] = with_signals(strategy, frames[pair], pair)
        series[pair] = _read(strategy, pair, frame, cut, detail(pair))
        done(pair)
    return Analysed(series=series, first_ms=min(s for s, _ in spans), last_ms=max(e for _, e in spans))


def _span(frame: "DataFrame", cut: Cut) -> tuple[int, int] | None:
    dates = dates_of(frame)
    tested = dates[cut.of(dates)]
    return (int(tested.min()), int(tested.max())) if len(tested) else None


def _read(strategy: "IStrategy", pair: str, frame: "DataFrame", cut: Cut, detail: Rows | None) -> PairSeries:
    try:
        return series_of(pair, frame, cut, detail=detail, load=lambda: frame)
    except (ValueError, TypeError, KeyError) as error:  # the edge: a frame is what the strategy made of it
        raise failed(strategy, "populate_exit_trend", pair, error) from error
