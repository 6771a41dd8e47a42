"""Ask for the best offers of pairs one by one, where an exchange has no answer for many at once."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence

from appliance.domain.errors import ExchangeError
from appliance.domain.market import BidAsk, OrderBook

_AT_ONCE = 10


async def tops_of_books(
    fetch_order_book: Callable[[str, int], Awaitable[OrderBook]], pairs: Sequence[str]
) -> dict[str, BidAsk]:
    """Ask for each pair's book, several at a time; what cannot be told of one is left out."""
    gate = asyncio.Semaphore(_AT_ONCE)
    found: dict[str, BidAsk] = {}

    async def ask_for(pair: str) -> None:
        async with gate:
            with contextlib.suppress(ExchangeError):
                book = await fetch_order_book(pair, 1)
                found[pair] = BidAsk(*(side[0][0] if side else None for side in (book.bids, book.asks)))

    await asyncio.gather(*(ask_for(pair) for pair in pairs))
    return found
