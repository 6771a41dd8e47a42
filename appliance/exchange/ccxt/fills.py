"""Ask an exchange for the fills of our orders, and complete orders with the fees of their fills."""

import asyncio
import logging
import time
from collections.abc import Sequence

from appliance.domain.errors import TemporaryExchangeError
from appliance.domain.market import ExchangeOrder, Fill
from appliance.exchange.ccxt import read_orders
from appliance.exchange.ccxt.connection import Connection
from appliance.exchange.ccxt.order_lists import OrderLists
from appliance.exchange.ccxt.paging import all_pages
from appliance.exchange.ccxt.protocol import Params, Question, TradeAnswer
from appliance.exchange.traits import CURRENCY_NAMES_OPTION

logger = logging.getLogger(__name__)

_FEES_WITHIN = 30.0
"""How long, in seconds, a finished order waits for an exchange that lists its fills late."""
_AROUND_MS = 60_000


class Fills:
    """Ask for our fills. `lists` says how many one answer holds."""

    def __init__(self, connection: Connection, lists: OrderLists) -> None:
        self._connection, self._lists = connection, lists
        self._without_fees: dict[str, float] = {}

    async def since(self, pair: str, since_ms: int) -> Sequence[Fill]:
        """Return the fills of a pair at `since_ms` or later, oldest first, with their fees."""
        self._connection.check(pair)
        most = self._lists.most("fetch_my_trades")
        return await self._ask(lambda exchange: exchange.fetch_my_trades(pair, since_ms, most), pair)

    async def find(self, client_order_id: str, pair: str, since_ms: int) -> Fill | None:
        """Look for a fill with our client order id: some exchanges forget orders sooner than fills."""
        if not self._connection.has("fetchMyTrades"):
            return None
        fills = await self._pages_since(pair, self._lists.well_before(since_ms))
        return next((fill for fill in fills if fill.client_order_id == client_order_id), None)

    async def with_fees(self, order: ExchangeOrder) -> ExchangeOrder:
        """Return a finished order with the fees of its fills, where the order itself has none.

        Raises `TemporaryExchangeError` while not all of them are listed, for half a minute at most.
        """
        if order.is_open or not order.filled or order.fees:
            return order
        name, retry = self._connection.name, self._connection.retry
        fills = await self._of(order)
        for attempt in range(1, retry.attempts):
            if read_orders.is_whole(order, fills):
                self._without_fees.pop(order.id, None)
                return read_orders.with_fees(order, fills)
            await asyncio.sleep(retry.first_delay * attempt)
            fills = await self._of(order)
        if not read_orders.is_whole(order, fills):
            since = self._without_fees.setdefault(order.id, time.monotonic())
            if time.monotonic() - since < _FEES_WITHIN:
                raise TemporaryExchangeError(f"{name} does not list all fills of order {order.id} yet.")
            logger.warning("%s does not list all fills of order %s: fees are missing.", name, order.id)
        self._without_fees.pop(order.id, None)
        return read_orders.with_fees(order, fills)

    async def _pages_since(self, pair: str, since_ms: int) -> Sequence[Fill]:
        """Return the fills since then; where pages are of unknown length, from as many pages as there are."""
        if self._connection.traits.is_supported:
            return await self.since(pair, since_ms)
        most = self._lists.most("fetch_my_trades")

        async def page(from_ms: int, more: Params) -> list[Fill]:
            return await self._ask(
                lambda exchange: exchange.fetch_my_trades(pair, from_ms, most, dict(more)), pair
            )

        fills, _ = await all_pages(
            page, since_ms, most
        )  # whether all are found is decided by lists of orders
        return fills

    async def _of(self, order: ExchangeOrder) -> list[Fill]:
        pair, since = order.pair, max(0, order.timestamp - _AROUND_MS) or None
        if self._connection.has("fetchOrderTrades") is True:
            fills = await self._ask(lambda exchange: exchange.fetch_order_trades(order.id, pair), pair)
        else:
            fills = await self._ask(lambda exchange: exchange.fetch_my_trades(pair, since), pair)
        return [fill for fill in fills if fill.order_id in ("", order.id)]

    async def _ask(self, question: Question[Sequence[TradeAnswer]], pair: str) -> list[Fill]:
        """Return fills, each once, oldest first."""
        own_names = self._connection.exchange.options.get(CURRENCY_NAMES_OPTION) or {}

        def reading(answers: Sequence[TradeAnswer]) -> list[Fill]:
            read = [read_orders.fill(answer, pair, own_names) for answer in answers]
            unique = {fill.id or str(place): fill for place, fill in enumerate(read)}
            return sorted(unique.values(), key=lambda fill: fill.timestamp)

        return await self._connection.ask_account(question, reading)
