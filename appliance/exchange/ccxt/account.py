"""Ask an exchange for what is ours: orders, fills, balances."""

import asyncio
import logging
import math
import time
from collections.abc import Callable, Sequence

import msgspec

from appliance.domain.errors import OrderNotFound, TemporaryExchangeError
from appliance.domain.market import Balances, ExchangeOrder
from appliance.exchange.ccxt import read_orders
from appliance.exchange.ccxt.connection import Connection
from appliance.exchange.ccxt.fills import Fills
from appliance.exchange.ccxt.order_lists import OrderLists
from appliance.exchange.ccxt.protocol import OrderAnswer, Params
from appliance.exchange.client_ids import to_wire

logger = logging.getLogger(__name__)
Reading = Callable[[OrderAnswer], ExchangeOrder]

_FORGOTTEN_AFTER = 300.0
"""For how long, in seconds, an exchange that has shown an order is not believed when it does not find it."""


class Account:
    """Ask about our account on an exchange (spot).

    Everything here is a question: it is asked again when the answer is lost. `fee`, a ratio, replaces the
    exchange's own in calculations ahead.
    """

    def __init__(self, connection: Connection, *, fee: float | None = None) -> None:
        self._connection = connection
        self._fee = fee
        self._lists = OrderLists(connection)
        self.fills = Fills(connection, self._lists)
        self._seen_at: dict[str, float] = {}

    async def fetch_order(self, order_id: str, pair: str) -> ExchangeOrder:
        """Return an order as it is now; finished and filled, it has its fees.

        Raises `OrderNotFound` only when the exchange still does not know it after several requests: some of
        them need a while to find a new order. `TemporaryExchangeError` for one that it has shown within the
        last minutes.
        """
        self._connection.check(pair)
        retry = self._connection.retry
        for attempt in range(1, retry.attempts):
            try:
                return await self.fills.with_fees(await self._by_id(order_id, pair))
            except OrderNotFound as error:
                logger.debug("%s Asking again.", error)
                await asyncio.sleep(retry.first_delay * attempt)
        try:
            return await self.fills.with_fees(await self._by_id(order_id, pair))
        except OrderNotFound as error:
            if time.monotonic() - self._seen_at.get(order_id, -math.inf) > _FORGOTTEN_AFTER:
                raise
            name = self._connection.name
            raise TemporaryExchangeError(f"{name} does not find order {order_id} yet: {error}") from None

    async def find_order(self, client_order_id: str, pair: str, since_ms: int) -> ExchangeOrder | None:
        """Look for an order by the id that we gave it, sent at `since_ms` or later; None: it is nowhere.

        It is asked for by its id where the exchange can, then looked for in the lists of open and finished
        orders and among our fills. Raises `ExchangeError` when not every place could be looked through.
        """
        self._connection.check(pair)
        wire_id = to_wire(client_order_id, self._connection.traits.id_form)
        found = (
            await self._by_client_id(wire_id, pair)
            or await self._lists.find(client_order_id, pair, since_ms)
            or await self._by_fill(client_order_id, pair, since_ms)
        )
        if found is None:
            return None
        self.note_seen(found)
        return await self.fills.with_fees(found)

    def note_seen(self, order: ExchangeOrder) -> None:
        """Remember for a while that the exchange has shown an order."""
        now = time.monotonic()
        self._seen_at = {known: at for known, at in self._seen_at.items() if now - at <= _FORGOTTEN_AFTER}
        self._seen_at[order.id] = now

    async def fetch_open_orders(self, pair: str | None = None) -> Sequence[ExchangeOrder]:
        """Return the open orders of a pair, or of all."""
        self._connection.check()
        return await self._lists.open_orders(pair)

    async def fetch_orders_since(self, pair: str, since_ms: int) -> Sequence[ExchangeOrder]:
        """Return the orders of a pair placed at `since_ms` or later, finished ones too, oldest first."""
        self._connection.check(pair)
        return await self._lists.since(pair, since_ms)

    async def is_listed_separately(self, order_id: str, pair: str) -> bool:
        """Return whether this is an open stop order on an exchange that has a list of its own for those."""
        stops = self._connection.traits.stop_list
        if not stops:
            return False

        def has_it(listed: Sequence[OrderAnswer]) -> bool:
            return any(str(each.get("id")) == order_id for each in listed)

        return await self._connection.ask_account(
            lambda exchange: exchange.fetch_open_orders(pair, None, None, stops), has_it
        )

    async def fetch_balances(self) -> Balances:
        """Return what the account has, by currency."""
        return await self._connection.ask_account(
            lambda exchange: exchange.fetch_balance(), read_orders.balances
        )

    def fee_rate(self, pair: str, *, maker: bool) -> float:
        """Return the fee as a ratio of an order's cost: as configured, else the market's own.

        What is really paid (with a discount, in another currency) is in the orders.
        """
        self._connection.check(pair)
        if self._fee is not None:
            return self._fee
        market = self._connection.markets[pair]
        return market.maker if maker else market.taker

    # -- one order -------------------------------------------------------------------------------------

    async def _by_id(self, order_id: str, pair: str) -> ExchangeOrder:
        def reading(answer: OrderAnswer) -> ExchangeOrder:
            order = read_orders.order(answer, pair)
            if order.id != order_id:
                raise ValueError("an answer about another order")
            return order

        return await self._one(order_id, pair, {}, reading)

    async def _by_client_id(self, wire_id: str, pair: str) -> ExchangeOrder | None:
        if not self._connection.traits.finds_by_id:
            return None

        def reading(answer: OrderAnswer) -> ExchangeOrder:
            if not read_orders.may_have_client_id(answer, wire_id):
                raise ValueError("an answer about another order")
            return read_orders.order(answer, pair)

        try:
            return await self._one("", pair, {"clientOrderId": wire_id}, reading)
        except OrderNotFound:
            return None

    async def _by_fill(self, client_order_id: str, pair: str, since_ms: int) -> ExchangeOrder | None:
        fill = await self.fills.find(client_order_id, pair, since_ms)
        return None if fill is None else await self._by_id(fill.order_id, pair)

    async def _one(self, order_id: str, pair: str, query: Params, reading: Reading) -> ExchangeOrder:
        """Ask for one order, among the stop orders too where those are listed separately."""
        traits = self._connection.traits
        query = {**traits.order_query, **query}
        try:
            return await self._connection.ask_account(
                lambda exchange: exchange.fetch_order(order_id, pair, dict(query)), reading
            )
        except OrderNotFound:
            if not traits.stop_list:
                raise
            return await self._stop(order_id, pair, {**query, **traits.stop_list}, reading)

    async def _stop(self, order_id: str, pair: str, query: Params, reading: Reading) -> ExchangeOrder:
        """Ask for a stop order that is listed separately; one that has triggered becomes another order."""
        answer, stop = await self._connection.ask_account(
            lambda exchange: exchange.fetch_order(order_id, pair, query),
            lambda answer: (answer, reading(answer)),
        )
        fired = (answer.get("info") or {}).get(self._connection.traits.fired_id or "")
        if not fired:
            return stop
        became = await self._by_id(str(fired), pair)
        return msgspec.structs.replace(
            became,
            id=stop.id,
            type=stop.type,
            stop_price=stop.stop_price,
            client_order_id=stop.client_order_id,
        )
