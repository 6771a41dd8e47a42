"""Examine a search that has just ended, while its candles are still at hand."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from appliance.research.backtest.progress import SILENT, Progress
from appliance.research.credibility.examine import Examination, Histories, examined
from appliance.research.credibility.other_candles import OtherCandles
from appliance.research.credibility.record import SearchRecord
from appliance.research.credibility.surroundings import explored
from appliance.research.crew import Crew, WorkerLost
from appliance.research.forked import can_fork
from appliance.research.hyperopt.epoch import Epoch
from appliance.research.overfitting.neighbourhood import Neighbourhood
from appliance.research.timerange import TimeRange

if TYPE_CHECKING:
    from appliance.research.hyperopt.evaluation import Evaluator
    from appliance.research.hyperopt.search import Found
    from appliance.research.hyperopt.subject import Subject

log = logging.getLogger(__name__)

HISTORIES = 10


@dataclass(frozen=True, kw_only=True)
class Effort:
    """State what the report is made of beside the trials.

    `histories` is how many times other candles are tested, `neighbourhood` whether the parameters beside
    the best are. `earlier_trials` were made on these candles before.
    """

    histories: int = HISTORIES
    neighbourhood: bool = True
    earlier_trials: int = 0


def examination_of(
    found: "Found",
    subject: "Subject",
    evaluator: "Evaluator",
    *,
    effort: Effort = Effort(),
    progress: Progress = SILENT,
) -> Examination | None:
    """Examine a search with its best epoch; None if it found none. Raises ApplianceError."""
    best = found.best
    if best is None:
        return None
    record = record_of(found, subject, best, effort.earlier_trials)
    neighbourhood = (
        _neighbourhood(record, subject, evaluator, best, progress) if effort.neighbourhood else None
    )
    histories = other_histories(subject, best, effort.histories, progress) if effort.histories else None
    progress.begin("Examining the search", 0)
    return examined(record, neighbourhood, histories)


def record_of(found: "Found", subject: "Subject", best: Epoch, earlier_trials: int = 0) -> SearchRecord:
    """Return what the search leaves behind. The best epoch is backtested again, for its trades."""
    plan = found.plan
    settings = plan.candidate.loaded.settings
    return SearchRecord(
        loss=plan.options.hyperopt_loss or "",
        grid=subject.grid,
        returns=np.stack([epoch.returns for epoch in found.epochs]),
        losses=np.array([epoch.loss for epoch in found.epochs]),
        best=next(place for place, epoch in enumerate(found.epochs) if epoch.number == best.number),
        parameters={name: _plain(value) for name, value in best.params.items()},
        outcome=subject.backtested(best.params),
        currency=settings.stake_currency,
        timeframe=plan.backtest.timeframe,
        compounding=settings.stake_amount == "unlimited",
        earlier_trials=earlier_trials,
        seed=plan.seed,
    )


def _plain(value: Any) -> Any:
    """Round the noise of binary fractions away."""
    return round(value, 12) if isinstance(value, float) else value


def other_histories(subject: "Subject", best: Epoch, count: int, progress: Progress = SILENT) -> Histories:
    """Backtest the best parameters on made-up candles, `count` times; the seeds are 1, 2, 3, ...

    Raises ApplianceError where the strategy fails on one of them.
    """
    progress.begin("Testing other histories", count)
    base = subject.repeated.base
    tested = TimeRange(base.first_ms, base.last_ms)

    def profit(seed: int) -> float:
        outcome = subject.on(OtherCandles(subject.shared.source.files, tested, seed)).backtested(best.params)
        return outcome.final_balance / outcome.starting_balance - 1

    found = dict(_computed(profit, range(1, count + 1), subject.plan.jobs, progress))
    return Histories(np.array([found[seed] for seed in sorted(found)]))


def _computed(
    profit: Callable[[int], float], seeds: Sequence[int], jobs: int, progress: Progress
) -> Iterator[tuple[int, float]]:
    """Yield the profit for each seed, in forks where there may be some; without those whose process died."""
    workers = min(jobs, len(seeds))
    if workers < 2 or not can_fork():
        for done, seed in enumerate(seeds, start=1):
            yield seed, profit(seed)
            progress.advance(done)
        return
    crew = Crew(profit, workers)
    done = 0
    try:
        for done, (place, made) in enumerate(crew.results(seeds), start=1):
            yield seeds[place], made
            progress.advance(done)
    except WorkerLost:
        log.warning("Only %d of %d made-up histories were tested: a process died", done, len(seeds))
    finally:
        crew.dismiss()


def _neighbourhood(
    record: SearchRecord, subject: "Subject", evaluator: "Evaluator", best: Epoch, progress: Progress
) -> Neighbourhood:
    progress.begin("Exploring the neighbourhood of the best parameters", 0)

    def losses_of(tried: Sequence[dict[str, Any]]) -> list[float]:
        return list(_losses(evaluator.run(enumerate(tried)), len(tried)))

    return explored(losses_of, subject.space.dimensions, best.params, best.loss, record.losses)


def _losses(results: Iterable[tuple[int, Any]], count: int) -> Iterator[float]:
    """Yield losses in order; infinite where an epoch was lost."""
    found = {number: result.loss if isinstance(result, Epoch) else np.inf for number, result in results}
    yield from (found.get(number, np.inf) for number in range(count))
