"""Answer what needs strategies, candles or an exchange: each in a process, while the client waits."""

import asyncio
import tempfile
from http import HTTPStatus

import msgspec

from appliance.domain.errors import NotFound, Refused
from appliance.research.jobs.job import content_of
from appliance.research.jobs.messages import Failed, Limits, Order
from appliance.research.jobs.process import JobProcess
from appliance.threads import for_readers

AT_ONCE = 2
MOST_WAITING = 8
LONGEST_SECONDS = 110.0
"""Less than the two minutes that FreqUI waits for candles."""


class Questions:
    """Answer a few questions at once; further ones wait, and too many are refused."""

    def __init__(self, limits: Limits) -> None:
        seconds = min(limits.seconds, LONGEST_SECONDS)
        self._limits = msgspec.structs.replace(limits, seconds=seconds, nice=min(limits.nice, 5))
        self._places = asyncio.Semaphore(AT_ONCE)
        self._running: set[JobProcess] = set()
        self._count = 0
        self._is_closed = False

    async def answer(self, order: Order) -> bytes:
        """Return what the function of the order returns.

        Raises NotFound where it did so, Refused for every other failure, and for one question too many.
        """
        if self._count >= AT_ONCE + MOST_WAITING:
            raise Refused("too many such requests at once; wait for the answers of some")
        self._count += 1
        try:
            async with self._places:
                return await self._answer(order)
        finally:
            self._count -= 1

    async def close(self) -> None:
        """End all processes, and wait for them."""
        self._is_closed = True
        running = list(self._running)
        for process in running:
            process.stop("The server is stopping")
        await asyncio.gather(*(process.ended.wait() for process in running))

    async def _answer(self, order: Order) -> bytes:
        if self._is_closed:
            raise Refused("the server is stopping")
        with tempfile.TemporaryFile() as file:
            process = JobProcess(order, self._limits, file, lambda _: None)
            self._running.add(process)
            try:
                ending = await process.run()
            finally:
                self._running.discard(process)
            if isinstance(ending, Failed):
                kind = NotFound if ending.status == HTTPStatus.NOT_FOUND else Refused
                raise kind(ending.error)
            return await for_readers(content_of, file)
