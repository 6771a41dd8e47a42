"""Tell the exchange's time: ours, and further ahead where a test puts it there."""

import time
from collections.abc import Callable

from aiohttp import web

BEGINNING = 1_750_000_000_000
"""When tests with prices begin: they see the same prices in every run."""


class Clock:
    """Call it for the present in ms since 1970. `base` tells what to go ahead of."""

    def __init__(self, base: Callable[[], int] | None = None) -> None:
        self._base = base or (lambda: time.time_ns() // 1_000_000)
        self._ahead = 0

    def __call__(self) -> int:
        return self._base() + self._ahead

    def set_back(self) -> None:
        """Begin again where it began."""
        self._ahead = 0

    def put_ahead(self, by_ms: int) -> None:
        self._ahead += by_ms


def starting_at(first_ms: int) -> Clock:
    """Return a clock that begins at a time of the test's choice and runs on from there."""
    began = time.monotonic_ns()
    return Clock(lambda: first_ms + (time.monotonic_ns() - began) // 1_000_000)


CLOCK: web.AppKey[Clock] = web.AppKey("clock", Clock)
