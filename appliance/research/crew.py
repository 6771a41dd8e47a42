"""Work by processes forked of this one: they have what it had, and send only results back."""

import logging
import multiprocessing
import os
import pickle
import random
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from multiprocessing import connection
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar, cast

from appliance.domain.errors import ApplianceError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkProcess

Task = TypeVar("Task")
Result = TypeVar("Result")


class WorkerLost(Exception):
    """Signal that a process ended before it gave its result: killed, out of memory, or an error of ours."""


class _Done(NamedTuple):
    result: Any


class _Logged(NamedTuple):
    name: str
    level: int
    text: str


class Crew(Generic[Task, Result]):
    """Hold workers, each at the other end of a connection; `work` turns a task into a result there.

    Log lines of the workers are logged here. Dismiss the crew in the end, whatever happened.
    """

    def __init__(self, work: Callable[[Task], Result], number: int) -> None:
        context = multiprocessing.get_context("fork")
        state = random.getstate()
        self._processes: dict[Connection, ForkProcess] = {}
        for _ in range(number):
            ours, theirs = context.Pipe()
            others = [*self._processes, ours]
            process = context.Process(target=_serve, args=(theirs, others, work, state), daemon=True)
            process.start()
            theirs.close()
            self._processes[ours] = process

    def results(self, tasks: Sequence[Task]) -> Iterator[tuple[int, Result]]:
        """Hand out the tasks in their order, and yield the place of each with its result, as they come.

        Raises WorkerLost, and the ApplianceError that `work` raises.
        """
        waiting = deque(enumerate(tasks))
        busy: dict[Connection, int] = {}
        for worker in self._processes:
            _hand_out(worker, waiting, busy)
        while busy:
            for ready in connection.wait(list(busy)):
                worker = cast("Connection", ready)
                match _received(worker):
                    case _Done(result):
                        place = busy.pop(worker)
                        _hand_out(worker, waiting, busy)
                        yield place, result
                    case _Logged(name, level, text):
                        logging.getLogger(name).log(level, "%s", text)
                    case None:
                        raise WorkerLost
                    case error:
                        raise error

    def dismiss(self) -> None:
        """End all workers, whatever they do."""
        for worker, process in self._processes.items():
            worker.close()
            process.terminate()
        for process in self._processes.values():
            process.join()
        self._processes.clear()


def in_a_fork(call: Callable[[], Result]) -> Result:
    """Return what `call` returns in a process forked for it alone: nothing that it changes stays.

    Raises WorkerLost, and the ApplianceError that `call` raises.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _send_result(call, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        content = pipe.read()
    os.waitpid(child, 0)
    try:
        message = pickle.loads(content)
    except (EOFError, pickle.UnpicklingError):
        raise WorkerLost from None
    if isinstance(message, ApplianceError):
        raise message
    return cast("Result", message.result)


def _send_result(call: Callable[[], Any], writing: int) -> None:
    """Write the result of a call into a pipe, and end this process."""
    try:
        try:
            message: _Done | ApplianceError = _Done(call())
        except ApplianceError as error:
            message = error
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(message, pipe, protocol=5)
    finally:
        os._exit(0)  # nothing of the parent is to be closed here


def _hand_out(
    worker: "Connection", waiting: "deque[tuple[int, Task]]", busy: "dict[Connection, int]"
) -> None:
    if waiting:
        busy[worker], task = waiting.popleft()
        worker.send(task)


def _received(worker: "Connection") -> _Done | _Logged | ApplianceError | None:
    try:
        message: _Done | _Logged | ApplianceError = worker.recv()
    except (EOFError, OSError):
        return None
    return message


def _serve(
    parent: "Connection",
    others: "Sequence[Connection]",
    work: Callable[[Any], Any],
    random_state: tuple[Any, ...],
) -> None:
    """Do what the parent hands out, until it hangs up. Runs in the worker."""
    for other in others:
        other.close()
    # Progress bars of the parent stand between these and the terminal.
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    logging.root.handlers[:] = [_ToParent(parent)]
    random.setstate(random_state)  # Python begins anew in each fork
    try:
        while True:
            parent.send(_answer(work, parent.recv()))
    except (EOFError, OSError, KeyboardInterrupt):
        pass
    finally:
        with suppress(OSError, ValueError, AttributeError):
            sys.__stdout__.flush()  # type: ignore[union-attr]
        os._exit(0)  # nothing of the parent is to be closed here


def _answer(work: Callable[[Any], Any], task: object) -> _Done | ApplianceError:
    try:
        return _Done(work(task))
    except ApplianceError as error:
        return error


class _ToParent(logging.Handler):
    """Pass log lines on to the parent."""

    def __init__(self, parent: "Connection") -> None:
        super().__init__()
        self._parent = parent

    def emit(self, record: logging.LogRecord) -> None:
        self._parent.send(_Logged(record.name, record.levelno, record.getMessage()))
