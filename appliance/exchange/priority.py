"""Let what protects go ahead of everything else that waits: in ccxt's throttle, in the strategy's thread."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_URGENT: ContextVar[bool] = ContextVar("urgent", default=False)


@contextmanager
def urgent() -> Iterator[None]:
    """Mark what is asked within as urgent, and what tasks ask that are begun within."""
    token = _URGENT.set(True)
    try:
        yield
    finally:
        _URGENT.reset(token)


def is_urgent() -> bool:
    return _URGENT.get()


class UrgentFirst:
    """Be a ccxt throttler whose urgent questions go first; among themselves they keep their order."""

    def __init__(self, throttler: Callable[..., Any]) -> None:
        self._throttler: Any = throttler
        self._ahead: set[Any] = set()

    def __call__(self, cost: float | None = None) -> Any:
        turn = self._throttler(cost)
        if is_urgent():
            queue = self._throttler.queue
            place = next((n for n, (other, _) in enumerate(queue) if other not in self._ahead), 0)
            queue.insert(place, queue.pop())
            self._ahead.add(turn)
            turn.add_done_callback(self._ahead.discard)
        return turn

    def __getattr__(self, name: str) -> Any:
        return getattr(self._throttler, name)
