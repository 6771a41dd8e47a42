"""Let one task at a time change the trade of a pair, without blocking other pairs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class PairMutexes:
    """Hold one mutex per pair, one for decisions about stakes, and a way to pause all of them.

    Lock order: `entering` first, for whatever decides a stake (entries, additions), so that no money is spent
    twice; then the pair's, for whatever changes its trade. Exits and stops take only the pair's.
    `standstill` is taken while holding neither.

    Nothing takes a second pair's mutex, or `standstill`, while holding one: that would be a deadlock.
    `standstill` waits until no mutex is held, and does not block others until then: if the exchange does not
    answer for one pair, only `standstill` waits, not the stops of all other pairs.
    """

    def __init__(self) -> None:
        self.entering = asyncio.Lock()
        self._locks: dict[str, asyncio.Lock] = {}
        self._wanted: dict[str, int] = {}
        self._nobody_acts = asyncio.Event()
        self._nobody_acts.set()
        self._may_act = asyncio.Event()
        self._may_act.set()
        self._one_standstill = asyncio.Lock()

    @asynccontextmanager
    async def acting_on(self, pair: str) -> AsyncIterator[None]:
        """Hold the mutex of a pair while changing its trade; other pairs are not blocked."""
        while not self._may_act.is_set():
            await self._may_act.wait()
        lock = self._locks.setdefault(pair, asyncio.Lock())
        self._wanted[pair] = self._wanted.get(pair, 0) + 1
        self._nobody_acts.clear()
        try:
            async with lock:
                yield
        finally:
            self._no_longer_wanted(pair)

    @asynccontextmanager
    async def released(self, pair: str) -> AsyncIterator[None]:
        """Release a pair that the caller holds for the duration of the block.

        The trade may have changed when the block ends.
        """
        lock = self._locks.get(pair)
        if lock is None or not lock.locked():
            yield
            return
        lock.release()
        try:
            yield
        finally:
            await _acquired(lock)

    @asynccontextmanager
    async def standstill(self) -> AsyncIterator[None]:
        """Wait until no pair's mutex is held; none can be taken within the block."""
        async with self._one_standstill:
            while not self._nobody_acts.is_set():
                await self._nobody_acts.wait()
            self._may_act.clear()
            try:
                yield
            finally:
                self._may_act.set()

    def waiting_for(self, pair: str) -> int:
        """Return how many tasks hold a pair's mutex or wait for it."""
        return self._wanted.get(pair, 0)

    def _no_longer_wanted(self, pair: str) -> None:
        self._wanted[pair] -= 1
        if not self._wanted[pair]:
            del self._wanted[pair], self._locks[pair]
        if not self._wanted:
            self._nobody_acts.set()


async def _acquired(lock: asyncio.Lock) -> None:
    """Acquire a lock that the caller will release in any case: a cancellation is delayed until then."""
    cancelled: asyncio.CancelledError | None = None
    while True:
        try:
            await lock.acquire()
            break
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled
