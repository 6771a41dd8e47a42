"""Ask for the best offers of pairs one by one, where an exchange has no answer for many at once."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence

from appliance.domain.errors import ExchangeError
from appliance.domain.market import BidAsk, OrderBook

_AT_ONCE = 10
_PATIENCE_SECONDS = 2.0
"""How long a book is waited for: one that hangs, or is asked for again and again, holds up no other pair."""


async def tops_of_books(
    fetch_order_book: Callable[[str, int], Awaitable[OrderBook]], pairs: Sequence[str]
) -> dict[str, BidAsk]:
    """Ask for each pair's book, several at a time; what is not told of one, or not in time, is left out."""
    gate = asyncio.Semaphore(_AT_ONCE)
    found: dict[str, BidAsk] = {}

    async def ask_for(pair: str) -> None:
        async with gate:
            with contextlib.suppress(ExchangeError):
                book = await fetch_order_book(pair, 1)
                found[pair] = BidAsk(*(side[0][0] if side else None for side in (book.bids, book.asks)))

    asked = [asyncio.create_task(ask_for(pair)) for pair in pairs]
    try:
        if asked:
            await asyncio.wait(asked, timeout=_PATIENCE_SECONDS)
    finally:
        for task in asked:
            task.cancel()
    for outcome in await asyncio.gather(*asked, return_exceptions=True):
        if isinstance(outcome, Exception):
            raise outcome
    return dict(found)
