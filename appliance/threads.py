"""Provide threads for blocking work by its purpose, so that nothing waits for less important work.

- `for_books`: what is written before a command is carried out;
- `for_readers`: what clients read (reports, pages, compressed answers), taking turns by caller;
- `for_logins`: checking hashed passwords, which takes 19 MiB each;
- `for_jobs`: starting the processes of jobs, which end with the thread that started them.

The bot's own work (pair lists, exchanges, settings) has asyncio's threads (`asyncio.to_thread`) to itself.
"""

import asyncio
import contextvars
import functools
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

READERS = 2
"""Threads for readers: each competes with the event loop for the interpreter."""
PAUSE_FACTOR, LONGEST_PAUSE = 4, 0.05
"""While more work waits, a thread pauses four times as long as its work took, at most this many seconds:
encoding blocks the interpreter, which a command needs a dozen times."""

reader: contextvars.ContextVar[str] = contextvars.ContextVar("reader", default="")
"""The caller for which something is read; empty for the bot itself, and for commands."""


class FairExecutor(Executor):
    """Run work in a few threads, one piece for each reader in turn, however much one of them submits."""

    def __init__(self, name: str, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._waiting: OrderedDict[str, deque[tuple[Future[Any], Callable[[], Any]]]] = OrderedDict()
        self._lock = threading.Lock()

    def submit(self, work: Callable[..., T], /, *given: Any, **named: Any) -> Future[T]:
        future: Future[T] = Future()
        with self._lock:
            self._waiting.setdefault(reader.get(), deque()).append(
                (future, functools.partial(work, *given, **named))
            )
        self._pool.submit(self._do_next)
        return future

    def _do_next(self) -> None:
        with self._lock:
            who, queue = next(iter(self._waiting.items()))
            future, work = queue.popleft()
            if queue:
                self._waiting.move_to_end(who)
            else:
                del self._waiting[who]
        if not future.set_running_or_notify_cancel():
            return
        began = time.perf_counter()
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 -- the awaiting caller gets it
            future.set_exception(error)
        else:
            future.set_result(result)
        if self._waiting:
            time.sleep(min(PAUSE_FACTOR * (time.perf_counter() - began), LONGEST_PAUSE))


class FairLock:
    """Hold off all tasks but one; each waiting reader gets a turn before any gets a second one.

    A reader with a hundred concurrent requests delays others by one of these, not by all.
    """

    def __init__(self) -> None:
        self._is_held = False
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    async def __aenter__(self) -> None:
        if not self._is_held:
            self._is_held = True
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(reader.get(), deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # the lock was handed to this task just now
                self._hand_over()
            raise

    async def __aexit__(self, *_: object) -> None:
        self._hand_over()

    def _hand_over(self) -> None:
        while self._waiting:
            who, queue = next(iter(self._waiting.items()))
            turn = queue.popleft()
            if queue:
                self._waiting.move_to_end(who)
            else:
                del self._waiting[who]
            if not turn.done():  # else the waiting task was cancelled
                turn.set_result(None)
                return
        self._is_held = False


_books = ThreadPoolExecutor(1, thread_name_prefix="books")
_logins = ThreadPoolExecutor(1, thread_name_prefix="logins")
_jobs = ThreadPoolExecutor(1, thread_name_prefix="jobs")
_readers = FairExecutor("readers", READERS)


async def for_books(work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
    """Run work that a command waits for."""
    return await _in(_books, functools.partial(work, *given, **named))


async def for_readers(work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
    """Run work for the current reader; readers take turns."""
    return await _in(_readers, functools.partial(work, *given, **named))


async def for_jobs(work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
    """Start a process, from a thread that lives as long as the program."""
    return await _in(_jobs, functools.partial(work, *given, **named))


async def for_logins(work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
    """Check a password."""
    return await _in(_logins, functools.partial(work, *given, **named))


async def _in(threads: Executor, work: Callable[[], T]) -> T:
    context = contextvars.copy_context()
    return await asyncio.get_running_loop().run_in_executor(threads, context.run, work)
