"""Compute numbers in processes forked of this one: what it has loaded is shared, only numbers come back."""

import logging
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing import connection
from typing import TYPE_CHECKING, cast

from appliance.domain.errors import ApplianceError
from appliance.research.crew import can_fork

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkProcess

log = logging.getLogger(__name__)

Task = Callable[[int], float]


def computed(
    task: Task, inputs: Sequence[int], jobs: int, on_done: Callable[[int], None]
) -> dict[int, float]:
    """Return what a task gives for each input; `on_done` is called with the number of results so far.

    Where a process dies, its inputs have no result. Raises ApplianceError where the task does.
    """
    if jobs < 2 or len(inputs) < 2 or not can_fork():
        found: dict[int, float] = {}
        for one in inputs:
            found[one] = task(one)
            on_done(len(found))
        return found
    return in_forks(task, inputs, jobs, on_done)


def in_forks(
    task: Task, inputs: Sequence[int], jobs: int, on_done: Callable[[int], None]
) -> dict[int, float]:
    """Compute as `computed` does, always in forks: the caller sees to it that none has threads."""
    crew = [_begun(task, inputs[place::jobs]) for place in range(min(jobs, len(inputs)))]
    try:
        return _collected([ours for ours, _ in crew], on_done)
    finally:
        for _, process in crew:
            process.kill()  # nothing of it is to be saved
            process.join()


def _collected(crew: "list[Connection]", on_done: Callable[[int], None]) -> dict[int, float]:
    found: dict[int, float] = {}
    busy = list(crew)
    while busy:
        for ready in connection.wait(busy):
            worker = cast("Connection", ready)
            try:
                answer: tuple[int, float] | ApplianceError = worker.recv()
            except (EOFError, OSError):
                busy.remove(worker)
                worker.close()
                continue
            if isinstance(answer, ApplianceError):
                raise answer
            found[answer[0]] = answer[1]
            on_done(len(found))
    return found


def _begun(task: Task, inputs: Sequence[int]) -> "tuple[Connection, ForkProcess]":
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(task, inputs, theirs), daemon=True)
    process.start()
    theirs.close()
    return ours, process


def _work(task: Task, inputs: Sequence[int], parent: "Connection") -> None:
    """Send what the task gives for each input. Runs in the worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all; the parent ends its workers
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    logging.root.handlers[:] = []
    logging.disable()
    try:
        for one in inputs:
            parent.send((one, task(one)))
    except ApplianceError as error:
        with suppress(OSError):
            parent.send(error)
    except OSError:
        pass
    finally:
        os._exit(0)  # nothing of the parent is to be closed here
