"""Evaluate epochs in processes forked of this one: candles and frames are shared, only results come back.

A worker evaluates one epoch after the other as long as that leaves nothing behind in the strategy. Where it
does, each epoch gets a process of its own: every epoch starts from the same state, and the number of
processes changes no result. A worker that dies costs its epoch, and another one takes its place.
"""

import gc
import logging
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from multiprocessing import connection
from typing import TYPE_CHECKING, NamedTuple, cast

from appliance.domain.errors import ApplianceError, StrategyError
from appliance.research.hyperopt.epoch import Epoch, Lost
from appliance.research.hyperopt.evaluation import StateWatch, Task, attempt

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkProcess

    from appliance.research.hyperopt.subject import Subject

log = logging.getLogger(__name__)

MOST_LOST_IN_A_ROW = 5
"""Workers that may die one after the other before the search gives up."""


class Logged(NamedTuple):
    """Hold a log line of a worker."""

    name: str
    level: int
    text: str


class Answer(NamedTuple):
    """Hold the result of an epoch, and whether it left something behind."""

    result: Epoch | Lost | ApplianceError
    has_changed: bool
    logged: list[Logged]


class Workers:
    """Hold up to `jobs` workers. `each_fresh`: every epoch has a process of its own."""

    def __init__(self, subject: "Subject", jobs: int) -> None:
        self._subject, self._jobs = subject, jobs
        self._idle: list[_Worker] = []
        self._busy: dict[Connection, tuple[_Worker, int]] = {}
        self._lost_in_a_row = 0
        self.each_fresh = False
        gc.freeze()  # what is there now stays; searching it would copy it into each worker

    def run(self, tasks: Iterable[Task]) -> Iterator[tuple[int, Epoch | Lost]]:
        """Yield the result of each task as it comes. Raises ApplianceError where an epoch fails."""
        waiting = deque(tasks)
        try:
            while waiting or self._busy:
                while waiting and len(self._busy) < self._jobs:
                    self._hand_out(waiting.popleft())
                for ready in connection.wait(list(self._busy)):
                    yield self._taken(cast("Connection", ready))
        finally:
            self._dismiss(worker for worker, _ in self._busy.values())
            self._busy.clear()

    def close(self) -> None:
        """End all workers."""
        self._dismiss(self._idle)
        self._idle.clear()

    def _hand_out(self, task: Task) -> None:
        worker = self._idle.pop() if self._idle else _Worker(self._subject, self._open_ends())
        try:
            worker.ours.send(task)
        except OSError:  # it died while it was idle
            worker.dismiss()
            worker = _Worker(self._subject, self._open_ends())
            worker.ours.send(task)
        self._busy[worker.ours] = (worker, task[0])

    def _taken(self, ready: "Connection") -> tuple[int, Epoch | Lost]:
        worker, number = self._busy.pop(ready)
        try:
            answer: Answer = ready.recv()
        except (EOFError, OSError):
            return number, self._lost(worker, number)
        self._lost_in_a_row = 0
        for name, level, text in answer.logged:
            logging.getLogger(name).log(level, "Epoch %d: %s", number, text)
        if answer.has_changed and not self.each_fresh:
            log.info("The strategy remembers something of each epoch: each has a process of its own")
            self.each_fresh = True
        if self.each_fresh or answer.has_changed:
            worker.dismiss()
        else:
            self._idle.append(worker)
        if isinstance(answer.result, ApplianceError):
            raise answer.result
        return number, answer.result

    def _lost(self, worker: "_Worker", number: int) -> Lost:
        worker.process.join()
        self._lost_in_a_row += 1
        reason = f"its process {_ending(worker.process.exitcode or 0)}"
        if self._lost_in_a_row >= MOST_LOST_IN_A_ROW:
            raise StrategyError(
                f"epoch {number}: {reason}, the {MOST_LOST_IN_A_ROW}th in a row: use fewer processes (-j), "
                "fewer pairs (-p) or a shorter --timerange if memory is short"
            )
        return Lost(reason)

    def _open_ends(self) -> "list[Connection]":
        return [*self._busy, *(worker.ours for worker in self._idle)]

    def _dismiss(self, workers: "Iterable[_Worker]") -> None:
        ended = list(workers)
        for worker in ended:
            worker.process.kill()  # nothing of it is to be saved
        for worker in ended:
            worker.dismiss()


class _Worker:
    """Hold a forked process and our end of the connection with it."""

    def __init__(self, subject: "Subject", others: "list[Connection]") -> None:
        context = multiprocessing.get_context("fork")
        self.ours, theirs = context.Pipe()
        self.process: ForkProcess = context.Process(
            target=_work, args=(subject, theirs, [*others, self.ours]), daemon=True
        )
        self.process.start()
        theirs.close()

    def dismiss(self) -> None:
        self.ours.close()
        self.process.join(timeout=1)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self.process.close()


def _work(subject: "Subject", parent: "Connection", others: "list[Connection]") -> None:
    """Evaluate what the parent hands out, until it hangs up. Runs in the worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all; the parent ends its workers
    for other in others:
        other.close()
    # Progress bars of the parent stand between these and the terminal.
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    collected = _Collected()
    logging.root.handlers[:] = [collected]
    watch = StateWatch(subject)
    try:
        while True:
            number, params = parent.recv()
            watch.begin(params)
            result = _result(subject, number, params)
            parent.send(Answer(result, watch.has_changed(), collected.taken()))
            del result
            _give_back()
    except (EOFError, OSError):
        pass
    finally:
        with suppress(OSError, ValueError, AttributeError):
            sys.__stdout__.flush()  # type: ignore[union-attr]
        os._exit(0)  # nothing of the parent is to be closed here


def _give_back() -> None:
    """Return the memory of an epoch to the system, so that the next one does not add to it."""
    gc.collect()  # quick: what was there before the fork is not searched
    with suppress(OSError, AttributeError, TypeError):  # only glibc has it
        import ctypes

        ctypes.CDLL(None).malloc_trim(0)


def _result(subject: "Subject", number: int, params: dict[str, object]) -> Epoch | Lost | ApplianceError:
    try:
        return attempt(subject, number, params)
    except ApplianceError as error:
        return error


class _Collected(logging.Handler):
    """Keep log lines until they are sent with a result."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[Logged] = []

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(Logged(record.name, record.levelno, record.getMessage()))

    def taken(self) -> list[Logged]:
        lines, self._lines = self._lines, []
        return lines


def _ending(status: int) -> str:
    if status >= 0:
        return f"ended with status {status}"
    name = signal.Signals(-status).name
    return f"was killed by {name}" + (": out of memory?" if -status == signal.SIGKILL else "")
