"""Spread runs of a strategy over forked workers; each alone, where one changes the next."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from appliance.domain.errors import DataError
from appliance.research.crew import Crew, WorkerLost, in_a_fork
from appliance.research.forked import can_fork, usable_cores

if TYPE_CHECKING:
    from appliance.research.backtest.progress import Progress
    from appliance.research.lookahead.subject import Subject

Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass(frozen=True, eq=False)
class Runs:
    """Run what a strategy is asked. `forks`: in other processes, `isolated`: each in one of its own."""

    subject: "Subject"
    progress: "Progress"
    forks: bool
    isolated: bool

    @classmethod
    def of(cls, subject: "Subject", pair: str, progress: "Progress") -> "Runs":
        """Find out whether the strategy remembers something of a run. Raises StrategyError, DataError."""
        forks = can_fork()
        return cls(subject, progress, forks, forks and in_a_fork(partial(_changes, subject, pair)))

    def alone(self, work: Callable[[], Result]) -> Result:
        """Return the result of one run. Raises ApplianceError."""
        return in_a_fork(work) if self.isolated else work()

    def spread(self, work: Callable[[Task], Result], tasks: Sequence[Task]) -> list[Result]:
        """Return the results of all tasks, in their order. Raises ApplianceError."""
        found: dict[int, Result] = {}
        for place, result in self._results(work, tasks):
            found[place] = result
            self.progress.advance(len(found))
        return [found[place] for place in range(len(tasks))]

    def _results(self, work: Callable[[Task], Result], tasks: Sequence[Task]) -> Iterator[tuple[int, Result]]:
        if not self.forks:
            yield from enumerate(map(work, tasks))
            return
        crew: Crew[Task, Result] = Crew(partial(self._by_worker, work), min(usable_cores(), len(tasks) or 1))
        try:
            yield from crew.results(tasks)
        except WorkerLost:
            raise DataError(
                f"{self.subject.name}: a process of the analysis ended before its time; if there is too "
                "little memory, choose a shorter --timerange"
            ) from None
        finally:
            crew.dismiss()

    def _by_worker(self, work: Callable[[Task], Result], task: Task) -> Result:
        return self.alone(partial(work, task))


def _changes(subject: "Subject", pair: str) -> bool:
    """Return whether a run over a pair changes the strategy."""
    before = subject.state()
    subject.columns(pair, subject.candles(pair))
    return subject.state() != before
