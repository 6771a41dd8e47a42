"""Do the tasks of an analysis, in a worker: survey a pair, check candles of it."""

import random
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

import numpy as np

from appliance.research.backtest.series import Ints
from appliance.research.crew import in_a_fork
from appliance.research.lookahead.choice import Candidates
from appliance.research.lookahead.examination import CutResult, Whole, examined, whole_of
from appliance.research.lookahead.signals import Kind
from appliance.research.lookahead.subject import Subject

Result = TypeVar("Result")


class SurveyTask(NamedTuple):
    pair: str


class CheckTask(NamedTuple):
    """Check these rows of a pair."""

    pair: str
    rows: tuple[int, ...]


class Survey(NamedTuple):
    """State what there is to check of a pair; `seconds` is how long the strategy takes for all its candles.

    `candidates` is None if it has no candles.
    """

    candidates: Candidates | None
    seconds: float = 0.0
    unsteady: frozenset[str] = frozenset()


class Checked(NamedTuple):
    """State what came of the rows of a task, and when their candles opened (ms, UTC), by row."""

    results: tuple[CutResult, ...]
    opened_ms: dict[int, int]


class Remembers(NamedTuple):
    """Say that a run left something behind in the strategy, by which the next one is another."""


@dataclass(kw_only=True, eq=False)
class Examiner:
    """Do tasks. With `isolated`, each run has a process of its own, forked of the strategy as it started.

    Without, a strategy that remembers something ends the work; with `insists` it goes on, as `changed` tells.
    """

    subject: Subject
    isolated: bool = False
    insists: bool = False
    changed: bool = field(default=False, init=False)
    _whole: Whole | None = field(default=None, init=False)

    def __call__(self, task: SurveyTask | CheckTask) -> Survey | Checked | Remembers:
        """Do a task. Raises StrategyError, DataError."""
        before = self._state()
        result = self._survey(task.pair) if isinstance(task, SurveyTask) else self._checked(task)
        changed = self._state() != before
        self.changed = self.changed or changed
        return Remembers() if changed and not self.insists else result

    def _state(self) -> str:
        return "" if self.isolated else self.subject.state()

    def _survey(self, pair: str) -> Survey:
        self._whole, seconds = self._twice(pair)
        if self._whole is None:
            return Survey(None)
        return Survey(self._candidates(self._whole), seconds, self._whole.unsteady)

    def _twice(self, pair: str) -> tuple[Whole | None, float]:
        """Run the strategy on all candles twice, and return how long the second run takes."""
        candles = self.subject.candles(pair)
        if not len(candles):
            return None, 0.0
        again = self._alone(lambda: _with_other_random_numbers(lambda: self.subject.columns(pair, candles)))
        began = _cpu_seconds()
        whole = self._alone(lambda: whole_of(self.subject, pair, candles, again))
        return whole, _cpu_seconds() - began

    def _candidates(self, whole: Whole) -> Candidates:
        """Return the rows that can be checked: the longest candle has to have closed before.

        Until then, merging it depends on how many candles there are. The last row has none after it.
        """
        tested = self.subject.cut.of(whole.opened)
        last = min(tested.stop, len(whole) - 1) - 1
        first = max(tested.start, self.subject.longest_rows(whole.reads))
        found = {}
        for kind, flags in whole.signals.flags.items():
            rows = np.flatnonzero(flags[first : last + 1]) + first
            for tag, chosen in _by_tag(whole, kind, rows).items():
                found[f"{kind} {tag}"] = np.array(chosen, dtype=np.int64)
        return Candidates(whole.pair, first, last, found)

    def _checked(self, task: CheckTask) -> Checked:
        if self._whole is None or self._whole.pair != task.pair:
            self._whole, _ = self._twice(task.pair)
        whole = self._whole
        assert whole is not None  # only surveyed pairs are checked
        results = tuple(self._examined(whole, row) for row in task.rows)
        rows = {change.row for result in results for change in result.columns} | set(task.rows)
        return Checked(results, {row: int(whole.candles[row, 0]) for row in sorted(rows)})

    def _examined(self, whole: Whole, row: int) -> CutResult:
        return self._alone(lambda: examined(self.subject, whole, row))

    def _alone(self, call: Callable[[], Result]) -> Result:
        return in_a_fork(call) if self.isolated else call()


def _cpu_seconds() -> float:
    """Return how long this process and those forked of it have computed: waiting does not count."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _by_tag(whole: Whole, kind: Kind, rows: Ints) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row in rows.tolist():
        found.setdefault(whole.signals.tag(kind, row), []).append(row)
    return found


def _with_other_random_numbers(call: Callable[[], Result]) -> Result:
    """Call with other random numbers than come next; these are the same as without the call."""
    before, before_numpy = random.getstate(), np.random.get_state()
    random.seed()
    np.random.seed()
    try:
        return call()
    finally:
        random.setstate(before)
        np.random.set_state(before_numpy)
