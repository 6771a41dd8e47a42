"""Share the event loop among callers: requests of those that have used much of it wait for others."""

import asyncio
from collections import deque

from aiohttp import web

from appliance.server.errors import TooManyRequests

SHARE = 0.004
"""Seconds of one round of the event loop that a caller's requests may take before they wait for the next."""
UNAUTHENTICATED_SHARE = 0.001
"""The same for all unauthenticated clients: a command takes a dozen rounds, so they must be short."""
AWAITED = 0.0005
"""Seconds charged for a request whose work is done elsewhere and awaited."""
UNAUTHENTICATED_COST = 0.0001
"""Seconds charged for an unauthenticated request: little more than a refusal."""
MOST_WAITING = 512
"""Requests of one caller that may wait for their turn."""

UNAUTHENTICATED = ""
"""Stands for all unauthenticated clients, which count as one caller."""


class FairShare:
    """Count the time that each caller's requests take in a round; the rest wait for the next, in order."""

    def __init__(self) -> None:
        self._taken: dict[str, float] = {}
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}
        self._next: asyncio.Handle | None = None

    def may_start(self, who: str) -> bool:
        """Return whether a request of `who` may start now."""
        if not self._taken and not self._waiting:
            return True
        most = SHARE if who else UNAUTHENTICATED_SHARE
        return who not in self._waiting and self._taken.get(who, 0.0) < most

    async def wait(self, who: str) -> None:
        """Wait until it is the turn of `who`. Raises TooManyRequests."""
        queue = self._waiting.setdefault(who, deque())
        if len(queue) >= MOST_WAITING:
            raise TooManyRequests
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue.append(turn)
        self._schedule_round()
        await turn

    def charge(self, who: str, seconds: float) -> None:
        """Charge `who` for the time that a request took."""
        self._taken[who] = self._taken.get(who, 0.0) + seconds
        if self._next is None:
            self._schedule_round()

    def _schedule_round(self) -> None:
        if self._next is None:
            self._next = asyncio.get_running_loop().call_soon(self._begin_round)

    def _begin_round(self) -> None:
        self._next = None
        self._taken.clear()
        for who, queue in list(self._waiting.items()):
            while queue:
                turn = queue.popleft()
                if not turn.done():  # else the client has disconnected
                    turn.set_result(None)
                    break
            if not queue:
                del self._waiting[who]
        if self._waiting:
            self._schedule_round()


FAIR_SHARE = web.AppKey("fair share", FairShare)
