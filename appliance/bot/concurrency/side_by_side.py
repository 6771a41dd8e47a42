"""Do the same for many trades concurrently, so that a slow one does not delay the others."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

Each = TypeVar("Each")

AT_ONCE = 10
"""How many at a time: the exchange's rate limits apply to all of them together."""


async def side_by_side(work: Callable[[Each], Awaitable[None]], of: Iterable[Each]) -> None:
    """Await `work` for each, a few at a time, started in this order; the first error is raised."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(each: Each) -> None:
        async with gate:
            await work(each)

    await asyncio.gather(*(one(each) for each in of))
