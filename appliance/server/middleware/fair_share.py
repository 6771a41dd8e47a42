"""Share the event loop among those who ask: who has had much of it lets the others come first."""

import asyncio
from collections import deque

from aiohttp import web

from appliance.server.errors import TooMuchAtOnce

SHARE = 0.004
"""Seconds of one round of the event loop that a caller's requests may take before they wait for the next."""
STRANGERS_SHARE = 0.001
"""The same for all strangers together. A command goes through a dozen rounds, so they have to be short."""
WAITED_FOR = 0.0005
"""What is counted, in seconds, for a request whose work is done elsewhere and waited for."""
OF_STRANGERS = 0.0001
"""What is counted, in seconds, for a stranger's request: little more than a refusal."""
MOST_WAITING = 512
"""Requests of one caller that may wait for their turn."""

STRANGERS = ""
"""What stands for everybody who has not shown who they are: together they are one caller."""


class FairShare:
    """Count the time that each caller's requests take in a round; let the rest wait, and go in order."""

    def __init__(self) -> None:
        self._taken: dict[str, float] = {}
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}
        self._next: asyncio.Handle | None = None

    def is_free(self, who: str) -> bool:
        """Tell whether `who` need not wait."""
        if not self._taken and not self._waiting:
            return True
        most = SHARE if who else STRANGERS_SHARE
        return who not in self._waiting and self._taken.get(who, 0.0) < most

    async def wait(self, who: str) -> None:
        """Wait until it is the turn of `who`. Raises TooMuchAtOnce."""
        queue = self._waiting.setdefault(who, deque())
        if len(queue) >= MOST_WAITING:
            raise TooMuchAtOnce
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue.append(turn)
        self._go_on()
        await turn

    def took(self, who: str, seconds: float) -> None:
        """Count what a request of `who` took."""
        self._taken[who] = self._taken.get(who, 0.0) + seconds
        if self._next is None:
            self._go_on()

    def _go_on(self) -> None:
        if self._next is None:
            self._next = asyncio.get_running_loop().call_soon(self._begin_round)

    def _begin_round(self) -> None:
        self._next = None
        self._taken.clear()
        for who, queue in list(self._waiting.items()):
            while queue:
                turn = queue.popleft()
                if not turn.done():  # else its connection has gone
                    turn.set_result(None)
                    break
            if not queue:
                del self._waiting[who]
        if self._waiting:
            self._go_on()


FAIR_SHARE = web.AppKey("fair share", FairShare)
