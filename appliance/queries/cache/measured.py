"""Keep what takes a while to measure for a moment: all who ask meanwhile get the same."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Measured(Generic[T]):
    """Hold one measurement for `seconds`; whoever asks while it is being taken waits for that one."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._taking = asyncio.Lock()
        self._found: T | None = None
        self._until = 0.0

    async def now(self, measure: Callable[[], Awaitable[T]]) -> T:
        """Return what was measured a moment ago, else what `measure` finds."""
        if self._found is not None and time.monotonic() < self._until:
            return self._found
        async with self._taking:
            if self._found is None or time.monotonic() >= self._until:
                self._found = await measure()
                self._until = time.monotonic() + self._seconds
            return self._found
