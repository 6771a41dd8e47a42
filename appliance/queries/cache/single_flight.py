"""Let one at a time do the same thing, while others do other things: who waited finds it done."""

from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager

from appliance.threads import FairLock


class SingleFlight:
    """Hold one lock for each name that somebody is at, and none besides."""

    def __init__(self) -> None:
        self._locks: dict[Hashable, tuple[FairLock, int]] = {}

    def __len__(self) -> int:
        return len(self._locks)

    @asynccontextmanager
    async def at(self, name: Hashable) -> AsyncIterator[None]:
        """Wait until nobody else is at `name`, then be at it."""
        lock, wanted = self._locks.get(name) or (FairLock(), 0)
        self._locks[name] = (lock, wanted + 1)
        try:
            async with lock:
                yield
        finally:
            lock, wanted = self._locks[name]
            if wanted > 1:
                self._locks[name] = (lock, wanted - 1)
            else:
                del self._locks[name]
