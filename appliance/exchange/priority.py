"""Let requests that protect positions go first: in ccxt's throttle, in the strategy's thread."""

import asyncio
from collections.abc import Iterator, MutableSequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

_URGENT: ContextVar[bool] = ContextVar("urgent", default=False)


@contextmanager
def urgent() -> Iterator[None]:
    """Mark requests within as urgent, and those of tasks that are started within."""
    token = _URGENT.set(True)
    try:
        yield
    finally:
        _URGENT.reset(token)


def is_urgent() -> bool:
    """Return whether this is within `urgent`."""
    return _URGENT.get()


class Throttler(Protocol):
    """ccxt's throttler, and the queue of those that wait in it."""

    @property
    def queue(self) -> MutableSequence[tuple[asyncio.Future[object], float]]: ...

    def __call__(self, cost: float | None = None) -> asyncio.Future[object]: ...


class UrgentFirst:
    """Wrap a ccxt throttler: urgent requests go first; among themselves they keep their order."""

    def __init__(self, throttler: Throttler) -> None:
        self._throttler = throttler
        self._ahead: set[asyncio.Future[object]] = set()

    def __call__(self, cost: float | None = None) -> asyncio.Future[object]:
        turn = self._throttler(cost)
        if is_urgent():
            queue = self._throttler.queue
            place = next((n for n, (other, _) in enumerate(queue) if other not in self._ahead), 0)
            queue.insert(place, queue.pop())
            self._ahead.add(turn)
            turn.add_done_callback(self._ahead.discard)
        return turn

    @property
    def queue(self) -> MutableSequence[tuple[asyncio.Future[object], float]]:
        return self._throttler.queue

    def __getattr__(self, name: str) -> object:
        return getattr(self._throttler, name)
