"""List our orders on an exchange, and find one in the lists; a list that may be cut off proves nothing."""

import math
from collections.abc import Awaitable, Callable, Sequence

from appliance.domain.errors import ExchangeError
from appliance.domain.market import ExchangeOrder
from appliance.exchange.ccxt import read_orders
from appliance.exchange.ccxt.connection import Connection
from appliance.exchange.ccxt.paging import all_pages
from appliance.exchange.ccxt.protocol import CcxtExchange, OrderAnswer, Params
from appliance.exchange.ccxt.requirements import list_limit
from appliance.exchange.client_ids import to_wire

_BEFORE_MS = 2 * 3_600_000
"""How long before it was sent an order is looked for: clocks differ, and are set by an hour."""
_AROUND_MS = 60_000
"""How far the times of an order may differ between here and the exchange."""
_FEW = 10
"""So many open orders of a pair are all of them, whatever a list holds."""
_FINISHED = {
    "fetchOrders": "fetch_orders",
    "fetchCanceledAndClosedOrders": "fetch_canceled_and_closed_orders",
}
"""What lists all finished orders in one call, as ccxt names it in `has` and in the class."""


class OrderLists:
    """List the orders of our account."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def open_orders(self, pair: str | None) -> list[ExchangeOrder]:
        """Return the open orders of a pair, or of all."""
        lists = [await self._page("fetch_open_orders", pair, None, query) for query in self._queries]
        return [order for listed in lists for order in listed]

    async def since(self, pair: str, since_ms: int) -> Sequence[ExchangeOrder]:
        """Return the orders of a pair placed at `since_ms` or later, finished ones too, oldest first.

        Raises `ExchangeError` where the exchange cannot list all of them.
        """
        orders: dict[str, ExchangeOrder] = {}
        for query in self._queries:
            # Open ones first: what finishes in between is found among the finished.
            found = await self._page("fetch_open_orders", pair, None, query)
            for listing in self.finished_listings():
                found += await self._all_of(listing, pair, since_ms, query)
            orders |= {order.id: order for order in found}
        return sorted(orders.values(), key=lambda order: order.timestamp)

    async def find(self, client_order_id: str, pair: str, since_ms: int) -> ExchangeOrder | None:
        """Look through all lists for an order of ours; None: it is in none of them.

        Raises `ExchangeError` where they may not reach back far enough.
        """
        traits = self._connection.traits
        wire_id = to_wire(client_order_id, traits.id_form)
        narrowed: Params = {traits.list_id: wire_id} if traits.list_id else {}
        certain = True
        for query in self._queries:
            for listing in ("fetch_open_orders", *self.finished_listings()):
                listed, whole = await self._around(
                    listing, pair, since_ms, {**query, **narrowed}, narrow=bool(narrowed)
                )
                for order in listed:
                    if order.client_order_id in (client_order_id, wire_id):
                        return order
                certain = certain and whole
        if not certain:
            raise ExchangeError(
                f"{self._connection.name} lists too many orders of {pair} to prove that one is missing."
            )
        return None

    def most(self, listing: str) -> int | None:
        """Return how many items one answer of a list holds: by the traits, else as ccxt says, if it does."""
        traits = self._connection.traits
        return traits.list_limit if traits.is_supported else list_limit(self._connection.exchange, listing)

    def well_before(self, since_ms: int) -> int:
        """Return from when on to look; neither the clock then nor the clock now is relied on."""
        return max(0, min(since_ms, self._connection.clock()) - _BEFORE_MS)

    def finished_listings(self) -> list[str]:
        """Return the methods that together list all finished orders. Raises `ExchangeError` without any."""
        has = self._connection.has
        for ability, method in _FINISHED.items():
            if has(ability):
                return [method]
        if not has("fetchClosedOrders"):
            raise ExchangeError(
                f"{self._connection.name} cannot list finished orders; check on the exchange what became of "
                "them."
            )
        return ["fetch_closed_orders", *(["fetch_canceled_orders"] if has("fetchCanceledOrders") else [])]

    @property
    def _queries(self) -> list[Params]:
        """Parameters of the lists of orders: none, and those of stop orders that are listed separately."""
        stop_list = self._connection.traits.stop_list
        return [{}, stop_list] if stop_list else [{}]

    async def _all_of(self, listing: str, pair: str, since_ms: int, query: Params) -> list[ExchangeOrder]:
        async def page(from_ms: int, more: Params) -> list[ExchangeOrder]:
            return await self._page(listing, pair, from_ms, {**query, **more})

        holds_many = self._connection.traits.is_supported
        found, complete = await all_pages(page, since_ms, self.most(listing), holds_many=holds_many)
        if not complete:
            raise ExchangeError(f"{self._connection.name} does not list all orders of {pair} since then.")
        return found

    async def _around(
        self, listing: str, pair: str, since_ms: int, query: Params, *, narrow: bool
    ) -> tuple[list[ExchangeOrder], bool]:
        """Return the orders of a list around and after a time, and whether none of them can be missing."""
        is_open = listing == "fetch_open_orders"
        holds_many = self._connection.traits.is_supported
        from_ms = self.well_before(since_ms)
        if is_open or narrow or holds_many:
            found = await self._page(listing, pair, None if is_open else from_ms, query)
            most = self.most(listing) or (math.inf if holds_many else _FEW)
            return found, narrow or len(found) < most or (not is_open and _reaches(found, since_ms))

        async def page(from_ms: int, more: Params) -> list[ExchangeOrder]:
            return await self._page(listing, pair, from_ms, {**query, **more})

        found, whole = await all_pages(page, from_ms, self.most(listing))
        return found, whole or _reaches(found, since_ms)

    async def _page(
        self, listing: str, pair: str | None, since_ms: int | None, query: Params
    ) -> list[ExchangeOrder]:
        """Ask for one answer of a list."""
        markets, most = self._connection.markets, self.most(listing)

        def ask(exchange: CcxtExchange) -> Awaitable[Sequence[OrderAnswer]]:
            method: Callable[..., Awaitable[Sequence[OrderAnswer]]] = getattr(exchange, listing)
            return method(pair, since_ms, most, dict(query))

        def reading(answers: Sequence[OrderAnswer]) -> list[ExchangeOrder]:
            of_pairs = [(answer, pair or str(answer["symbol"])) for answer in answers]
            return [read_orders.order(answer, own) for answer, own in of_pairs if own in markets]

        return await self._connection.ask_account(ask, reading)


def _reaches(found: Sequence[ExchangeOrder], since_ms: int) -> bool:
    """Return whether a list goes back to before a time, so that nothing after it is missing."""
    return any(order.timestamp <= since_ms - _AROUND_MS for order in found)
