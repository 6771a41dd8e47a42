"""Tell the time of day by a clock that nobody can set: it goes on from when it was last told the time.

The machine's own clock may jump by an hour, when it is set or was wrong at the start. Orders would time out
at once, locks end, candles seem to be missing and requests be signed for another hour.
"""

import time
from collections.abc import Callable


def wall_ms() -> int:
    """Return the machine's time of day in ms since 1970."""
    return time.time_ns() // 1_000_000


def ticks_ms() -> int:
    """Return ms that pass whatever becomes of the time of day; where the system can, also while it sleeps."""
    return time.clock_gettime_ns(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)) // 1_000_000


class SteadyClock:
    """Call it for the present in ms since 1970. It begins with the machine's time."""

    def __init__(self, wall: Callable[[], int] = wall_ms, ticks: Callable[[], int] = ticks_ms) -> None:
        self._wall, self._ticks = wall, ticks
        self.set()

    def __call__(self) -> int:
        return self._began + self._ticks() - self._began_at

    def set(self, ahead_ms: int = 0) -> None:
        """Go by the machine's time from now on, and `ahead_ms` ahead of it."""
        self._began, self._began_at = self._wall() + ahead_ms, self._ticks()

    def put_ahead(self, by_ms: int) -> None:
        """Go ahead (back, if below 0) of what it tells now."""
        self._began += by_ms
