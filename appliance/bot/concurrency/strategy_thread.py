"""Run strategy code in one thread of its own, so that the event loop never waits for pandas."""

import asyncio
import contextlib
import itertools
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any, ParamSpec, TypeVar

from appliance.exchange.priority import is_urgent

Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")
_END, _URGENT, _USUAL = 0, 1, 2
"""Ranks in the queue; the lowest goes first."""


class StrategyThread:
    """Run calls of strategy code one at a time in the same thread, urgent ones first."""

    def __init__(self) -> None:
        self._waiting: queue.PriorityQueue[tuple[int, int, Future[Any], Callable[[], Any]]]
        self._waiting = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._thread: threading.Thread | None = None
        self._closed = False

    async def run(
        self, call: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Result:
        """Run `call` in the strategy's thread and return what it returns, or raise what it raises.

        If the caller is cancelled while the call is still queued, the call is dropped.
        """
        if self._closed:
            raise RuntimeError("the strategy's thread has ended")
        if self._thread is None:
            # A daemon: strategy code that does not return must not keep the program from ending.
            self._thread = threading.Thread(target=self._work, name="strategy", daemon=True)
            self._thread.start()
        outcome: Future[Result] = Future()
        self._put(_URGENT if is_urgent() else _USUAL, outcome, partial(call, *args, **kwargs))
        return await asyncio.wrap_future(outcome)

    def close(self) -> None:
        """End the thread; a running call is not waited for, queued ones are cancelled."""
        self._closed = True
        with contextlib.suppress(queue.Empty):
            while True:
                self._waiting.get_nowait()[2].cancel()
        self._put(_END, Future(), lambda: None)

    def _put(self, rank: int, outcome: "Future[Any]", call: Callable[[], Any]) -> None:
        self._waiting.put((rank, next(self._numbers), outcome, call))

    def _work(self) -> None:
        while True:
            rank, _, outcome, call = self._waiting.get()
            if rank == _END:
                return
            if outcome.set_running_or_notify_cancel():
                _carry_out(call, outcome)
            del outcome, call  # so that its result can be freed before the next call


def _carry_out(call: Callable[[], Any], outcome: "Future[Any]") -> None:
    try:
        result = call()
    except BaseException as error:  # noqa: BLE001 - it is raised in the caller
        outcome.set_exception(error)
    else:
        outcome.set_result(result)
