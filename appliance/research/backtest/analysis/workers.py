"""Analyse pairs in processes forked of this one, one for each core; only arrays come back.

A fork has the strategy as it was loaded. Where the analysis of a pair leaves something behind in it, the next
pair would see less than in freqtrade: then the workers give up, and nothing of theirs is used.
"""

import logging
from collections.abc import Sequence
from enum import Enum
from functools import partial
from typing import NamedTuple

from appliance.domain.errors import DataError
from appliance.research.backtest.analysis.pair import AnalysedPair, PairAnalysis
from appliance.research.backtest.analysis.sources import Sources
from appliance.research.backtest.analysis.state import state_of
from appliance.research.backtest.progress import Progress
from appliance.research.crew import Crew, WorkerLost

log = logging.getLogger(__name__)


class _Changed(Enum):
    """Say that the strategy remembers something of the pair."""

    CHANGED = 0


def analysed_by_workers(
    analysis: PairAnalysis, sources: Sources, pairs: Sequence[str], progress: Progress, workers: int
) -> list[AnalysedPair] | None:
    """Return the pairs that have candles; None if the strategy is to be run in this process.

    Raises as `PairAnalysis` does.
    """
    orders = _Orders(analysis, sources, state_of(analysis.strategy, sources))
    crew = Crew(partial(_answer, orders), workers)
    found: dict[int, AnalysedPair | None] = {}
    try:
        for place, result in crew.results(pairs):
            if isinstance(result, _Changed):
                log.info("The strategy remembers something of each pair: one process, all in order")
                return None
            found[place] = result
            progress.advance(len(found))
    except WorkerLost:
        log.info("A process of the analysis ended before its time: going on in one")
        return None
    finally:
        crew.dismiss()
    return [result for _, result in sorted(found.items()) if result is not None]


class _Orders(NamedTuple):
    """State what a worker does, and what the strategy is like before it."""

    analysis: PairAnalysis
    sources: Sources
    state: str


def _answer(orders: _Orders, pair: str) -> AnalysedPair | _Changed | None:
    try:
        result = orders.analysis.analysed(pair)
    except MemoryError:
        raise DataError(
            f"{pair}: not enough memory for the analysis: test fewer pairs, or a shorter range"
        ) from None
    if orders.analysis.locks.all or state_of(orders.analysis.strategy, orders.sources) != orders.state:
        return _Changed.CHANGED
    return result
