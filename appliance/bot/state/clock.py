"""Provide the time of day, and monotonic seconds."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Clock:
    """Hold two clocks: `now` is the time of day (UTC), `monotonic` counts seconds independently of it."""

    now: Callable[[], datetime] = utc_now
    monotonic: Callable[[], float] = time.monotonic
