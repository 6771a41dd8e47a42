"""Ask an exchange for what is ours through ccxt: orders, fills, balances."""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from appliance.domain.errors import ExchangeError, OrderNotFound, TemporaryExchangeError
from appliance.domain.market import Balances, ExchangeOrder, Fill
from appliance.exchange.ccxt import read_orders
from appliance.exchange.ccxt.client_ids import to_wire
from appliance.exchange.ccxt.lists import CcxtOrderLists
from appliance.exchange.ccxt.paging import all_pages
from appliance.exchange.ccxt.read_fees import is_whole

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")
Reading = Callable[[Mapping[str, Any]], Answer]

_FEES_WITHIN = 30.0
"""How long, in seconds, a finished order waits for an exchange that lists its fills late."""
_FORGOTTEN_AFTER = 300.0
"""How long, in seconds, an exchange that does not find an order of which it has told is not believed."""


class CcxtAccount(CcxtOrderLists):
    """Be the market data of an exchange, and know what our account has there (spot).

    Everything here is a question: it is put again, patiently, when the answer is lost.
    """

    async def fetch_order(self, order_id: str, pair: str) -> ExchangeOrder:
        """Return an order as it stands now; finished and filled, it has its fees.

        Raises `OrderNotFound` only when the exchange still does not know it after it was asked several
        times: some of them need a while to find a new order. `TemporaryExchangeError` for one that it has
        told of within the last minutes.
        """
        self._check(pair)
        for attempt in range(1, self._patience.attempts):
            try:
                return await self._with_fees(await self._by_id(order_id, pair))
            except OrderNotFound as error:
                logger.debug("%s Asking again.", error)
                await asyncio.sleep(self._patience.first_delay * attempt)
        try:
            return await self._with_fees(await self._by_id(order_id, pair))
        except OrderNotFound as error:
            if time.monotonic() - self._told_of.get(order_id, -math.inf) > _FORGOTTEN_AFTER:
                raise
            raise TemporaryExchangeError(f"{self.name} does not find order {order_id} yet: {error}") from None

    async def find_order(self, client_order_id: str, pair: str, since_ms: int) -> ExchangeOrder | None:
        """Look for an order by the id that we gave it, sent at `since_ms` or later; None: it is nowhere.

        It is asked for by its id where the exchange can, then looked for in the lists of open and finished
        orders and among our fills. Raises `ExchangeError` when not every place could be looked through.
        """
        self._check(pair)
        wanted = to_wire(client_order_id, self._own.id_form)
        found = (
            await self._by_client_id(wanted, pair)
            or await self._in_lists(client_order_id, pair, since_ms)
            or await self._by_fill(client_order_id, pair, since_ms)
        )
        if found is None:
            return None
        self._note(found)
        return await self._with_fees(found)

    def _note(self, order: ExchangeOrder) -> None:
        """Remember for a while that the exchange has told of an order."""
        now = time.monotonic()
        self._told_of = {known: at for known, at in self._told_of.items() if now - at <= _FORGOTTEN_AFTER}
        self._told_of[order.id] = now

    async def fetch_open_orders(self, pair: str | None = None) -> Sequence[ExchangeOrder]:
        if self._exchange is None:
            raise ExchangeError(f"{self.name} is not connected.")
        lists = [await self._list("fetch_open_orders", pair, None, params) for params in self._lists]
        return [order for listed in lists for order in listed]

    async def fetch_orders_since(self, pair: str, since_ms: int) -> Sequence[ExchangeOrder]:
        self._check(pair)
        orders: dict[str, ExchangeOrder] = {}
        for params in self._lists:
            # Open ones first: what finishes in between is found among the finished.
            found = await self._list("fetch_open_orders", pair, None, params)
            for listing in self._finished_listings():
                found += await self._all_of(listing, pair, since_ms, params)
            orders |= {order.id: order for order in found}
        return sorted(orders.values(), key=lambda order: order.timestamp)

    async def fetch_my_trades(self, pair: str, since_ms: int) -> Sequence[Fill]:
        """Return the fills of a pair at `since_ms` or later, oldest first, with their fees."""
        self._check(pair)
        most = self._most("fetch_my_trades")
        return await self._fills(lambda exchange: exchange.fetch_my_trades(pair, since_ms, most), pair)

    async def fetch_balances(self) -> Balances:
        balances: Balances = await self._ask_own(
            lambda exchange: exchange.fetch_balance(), reading=read_orders.balances
        )
        return balances

    def fee_rate(self, pair: str, *, maker: bool) -> float:
        """The fee as a ratio of an order's cost, for reckoning ahead: as configured, else the market's own.

        What is really paid (with a discount, in another currency) stands in the orders.
        """
        self._check(pair)
        if self._fee is not None:
            return self._fee
        market = self.markets[pair]
        return market.maker if maker else market.taker

    # -- one order -------------------------------------------------------------------------------------

    async def _by_id(self, order_id: str, pair: str) -> ExchangeOrder:
        def reading(answer: Mapping[str, Any]) -> ExchangeOrder:
            order = read_orders.order(answer, pair)
            if order.id != order_id:
                raise ValueError("an answer about another order")
            return order

        return await self._one(order_id, pair, {}, reading)

    async def _by_client_id(self, wanted: str, pair: str) -> ExchangeOrder | None:
        if not self._own.finds_by_id:
            return None

        def reading(answer: Mapping[str, Any]) -> ExchangeOrder:
            if not read_orders.bears(answer, wanted):
                raise ValueError("an answer about another order")
            return read_orders.order(answer, pair)

        try:
            return await self._one("", pair, {"clientOrderId": wanted}, reading)
        except OrderNotFound:
            return None

    async def _one(
        self, order_id: str, pair: str, query: dict[str, Any], reading: Reading[ExchangeOrder]
    ) -> ExchangeOrder:
        """Ask for one order, among the stop orders too where those are kept apart."""
        query = {**self._own.order_query, **query}
        try:
            order: ExchangeOrder = await self._ask_own(
                lambda exchange: exchange.fetch_order(order_id, pair, dict(query)), reading
            )
        except OrderNotFound:
            if not self._own.stop_list:
                raise
            return await self._stop(order_id, pair, query, reading)
        return order

    async def _stop(
        self, order_id: str, pair: str, query: dict[str, Any], reading: Reading[ExchangeOrder]
    ) -> ExchangeOrder:
        """Ask for a stop order that is kept apart; one that has fired is told as what it became."""
        stop_query = {**query, **(self._own.stop_list or {})}
        answer, stop = await self._ask_own(
            lambda exchange: exchange.fetch_order(order_id, pair, stop_query),
            lambda answer: (answer, reading(answer)),
        )
        fired = (answer.get("info") or {}).get(self._own.fired_id or "")
        if not fired:
            return stop  # type: ignore[no-any-return]
        became = await self._by_id(str(fired), pair)
        return msgspec.structs.replace(
            became,
            id=stop.id,
            type=stop.type,
            stop_price=stop.stop_price,
            client_order_id=stop.client_order_id,
        )

    # -- fills -----------------------------------------------------------------------------------------

    async def _by_fill(self, client_order_id: str, pair: str, since_ms: int) -> ExchangeOrder | None:
        """Return the order of a fill that bears our id: some exchanges forget orders sooner than fills."""
        if not self._exchange.has.get("fetchMyTrades"):
            return None
        fills = await self._fills_after(pair, self._well_before(since_ms))
        ours = next((fill for fill in fills if fill.client_order_id == client_order_id), None)
        return None if ours is None else await self._by_id(ours.order_id, pair)

    async def _fills_after(self, pair: str, since_ms: int) -> Sequence[Fill]:
        """Return the fills since then, where pages are of unknown length as far as they can be turned."""
        if self._holds_many:
            return await self.fetch_my_trades(pair, since_ms)
        most = self._most("fetch_my_trades")

        async def page(from_ms: int, more: dict[str, Any]) -> list[Fill]:
            return await self._fills(
                lambda exchange: exchange.fetch_my_trades(pair, from_ms, most, dict(more)), pair
            )

        fills, _ = await all_pages(page, since_ms, most)  # orders decide: these are lists that forget less
        return fills

    async def _with_fees(self, order: ExchangeOrder) -> ExchangeOrder:
        """Return a finished order with the fees of its fills, where the order itself does not tell them.

        Raises `TemporaryExchangeError` while not all of them are listed, for half a minute at most.
        """
        if order.is_open or not order.filled or order.fees:
            return order
        fills = await self._fills_of(order)
        for attempt in range(1, self._patience.attempts):
            if is_whole(order, fills):
                self._without_fees.pop(order.id, None)
                return read_orders.with_fees(order, fills)
            await asyncio.sleep(self._patience.first_delay * attempt)
            fills = await self._fills_of(order)
        if not is_whole(order, fills):
            since = self._without_fees.setdefault(order.id, time.monotonic())
            if time.monotonic() - since < _FEES_WITHIN:
                raise TemporaryExchangeError(f"{self.name} does not list all fills of order {order.id} yet.")
            logger.warning("%s does not tell all fills of order %s: fees are missing.", self.name, order.id)
        self._without_fees.pop(order.id, None)
        return read_orders.with_fees(order, fills)

    async def _fills_of(self, order: ExchangeOrder) -> list[Fill]:
        pair, since = order.pair, max(0, order.timestamp - 60_000) or None
        if self._exchange.has.get("fetchOrderTrades") is True:
            fills = await self._fills(lambda exchange: exchange.fetch_order_trades(order.id, pair), pair)
        else:
            fills = await self._fills(lambda exchange: exchange.fetch_my_trades(pair, since), pair)
        return [fill for fill in fills if fill.order_id in ("", order.id)]

    async def _fills(self, question: Callable[[Any], Awaitable[Any]], pair: str) -> list[Fill]:
        """Return fills, each once, oldest first."""
        own_names = self._exchange.options.get("spotCurrencyMapping") or {}

        def reading(answers: Any) -> list[Fill]:
            read = [read_orders.fill(answer, pair, own_names) for answer in answers]
            unique = {fill.id or str(place): fill for place, fill in enumerate(read)}
            return sorted(unique.values(), key=lambda fill: fill.timestamp)

        fills: list[Fill] = await self._ask_own(question, reading)
        return fills
