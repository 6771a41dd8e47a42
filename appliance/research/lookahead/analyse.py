"""Look whether a strategy knows later candles.

Where the signals that were asked for show nothing, more candles are checked, until all are or time is over.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from appliance.domain.errors import DataError, StrategyError
from appliance.research.crew import Crew, WorkerLost
from appliance.research.forked import can_fork, usable_cores
from appliance.research.lookahead.choice import Choice
from appliance.research.lookahead.examiner import (
    Checked,
    CheckTask,
    Examiner,
    Remembers,
    Survey,
    SurveyTask,
)
from appliance.research.lookahead.options import LookaheadOptions
from appliance.research.lookahead.result import LookaheadResult, Memory
from appliance.research.lookahead.setup import Scene, scene_of
from appliance.research.lookahead.summing import Sum

if TYPE_CHECKING:
    from appliance.research.backtest.plan import Plan
    from appliance.research.backtest.progress import Progress

log = logging.getLogger(__name__)

WITH_EACH_SIGNAL = 3
"""Candles that are checked for each with a signal: itself, one beside it, one without any."""
_ROWS_A_TASK = 16
_LEAST_SECONDS = 1e-3
"""No strategy is faster."""
Answer = Survey | Checked | Remembers


class _Remembering(Exception):
    """Signal that the strategy remembers something from run to run."""


def analyse(plan: "Plan", options: LookaheadOptions, progress: "Progress") -> LookaheadResult:
    """Examine the first strategy of a plan. Raises ApplianceError."""
    scene = scene_of(plan)
    found = examined_scene(scene, options, progress)
    total, surveys = found.sum, found.surveys
    if total.failures and not total.checked:
        raise StrategyError(f"{scene.subject.name} fails wherever later candles are cut off: {total.failure}")
    if not total.checked:
        raise DataError(
            f"{scene.subject.name}: no candle can be checked: choose a --timerange that is longer than its "
            "longest informative candle"
        )
    columns = total.columns()
    return LookaheadResult(
        filename=plan.candidates[0].source.name,
        strategy=scene.subject.name,
        has_bias=total.has_bias,
        total_signals=total.with_signal,
        biased_entry_signals=total.entries,
        biased_exit_signals=total.exits,
        biased_indicators=tuple(column.column for column in columns),
        found_signals=found.with_signal,
        checked_candles=total.checked,
        minimum_signals=options.minimum_trade_amount,
        columns=columns,
        signals=tuple(total.signals),
        unsteady=tuple(sorted(set().union(*(survey.unsteady for survey in surveys)))),
        memory=found.memory,
        failures=total.failures,
        failure=total.failure,
    )


@dataclass(frozen=True)
class Examined:
    """Hold what was found in all pairs of a scene."""

    sum: Sum
    surveys: Sequence[Survey]
    with_signal: int
    memory: Memory


def examined_scene(scene: Scene, options: LookaheadOptions, progress: "Progress") -> Examined:
    """Survey the pairs, and check candles. Raises ApplianceError."""
    subject, forks = scene.subject, can_fork()
    for isolated in (subject.starts_anew and forks, forks):
        examiner = Examiner(subject=subject, isolated=isolated)
        examiner.insists = not forks
        try:
            return _Run(scene, examiner, options, progress, usable_cores() if forks else 1).result()
        except _Remembering:
            log.info("The strategy remembers something of each run: every run gets a process of its own")
    raise DataError(f"{subject.name}: every run changes the strategy")  # isolated runs change nothing


@dataclass(frozen=True, eq=False)
class _Run:
    """Do the work with so many `workers`; by this process if it is one."""

    scene: Scene
    examiner: Examiner
    options: LookaheadOptions
    progress: "Progress"
    workers: int

    def result(self) -> Examined:
        pairs, name = self.scene.pairs, self.scene.subject.name
        self.progress.begin(f"Looking for signals of {name}", len(pairs))
        surveys = [one for one in self._done([SurveyTask(pair) for pair in pairs]) if isinstance(one, Survey)]
        candidates = [survey.candidates for survey in surveys if survey.candidates is not None]
        if not candidates:
            raise DataError(self.scene.subject.source.nothing_of(pairs))
        choice, total = Choice(candidates), Sum()
        asked = WITH_EACH_SIGNAL * self.options.targeted_trade_amount
        self._check(choice.next(asked), total)
        most = self._affordable(surveys)
        while choice.taken < most and not total.has_bias:
            further = choice.next(min(3 * choice.taken, most - choice.taken))
            if not further:
                break
            self._check(further, total)
        return Examined(total, surveys, choice.with_signal, self._memory)

    @property
    def _memory(self) -> Memory:
        if self.examiner.changed:
            return "in the way"
        return "kept apart" if self.examiner.isolated and not self.scene.subject.starts_anew else "none"

    def _check(self, rows: Mapping[str, Sequence[int]], total: Sum) -> None:
        """Check rows of each pair, and add up what comes of it."""
        tasks = [task for pair, chosen in rows.items() for task in _tasks(pair, chosen)]
        self.progress.begin(f"Checking candles of {self.scene.subject.name}", len(tasks))
        for task, checked in zip(tasks, self._done(tasks), strict=True):
            assert isinstance(checked, Checked)
            total.add(task.pair, checked)

    def _affordable(self, surveys: Sequence[Survey]) -> int:
        """Return how many runs fit into the time that there is for more than was asked for."""
        seconds = [survey.seconds for survey in surveys if survey.candidates is not None]
        return int(self.options.seconds * self.workers * len(seconds) / max(sum(seconds), _LEAST_SECONDS))

    def _done(self, tasks: Sequence[SurveyTask | CheckTask]) -> list[Answer]:
        """Return the answers, in the order of the tasks."""
        found: dict[int, Answer] = {}
        for place, answer in self._answers(tasks):
            if isinstance(answer, Remembers):
                raise _Remembering
            found[place] = answer
            self.progress.advance(len(found))
        return [found[place] for place in range(len(tasks))]

    def _answers(self, tasks: Sequence[SurveyTask | CheckTask]) -> Iterator[tuple[int, Answer]]:
        if self.examiner.insists:
            yield from enumerate(map(self.examiner, tasks))
            return
        crew: Crew[SurveyTask | CheckTask, Answer] = Crew(self.examiner, min(self.workers, len(tasks) or 1))
        try:
            yield from crew.results(tasks)
        except WorkerLost:
            raise DataError(
                f"{self.scene.subject.name}: a process of the analysis ended before its time; if there is "
                "too little memory, analyse fewer pairs (-p), or a shorter --timerange"
            ) from None
        finally:
            crew.dismiss()


def _tasks(pair: str, rows: Sequence[int]) -> Iterator[CheckTask]:
    for begin in range(0, len(rows), _ROWS_A_TASK):
        yield CheckTask(pair, tuple(rows[begin : begin + _ROWS_A_TASK]))
