"""Keep what takes a while to measure for a moment: all who ask meanwhile get the same."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any


class Measured:
    """Hold one measurement for `seconds`; whoever asks while it is being taken waits for that one."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._taking = asyncio.Lock()
        self._found: Any = None
        self._until = 0.0

    async def now(self, measure: Callable[[], Awaitable[Any]]) -> Any:
        """Return what was measured a moment ago, else what `measure` finds."""
        if time.monotonic() >= self._until:
            async with self._taking:
                if time.monotonic() >= self._until:
                    self._found = await measure()
                    self._until = time.monotonic() + self._seconds
        return self._found
