"""List what is ours on an exchange through ccxt, and find an order in lists; what may be missing is told."""

import math
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from appliance.config.sections.exchange import ExchangeSettings
from appliance.domain.errors import ExchangeError, TemporaryExchangeError
from appliance.domain.market import ExchangeOrder
from appliance.exchange.ccxt import read_orders
from appliance.exchange.ccxt.client_ids import to_wire
from appliance.exchange.ccxt.market_data import CcxtMarketData
from appliance.exchange.ccxt.paging import all_pages
from appliance.exchange.ccxt.requirements import list_limit
from appliance.exchange.ccxt.settings import account_settings
from appliance.exchange.retry import Patience
from appliance.exchange.traits import UNTRIED, peculiarities

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


class CcxtOrderLists(CcxtMarketData):
    """Be the market data of an exchange, and list our orders there (spot)."""

    def __init__(
        self, settings: ExchangeSettings, *, fee: float | None = None, patience: Patience | None = None
    ) -> None:
        super().__init__(settings, patience=patience)
        self._account_settings = account_settings(settings)
        self._own = peculiarities(settings.name)
        self._fee = fee
        self._told_of: dict[str, float] = {}
        self._without_fees: dict[str, float] = {}
        self._unanswered_since: float | None = None

    @property
    def silent_for(self) -> float:
        """The same; public answers and streams do not hide that nothing of our account is answered."""
        begun = self._unanswered_since
        return super().silent_for if begun is None else max(super().silent_for, time.monotonic() - begun)

    async def _ask_own(
        self, question: Callable[[Any], Awaitable[Any]], reading: Callable[[Any], Any] | None = None
    ) -> Any:
        """Ask of our account what may be asked twice, and note for how long there is no answer."""
        if self._unanswered_since is None:
            self._unanswered_since = time.monotonic()
        try:
            answer = await self._ask(question, reading)
        except TemporaryExchangeError:
            raise
        except ExchangeError:
            self._unanswered_since = None  # a refusal is an answer too
            raise
        self._unanswered_since = None
        return answer

    async def _all_of(
        self, listing: str, pair: str, since_ms: int, params: dict[str, Any]
    ) -> list[ExchangeOrder]:
        async def page(from_ms: int, more: dict[str, Any]) -> list[ExchangeOrder]:
            return await self._list(listing, pair, from_ms, {**params, **more})

        found, complete = await all_pages(page, since_ms, self._most(listing), holds_many=self._holds_many)
        if not complete:
            raise ExchangeError(f"{self.name} does not list all orders of {pair} since then.")
        return found

    @property
    def _holds_many(self) -> bool:
        """Whether pages whose length nobody says are known to hold many all the same."""
        return self._own is not UNTRIED

    def _most(self, listing: str) -> int | None:
        """Return how much one answer of a list holds: as it was found out, else as ccxt says, if it does."""
        if self._own is UNTRIED:
            return list_limit(self._exchange, listing)
        return self._own.list_limit

    @property
    def _lists(self) -> list[dict[str, Any]]:
        """What to ask the lists of orders with: once, or once more for stop orders that are kept apart."""
        return [{}, self._own.stop_list] if self._own.stop_list else [{}]

    async def _in_lists(self, client_order_id: str, pair: str, since_ms: int) -> ExchangeOrder | None:
        """Look through the lists. Raises `ExchangeError` where they do not reach back far enough."""
        wire_id = to_wire(client_order_id, self._own.id_form)
        narrowed = {self._own.list_id: wire_id} if self._own.list_id else {}
        certain = True
        for params in self._lists:
            query = {**params, **narrowed}
            for listing in ("fetch_open_orders", *self._finished_listings()):
                listed, whole = await self._listed(listing, pair, since_ms, query, narrow=bool(narrowed))
                for order in listed:
                    if order.client_order_id in (client_order_id, wire_id):
                        return order
                certain = certain and whole
        if not certain:
            raise ExchangeError(f"{self.name} lists too many orders of {pair} to tell that one is missing.")
        return None

    async def _listed(
        self, listing: str, pair: str, since_ms: int, query: dict[str, Any], *, narrow: bool
    ) -> tuple[list[ExchangeOrder], bool]:
        """Return the orders of a list around and after a time, and whether none of them can be missing."""
        is_open = listing == "fetch_open_orders"
        if is_open or narrow or self._holds_many:
            found = await self._list(listing, pair, None if is_open else self._well_before(since_ms), query)
            most = self._most(listing) or (math.inf if self._holds_many else _FEW)
            return found, narrow or len(found) < most or (not is_open and _reaches(found, since_ms))

        async def page(from_ms: int, more: dict[str, Any]) -> list[ExchangeOrder]:
            return await self._list(listing, pair, from_ms, {**query, **more})

        found, whole = await all_pages(page, self._well_before(since_ms), self._most(listing))
        return found, whole or _reaches(found, since_ms)

    def _well_before(self, since_ms: int) -> int:
        """Return from when on to look; neither the clock then nor the clock now is relied on."""
        return max(0, min(since_ms, self.now_ms()) - _BEFORE_MS)

    def _finished_listings(self) -> list[str]:
        has = self._exchange.has
        for name, method in _FINISHED.items():
            if has.get(name):
                return [method]
        if not has.get("fetchClosedOrders"):
            raise ExchangeError(f"{self.name} cannot list finished orders: look there what became of them.")
        return ["fetch_closed_orders", *(["fetch_canceled_orders"] if has.get("fetchCanceledOrders") else [])]

    async def _list(
        self, listing: str, pair: str | None, since_ms: int | None, params: dict[str, Any]
    ) -> list[ExchangeOrder]:
        def reading(answers: Any) -> list[ExchangeOrder]:
            of_pairs = [(answer, pair or str(answer["symbol"])) for answer in answers]
            return [read_orders.order(answer, own) for answer, own in of_pairs if own in self.markets]

        most = self._most(listing)
        orders: list[ExchangeOrder] = await self._ask_own(
            lambda exchange: getattr(exchange, listing)(pair, since_ms, most, dict(params)), reading
        )
        return orders


def _reaches(found: Sequence[ExchangeOrder], since_ms: int) -> bool:
    """Tell whether a list goes back to before a time, so that nothing after it is missing."""
    return any(order.timestamp <= since_ms - _AROUND_MS for order in found)
