"""Work in a process forked of this one, beside what this one does meanwhile."""

import gc
import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkProcess

Item = TypeVar("Item")

_END = None
_ENDED_WITHIN_SECONDS = 0.2


def usable_cores() -> int:
    """Return how many processes can compute at once here."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def can_fork() -> bool:
    """Return whether this process can be forked without harm: it has one thread, of whatever library.

    A thread that has ended may be there for a moment longer; that is waited for.
    """
    if "fork" not in multiprocessing.get_all_start_methods() or sys.platform == "darwin":
        return False
    if threading.active_count() > 1:
        return False
    deadline = time.monotonic() + _ENDED_WITHIN_SECONDS
    try:
        while len(os.listdir("/proc/self/task")) > 1:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.001)
    except OSError:
        return False
    return True


class Beside(Generic[Item]):
    """Make items in a fork while this process goes on, and iterate over them once they are wanted.

    Where there is one core, or this process cannot be forked, they are made when they are wanted. So is what
    a fork leaves unmade that fails or ends before its time: an error is raised here, as without a fork.
    Used as a context manager, it ends the fork.
    """

    def __init__(self, make: Callable[[], Iterable[Item]]) -> None:
        self._make = make
        self._process: ForkProcess | None = None
        self._ours: Connection | None = None
        if usable_cores() > 1 and can_fork():
            self._fork()

    def __enter__(self) -> "Beside[Item]":
        return self

    def __exit__(self, *_: object) -> None:
        if self._ours is not None and self._process is not None:
            self._ours.close()
            self._process.terminate()
            self._process.join()

    def __iter__(self) -> Iterator[Item]:
        made = 0
        if self._ours is not None:
            with suppress(EOFError, OSError):
                while (item := self._ours.recv()) is not _END:
                    yield item
                    made += 1
                return
        yield from islice(self._make(), made, None)

    def _fork(self) -> None:
        context = multiprocessing.get_context("fork")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs, self._ours, self._make), daemon=True)
        self._process.start()
        theirs.close()


def _work(parent: "Connection", other: "Connection", make: Callable[[], Iterable[object]]) -> None:
    """Send all items to the parent, and the end. Runs in the fork."""
    other.close()
    gc.disable()  # a search for garbage would copy all memory that is shared
    with suppress(Exception, KeyboardInterrupt):  # the parent makes what is missing, and raises what is wrong
        for item in make():
            parent.send(item)
        parent.send(_END)
    os._exit(0)  # nothing of the parent is to be closed here
