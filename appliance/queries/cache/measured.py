"""Cache a measurement that takes a while for a moment."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Measured(Generic[T]):
    """Hold one measurement for `seconds`; callers during a measurement wait for its result."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._taking = asyncio.Lock()
        self._found: T | None = None
        self._until = 0.0

    async def now(self, measure: Callable[[], Awaitable[T]]) -> T:
        """Return the cached measurement, or the result of `measure`."""
        if self._found is not None and time.monotonic() < self._until:
            return self._found
        async with self._taking:
            if self._found is None or time.monotonic() >= self._until:
                self._found = await measure()
                self._until = time.monotonic() + self._seconds
            return self._found
