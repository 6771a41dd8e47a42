"""Prepare one strategy again and again, with other parameters: candles and indicators are made only once.

What all of them share is read alone: forked processes do not copy it.
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from appliance.research.backtest.analysis.analyse import check_analysed
from appliance.research.backtest.analysis.pair import AnalysedPair, PairAnalysis, failing_quietly
from appliance.research.backtest.candles import frame_of
from appliance.research.backtest.series import PairSeries
from appliance.research.backtest.setup import Begun, Preparation, Shared, nothing_traded
from appliance.strategy.analysis import with_indicators, with_signals
from appliance.strategy.loading.resolve import resolved
from appliance.strategy.ports import plugged_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pandas import DataFrame

    from appliance.research.backtest.progress import Progress
    from appliance.research.data.layout import CandleKey


@dataclass(frozen=True, kw_only=True, eq=False)
class Repeated:
    """Hold what stays the same, and make the rest anew.

    `base` is a preparation without signals; `frames` are those of all pairs, with indicators, startup candles
    included. `reads` are the series that the indicators were made of.
    """

    base: Preparation
    frames: "Mapping[str, DataFrame]"
    begun: Begun
    keeps_frames: bool
    reads: "frozenset[CandleKey]"

    def prepared(self, *, indicators: bool = False) -> Preparation:
        """Return a preparation with the parameters as they are now; `indicators`: make these anew, too.

        Raises StrategyError for what the strategy raises.
        """
        base, analysis = self.base, self.begun.analysis
        base.data.moment_ms = None  # the analysis sees all candles, whatever was walked before
        analysis.locks.forget()
        nothing_traded(self.begun.candidate)
        made: dict[str, DataFrame] = {}
        series = {}
        with failing_quietly(analysis.strategy), plugged_in(self.begun.ports):
            if indicators:
                made = {pair: self._indicators(pair) for pair in base.series}
                analysis.locks.forget()
            for pair, before in base.series.items():
                frame = made.pop(pair) if indicators else self.frames[pair].copy(deep=False)
                series[pair] = self._with_signals(pair, frame, before)
        if self.keeps_frames:
            base.data.analyzed_frame = lambda pair: _loaded(series[pair])
        return replace(base, series=series, resolved=resolved(analysis.strategy), locks=analysis.locks.all)

    def _indicators(self, pair: str) -> "DataFrame":
        analysis = self.begun.analysis
        return with_indicators(analysis.strategy, frame_of(analysis.source.candles(pair)), pair)

    def _with_signals(self, pair: str, frame: "DataFrame", before: PairSeries) -> PairSeries:
        analysis = self.begun.analysis
        frame = with_signals(analysis.strategy, frame, pair)
        series = analysis.series(pair, frame)
        rows = before.rows if series.rows.equals(before.rows) else series.rows
        load = partial(_itself, frame) if self.keeps_frames else before.frame
        return replace(series, rows=rows, detail=before.detail, frame=load)


def repeated(shared: Shared, begun: Begun, progress: "Progress") -> Repeated:
    """Make candles and indicators once, by the parameters as they are. Raises StrategyError, DataError.

    Frames are kept in the folder of the analysis, if it has one: the system drops them as it needs memory.
    """
    analysis, pairs = begun.analysis, shared.facts.whitelist
    progress.begin(f"Analysing with {type(analysis.strategy).__name__}", len(pairs))
    frames: dict[str, DataFrame] = {}
    found: list[AnalysedPair] = []
    storing = replace(analysis, kept=frozenset(("indicators",)))
    with failing_quietly(analysis.strategy), plugged_in(begun.ports):
        for done, pair in enumerate(pairs, start=1):
            candles, reads = analysis.begun(pair)
            if len(candles):
                frames[pair] = _stored(analysis, pair, storing.indicators(pair, candles, reads))
                found.append(analysis.described(pair, candles, frames[pair], reads))
            progress.advance(done)
    name = type(analysis.strategy).__name__
    base = shared.prepared(begun, check_analysed(name, analysis, found, pairs))
    return Repeated(
        base=base,
        frames=frames,
        begun=begun,
        keeps_frames=begun.sources.mention("get_analyzed_dataframe"),
        reads=frozenset(key for one in found for key in one.reads.candles),
    )


def _stored(analysis: PairAnalysis, pair: str, frame: "DataFrame") -> "DataFrame":
    """Return the frame as a view of its file, if it was stored."""
    stored = analysis.folder.get("indicators", pair) if analysis.folder is not None else None
    return frame if stored is None else stored


def _loaded(series: PairSeries) -> "DataFrame | None":
    return series.frame() if series.frame is not None else None


def _itself(frame: "DataFrame") -> "DataFrame":
    return frame
