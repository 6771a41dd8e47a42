"""Analyse all pairs of a backtest, by as many processes as it pays and as the strategy allows."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from appliance.domain.errors import DataError, StrategyError
from appliance.domain.timeframe import to_date
from appliance.research.backtest.analysis.cache import SignalCache
from appliance.research.backtest.analysis.in_order import analysed_in_order
from appliance.research.backtest.analysis.pair import AnalysedPair, PairAnalysis, failing_quietly
from appliance.research.backtest.analysis.sources import Sources
from appliance.research.backtest.analysis.state import state_of
from appliance.research.backtest.analysis.workers import analysed_by_workers
from appliance.research.backtest.progress import Progress
from appliance.research.forked import can_fork, usable_cores

log = logging.getLogger(__name__)

MOST_NAMED = 10
WORTH_TELLING = 0.01
"""The part of a pair's candles that may be made up without a warning."""


@dataclass(frozen=True, kw_only=True)
class Analysed:
    """Hold the analysed pairs, and the first and last tested candle of all of them (ms, UTC)."""

    pairs: list[AnalysedPair]
    first_ms: int
    last_ms: int


def analysed(
    analysis: PairAnalysis,
    sources: Sources,
    pairs: Sequence[str],
    progress: Progress,
    cache: SignalCache | None = None,
) -> Analysed:
    """Analyse the pairs, or take them from the cache; those without candles are missing.

    Raises StrategyError for what the strategy raises, and where no candle is left to test; DataError for
    damaged files, and where no pair has candles.
    """
    name = type(analysis.strategy).__name__
    progress.begin(f"Analysing with {name}", len(pairs))
    known = {pair: cache.get(pair) for pair in pairs} if cache is not None else {}
    left = [pair for pair in pairs if known.get(pair) is None]
    with failing_quietly(analysis.strategy):
        fresh = {one.pair: one for one in _fresh(analysis, sources, left, progress, cache)}
    if cache is not None:
        cache.tidy()
    found = [one for pair in pairs if (one := known.get(pair) or fresh.get(pair)) is not None]
    return check_analysed(name, analysis, found, pairs)


def check_analysed(
    name: str, analysis: PairAnalysis, found: list[AnalysedPair], pairs: Sequence[str]
) -> Analysed:
    """Return the analysed pairs, and warn of candles that are incomplete.

    Raises DataError where no pair has candles, StrategyError where none is left to test.
    """
    if not found:
        raise DataError(analysis.source.nothing_of(pairs))
    spans = [one.span for one in found if one.span is not None]
    if not spans:
        raise StrategyError(
            f"{name}: no candle is left after its startup_candle_count of {analysis.cut.startup}: "
            "choose a longer --timerange, or download more candles"
        )
    result = Analysed(
        pairs=found, first_ms=min(first for first, _ in spans), last_ms=max(last for _, last in spans)
    )
    for line in incomplete(result, pairs):
        log.warning("%s", line)
    return result


def incomplete(found: Analysed, pairs: Sequence[str]) -> Iterator[str]:
    """Yield a line for each way in which candles are incomplete."""
    by_pair = {one.pair: one for one in found.pairs}
    absent = [pair for pair in pairs if pair not in by_pair]
    if absent:
        yield _joined("No candles in this range, the pairs are left out", absent)
    thin = [
        f"{one.pair} {share:.1%}"
        for one in found.pairs
        if (share := one.missing / (len(one.before) + len(one.series) or 1)) > WORTH_TELLING
    ]
    if thin:
        yield _joined("Candles are missing, or have no trades; they were filled with the last close", thin)
    ended = [
        f"{one.pair} {to_date(one.span[1]):%Y-%m-%d %H:%M}"
        for one in found.pairs
        if one.span is not None and one.span[1] < found.last_ms
    ]
    if ended:
        yield _joined("Candles end before those of other pairs", ended)


def _joined(text: str, named: Sequence[str]) -> str:
    more = f", and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
    return f"{text}: {', '.join(named[:MOST_NAMED])}{more}"


def _fresh(
    analysis: PairAnalysis,
    sources: Sources,
    pairs: Sequence[str],
    progress: Progress,
    cache: SignalCache | None,
) -> list[AnalysedPair]:
    """Analyse pairs; store those of a strategy that remembers nothing."""
    if not pairs:
        return []
    found = None
    if len(pairs) > 1 and can_fork():
        found = analysed_by_workers(analysis, sources, pairs, progress, min(usable_cores(), len(pairs)))
        steady = found is not None
    if found is None:
        before = state_of(analysis.strategy, sources)
        found = analysed_in_order(analysis, pairs, progress)
        steady = not analysis.locks.all and state_of(analysis.strategy, sources) == before
    if cache is not None and steady:
        for one in found:
            cache.put(one)
    return found
