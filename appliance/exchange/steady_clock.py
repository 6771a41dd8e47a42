"""Give the time of day by a monotonic clock, which continues from the time of day it was last set to.

The machine's own clock may jump by an hour, when it is set or was wrong at the start. Orders would time out
at once, locks end, candles seem to be missing and requests be signed for another hour.
"""

import time
from collections.abc import Callable


def wall_ms() -> int:
    """Return the machine's time of day in ms since 1970."""
    return time.time_ns() // 1_000_000


def monotonic_ms() -> int:
    """Return ms by a clock that cannot be set; where the system has one, also counting while it sleeps."""
    return time.clock_gettime_ns(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)) // 1_000_000


class SteadyClock:
    """Call it for the present in ms since 1970. It begins with the machine's time."""

    def __init__(
        self, wall: Callable[[], int] = wall_ms, monotonic: Callable[[], int] = monotonic_ms
    ) -> None:
        self._wall, self._monotonic = wall, monotonic
        self.set()

    def __call__(self) -> int:
        return self._began + self._monotonic() - self._began_at

    def set(self, ahead_ms: int = 0) -> None:
        """Set it to the machine's time, `ahead_ms` ahead of it."""
        self._began, self._began_at = self._wall() + ahead_ms, self._monotonic()

    def put_ahead(self, by_ms: int) -> None:
        """Put it ahead of its present time (back, if below 0)."""
        self._began += by_ms
