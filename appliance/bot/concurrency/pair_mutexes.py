"""Let one task at a time change the trade of a pair, while other pairs go on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class PairMutexes:
    """Hold one lock a pair, one for those who decide stakes, and a way to have all of them rest.

    They are taken in this order: `entering` by what decides a stake (entries, additions), so that no money
    is spent twice; then the pair's, one at a time, by what changes its trade. Exits and stops take the
    pair's alone; `standstill` is taken by who holds neither.

    Nobody takes a second pair's lock, or `standstill`, while holding one: who waits for each other waits
    for ever. `standstill` waits until no mutex is held, and lets others act until then: a pair whose exchange
    does not answer keeps it waiting, and not the stops of all other pairs.
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
        """Hold the lock of a pair, which allows to change its trade; other pairs do not wait."""
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
    async def let_go(self, pair: str) -> AsyncIterator[None]:
        """Let others act on a pair for the length of the block, though the caller holds it.

        What was read of its trade before the block may be otherwise afterwards.
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
        """Wait until no pair's mutex is held, and let none be taken within."""
        async with self._one_standstill:
            while not self._nobody_acts.is_set():
                await self._nobody_acts.wait()
            self._may_act.clear()
            try:
                yield
            finally:
                self._may_act.set()

    def waiting_for(self, pair: str) -> int:
        """Return how many hold a pair's lock or wait for it."""
        return self._wanted.get(pair, 0)

    def _no_longer_wanted(self, pair: str) -> None:
        self._wanted[pair] -= 1
        if not self._wanted[pair]:
            del self._wanted[pair], self._locks[pair]
        if not self._wanted:
            self._nobody_acts.set()


async def _acquired(lock: asyncio.Lock) -> None:
    """Take a lock again that will be released in any case: a cancellation waits until it is taken."""
    cancelled: asyncio.CancelledError | None = None
    while True:
        try:
            await lock.acquire()
            break
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled
