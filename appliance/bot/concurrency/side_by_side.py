"""Do the same for many trades side by side, so that one that takes long does not hold up the others."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

Each = TypeVar("Each")

AT_ONCE = 10
"""How many: an exchange's limits of orders a second, and its tolerance, are for all of them together."""


async def side_by_side(work: Callable[[Each], Awaitable[None]], of: Iterable[Each]) -> None:
    """Await `work` of each, a few at a time, begun in this order; what one raises ends all."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(each: Each) -> None:
        async with gate:
            await work(each)

    await asyncio.gather(*(one(each) for each in of))
