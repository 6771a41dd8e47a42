"""Tell the time: that of day, and seconds that no setting of a clock can change."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Clock:
    """Hold the two clocks: `now` is the time of day (UTC), `monotonic` counts seconds whatever that does."""

    now: Callable[[], datetime] = utc_now
    monotonic: Callable[[], float] = time.monotonic
