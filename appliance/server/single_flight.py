"""Let one at a time do the same thing, while others do other things: who waited finds it done.

Of those who wait, each caller has a turn before anybody has a second one: who asks a hundred times at once
makes others wait for one of his questions, not for all.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager

from appliance.threads import reader


class FairLock:
    """Let one at a time in, the callers (`threads.reader`) in turn."""

    def __init__(self) -> None:
        self._is_held = False
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    async def __aenter__(self) -> None:
        if not self._is_held:
            self._is_held = True
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(reader.get(), deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # it was this one's turn just now
                self._hand_over()
            raise

    async def __aexit__(self, *_: object) -> None:
        self._hand_over()

    def _hand_over(self) -> None:
        while self._waiting:
            who, queue = next(iter(self._waiting.items()))
            turn = queue.popleft()
            if queue:
                self._waiting.move_to_end(who)
            else:
                del self._waiting[who]
            if not turn.done():  # else whoever waited has gone
                turn.set_result(None)
                return
        self._is_held = False


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
