"""Analyse all pairs in this process and in freqtrade's order: first the indicators of all, then signals.

Strategies that remember something from one pair to the next depend on it.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from appliance.research.backtest.analysis.pair import AnalysedPair, PairAnalysis
from appliance.research.backtest.progress import Progress

if TYPE_CHECKING:
    from pandas import DataFrame

    from appliance.research.backtest.data_port import Reads

MOST_BYTES = 512 * 1024 * 1024
"""How much memory frames may take between the two steps; more are stored on disk."""


def analysed_in_order(analysis: PairAnalysis, pairs: Sequence[str], progress: Progress) -> list[AnalysedPair]:
    """Return the pairs that have candles. Raises as `PairAnalysis` does."""
    frames: dict[str, tuple[DataFrame | None, Reads]] = {}
    held = 0
    storing = replace(analysis, kept=analysis.kept | {"indicators"})
    for done, pair in enumerate(pairs):
        progress.advance(done / 2)
        candles, reads = analysis.begun(pair)
        if not len(candles):
            continue
        full = held > MOST_BYTES and analysis.folder is not None
        frame = (storing if full else analysis).indicators(pair, candles, reads)
        frames[pair] = (None if full else frame), reads
        held += 0 if full else int(frame.memory_usage(index=False).sum())
    analysis.locks.forget()  # as freqtrade does: only those made with the signals hold later
    found = []
    for done, pair in enumerate(list(frames)):
        progress.advance((len(pairs) + done) / 2)
        waiting, reads = frames.pop(pair)
        if waiting is None and analysis.folder is not None:
            waiting = analysis.folder.get("indicators", pair)
        assert waiting is not None  # it was stored above
        found.append(analysis.with_signals(pair, analysis.source.candles(pair), waiting, reads))
    return found
