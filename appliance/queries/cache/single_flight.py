"""Do the same work once at a time; different work proceeds concurrently."""

from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager

from appliance.threads import FairLock


class SingleFlight:
    """Hold a lock for each name in use."""

    def __init__(self) -> None:
        self._locks: dict[Hashable, tuple[FairLock, int]] = {}

    def __len__(self) -> int:
        return len(self._locks)

    @asynccontextmanager
    async def at(self, name: Hashable) -> AsyncIterator[None]:
        """Hold the lock of `name`."""
        lock, users = self._locks.get(name) or (FairLock(), 0)
        self._locks[name] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            lock, users = self._locks[name]
            if users > 1:
                self._locks[name] = (lock, users - 1)
            else:
                del self._locks[name]
