"""Request the prices of many pairs at once; a delisted pair does not fail the others."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from appliance.domain.errors import ExchangeError, TemporaryExchangeError
from appliance.domain.market import BidAsk, OrderBook

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")
_BOOKS_AT_ONCE = 10
_BOOKS_TIMEOUT_SECONDS = 2.0
"""How long books are waited for: one that hangs, or is asked for again and again, delays no other pair."""


class BatchRequests:
    """Remember which pairs an exchange refuses to be asked for together with others.

    An exchange that has delisted a pair since markets were loaded refuses the whole question. Which pair it
    means is found by halves; it is left out until markets are loaded again (`forget`).
    """

    def __init__(self) -> None:
        self._refused: set[str] = set()

    def forget(self) -> None:
        """Ask for all pairs again: markets have been reloaded."""
        self._refused.clear()

    async def ask(
        self, question: Callable[[list[str]], Awaitable[dict[str, Answer]]], pairs: Sequence[str]
    ) -> dict[str, Answer]:
        """Return what `question` answers for `pairs`, without those that are refused.

        Raises `TemporaryExchangeError`, which says nothing about a pair.
        """
        wanted = [pair for pair in pairs if pair not in self._refused]
        if not wanted:
            return {}
        try:
            return await question(wanted)
        except TemporaryExchangeError:
            raise
        except ExchangeError as error:
            if len(wanted) == 1:
                self._refused.add(wanted[0])
                log.warning("%s is left out of requests for many pairs: %s", wanted[0], error)
                return {}
        middle = len(wanted) // 2
        return await self.ask(question, wanted[:middle]) | await self.ask(question, wanted[middle:])


async def tops_of_books(
    fetch_order_book: Callable[[str, int], Awaitable[OrderBook]], pairs: Sequence[str]
) -> dict[str, BidAsk]:
    """Return the best offers of pairs from their books, several at a time, without late or failed ones."""
    limit = asyncio.Semaphore(_BOOKS_AT_ONCE)
    found: dict[str, BidAsk] = {}

    async def ask_for(pair: str) -> None:
        async with limit:
            with contextlib.suppress(ExchangeError):
                book = await fetch_order_book(pair, 1)
                found[pair] = BidAsk(*(side[0][0] if side else None for side in (book.bids, book.asks)))

    asked = [asyncio.create_task(ask_for(pair)) for pair in pairs]
    try:
        if asked:
            await asyncio.wait(asked, timeout=_BOOKS_TIMEOUT_SECONDS)
    finally:
        for task in asked:
            task.cancel()
    for outcome in await asyncio.gather(*asked, return_exceptions=True):
        if isinstance(outcome, Exception):
            raise outcome
    return dict(found)
