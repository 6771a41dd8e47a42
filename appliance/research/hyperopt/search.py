"""Search: draw values, evaluate them, tell the sampler, again and again.

`search` is the entry for other code; a search is decided by its plan alone. Epochs are drawn in batches whose
size does not depend on the number of processes, and told in their order: with one seed, every search of a
plan draws the same values, however many processes evaluate them and however often it was interrupted.
"""

import logging
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Protocol

from appliance.domain.errors import ConfigurationError
from appliance.research.backtest.analysis.frames import FrameFolder
from appliance.research.backtest.progress import SILENT, Progress
from appliance.research.hyperopt.epoch import WORST_BEST, Epoch, Lost
from appliance.research.hyperopt.evaluation import Evaluator, InThisProcess, Task
from appliance.research.hyperopt.plan import SearchPlan
from appliance.research.hyperopt.sampler import at_once, sampler_of
from appliance.research.hyperopt.spaces.space import Params
from appliance.research.hyperopt.subject import Subject, subject_of
from appliance.research.hyperopt.trials import Trials

log = logging.getLogger(__name__)


class History(Protocol):
    """Hold the epochs of an earlier run of the same search by number, and take those of this one.

    Epochs that the earlier run lost are missing.
    """

    known: Mapping[int, Epoch]

    def add(self, epoch: Epoch) -> None:
        """Take an epoch; they come in the order of their numbers."""
        ...


class NoHistory:
    """Begin anew, and leave epochs to the caller."""

    known: Mapping[int, Epoch] = {}

    def add(self, epoch: Epoch) -> None:
        """Keep nothing."""


@dataclass(kw_only=True)
class Found:
    """Hold what a search has found.

    `epochs` are in the order of their numbers, without those in `lost`, which has why they have no result.
    `best` has the lowest loss, None if none is below 100. `repeated` is how often values were drawn that were
    known already; `ending` says why the search ended early.
    """

    plan: SearchPlan
    epochs: list[Epoch] = field(default_factory=list)
    best: Epoch | None = None
    lost: dict[int, str] = field(default_factory=dict)
    repeated: int = 0
    ending: str = ""


def search(
    plan: SearchPlan,
    *,
    evaluator: Callable[[Subject], Evaluator] | None = None,
    history: History | None = None,
    folder: FrameFolder | None = None,
    progress: Progress = SILENT,
) -> Found:
    """Search, and return all epochs with their returns.

    `evaluator` makes what evaluates epochs; by default they are evaluated in this process, one by one.
    `history` knows epochs of an earlier run, and gets each new one. Frames are kept in `folder`. Raises
    ApplianceError where the strategy or the loss fails: what went to `history` before holds.
    """
    subject = subject_of(plan, folder, progress)
    with closing((evaluator or InThisProcess)(subject)) as evaluates:
        return searched(subject, evaluates, history=history, progress=progress)


def searched(
    subject: Subject, evaluator: Evaluator, *, history: History | None = None, progress: Progress = SILENT
) -> Found:
    """Search as `search` does, with a subject and an evaluator that can be used afterwards."""
    return _Run(subject.plan, subject, history or NoHistory(), progress).to_its_end(evaluator)


class _Run:
    """Hold a search while it runs."""

    def __init__(self, plan: SearchPlan, subject: Subject, history: History, progress: Progress) -> None:
        self._plan, self._history, self._progress = plan, history, progress
        self._last_known = max(history.known, default=0)
        space = subject.space
        sampler = sampler_of(space.overrides.generate_estimator(space.dimensions, plan.seed), plan.seed)
        self._batch = at_once(sampler, plan.jobs)
        self._trials = Trials(space.dimensions, sampler)
        self._found = Found(plan=plan)
        log.info("Searching %s by %s, seed %d", ", ".join(space.spaces), type(sampler).__name__, plan.seed)

    def to_its_end(self, evaluator: Evaluator) -> Found:
        """Search until all epochs are evaluated, or it ends early."""
        found, epochs, done = self._found, self._plan.options.epochs, 0
        self._progress.begin("Searching", epochs)
        try:
            while done < epochs and not found.ending:
                drawn = self._trials.ask(self._batch)
                if not drawn:
                    found.ending = f"the spaces have no more than {done} different values"
                    break
                drawn = drawn[: epochs - done]
                tasks = [(done + place, params) for place, (_, params) in enumerate(drawn, start=1)]
                self._evaluate(tasks, [trial for trial, _ in drawn], evaluator)
                done += len(drawn)
        except KeyboardInterrupt:
            found.ending = "interrupted"
        found.repeated = self._trials.repeated
        return found

    def _evaluate(self, tasks: list[Task], trials: list[int], evaluator: Evaluator) -> None:
        """Evaluate a batch, and report its epochs in the order of their numbers."""
        trial_of = {number: trial for (number, _), trial in zip(tasks, trials, strict=True)}
        waiting = {
            number: self._remembered(number, params) for number, params in tasks if self._is_known(number)
        }
        following = tasks[0][0]
        results = evaluator.run([task for task in tasks if not self._is_known(task[0])])
        while following in trial_of:
            if following not in waiting:
                number, result = next(results)
                waiting[number] = result
            elif self._report(following, waiting.pop(following), trial_of[following]):
                return
            else:
                following += 1

    def _is_known(self, number: int) -> bool:
        return number <= self._last_known

    def _remembered(self, number: int, params: Params) -> Epoch | Lost:
        epoch = self._history.known.get(number)
        if epoch is None:
            return Lost("it was lost before")
        if epoch.params != params:
            raise ConfigurationError(
                f"the search cannot be continued: epoch {number} would have other values than it had; "
                "strategy, spaces or configuration have changed"
            )
        return epoch

    def _report(self, number: int, result: Epoch | Lost, trial: int) -> bool:
        """Report an epoch; return whether the search ends with it."""
        found = self._found
        if isinstance(result, Lost):
            self._trials.tell(trial, None)
            found.lost[number] = result.reason
            if not self._is_known(number):
                log.warning("Epoch %d has no result: %s", number, result.reason)
        else:
            self._trials.tell(trial, result.loss)
            result.number = number
            result.is_best = result.loss < (found.best.loss if found.best is not None else WORST_BEST)
            if result.is_best:
                found.best = result
                self._progress.begin(f"Searching, best so far {result.loss:.5g}", self._plan.options.epochs)
            found.epochs.append(result)
            if not self._is_known(number):
                self._history.add(result)
            result.record = b""  # it has been stored
        self._progress.advance(number)
        stop, best = self._plan.options.early_stop, found.best
        if stop and number - (best.number if best is not None else 0) >= stop:
            found.ending = f"no better epoch for {stop} epochs"
        return bool(found.ending)
