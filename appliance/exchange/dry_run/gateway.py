"""Take orders in dry-run: the market is real (or simulated), the orders are matched here.

Orders fill against the book when they are placed, and whenever they are fetched.
- Market orders fill whole and at once, at the mean price along the book, at most 5 % off its best price.
- Limit orders that cross the book fill at once along it, never worse than their limit, as taker.
- Others rest until the book crosses them, then fill at their own price, as maker.
- With `partial_fills` a limit order gets no more than the book offers within its limit each time; without,
  it fills whole, because the last real book says little about offers that came and went in the meantime.
- Stop orders become limit or market orders when the price reaches them, and cross the book as new ones do.

Minimum amounts and costs apply to purchases, of futures also to sales that open a position; a position that
has lost its value can always be closed. Leverage changes nothing here, and there are no balances: the bot's
wallets follow from its trades.
"""

from collections.abc import Sequence
from uuid import uuid4

import msgspec

from appliance.domain.errors import InvalidOrder, OrderNotFound, PairNotFound
from appliance.domain.market import Balances, ExchangeOrder, Market, OrderBook, OrderRequest
from appliance.domain.money import price_to_tick
from appliance.exchange import matching
from appliance.exchange.capabilities import Needs
from appliance.exchange.forwarded_market_data import ForwardedMarketData
from appliance.exchange.gateway import MarketData

DRY_RUN_PREFIX = "dry_run_"
"""The prefix of ids of dry-run orders, here and in freqtrade's databases."""
_DEPTH = 20
_MOST_CLOSED_ORDERS = 1_000
_POST_ONLY = ("PO", "GTX")


class DryRunGateway(ForwardedMarketData):
    """Match orders over any market data. `fee`, a ratio, replaces the market's own where given."""

    def __init__(self, data: MarketData, *, fee: float | None = None, partial_fills: bool = False) -> None:
        super().__init__(data)
        self._fee = fee
        self._partial_fills = partial_fills
        self._open: dict[str, ExchangeOrder] = {}
        self._closed: dict[str, ExchangeOrder] = {}

    def restore(self, order: ExchangeOrder) -> None:
        """Add an open order that was placed before the program started."""
        self._store(order)

    async def create_order(self, request: OrderRequest) -> ExchangeOrder:
        market = self._market(request.pair)
        price = request.price
        if request.order_type != "market":
            price = price_to_tick(price or 0.0, market.price_precision, market.precision_mode)
        order = self._new_order(request, market, request.order_type, price)
        book = await self.data.fetch_order_book(request.pair, _DEPTH)
        _check(order, market, book, reduce_only=request.reduce_only)
        if request.order_type == "market":
            order = self._fill_at_market(order, book, market)
        else:
            order = self._place_limit(order, book, market, request.time_in_force.upper())
        return self._store(order)

    async def create_stop_order(self, request: OrderRequest) -> ExchangeOrder:
        pair, limit_price = request.pair, request.limit_price
        kind = matching.STOP_MARKET if limit_price is None else matching.STOP_LIMIT
        order = self._new_order(request, self._market(pair), kind, limit_price)
        order = msgspec.structs.replace(order, stop_price=request.stop_price)
        if matching.is_triggered(order, await self.data.fetch_order_book(pair, _DEPTH)):
            raise InvalidOrder(f"The stop order of {pair} at {request.stop_price} would trigger at once.")
        return self._store(order)

    def missing(self, needs: Needs) -> Sequence[str]:
        return ()  # every kind of order is matched here

    @property
    def replaces_stops(self) -> bool:
        return False  # cancelling and placing takes no time here

    async def fetch_order(self, order_id: str, pair: str) -> ExchangeOrder:
        if order_id in self._open:
            book = await self.data.fetch_order_book(pair, _DEPTH)
            order = self._open.get(order_id)
            if order is not None:  # it may have been cancelled while the book was fetched
                self._store(self._match(order, book))
        return self._known(order_id)

    @property
    def settling_seconds(self) -> float:
        return 0.0  # orders exist only in this process

    async def find_order(self, client_order_id: str, pair: str, since_ms: int) -> ExchangeOrder | None:
        for order in (*self._open.values(), *self._closed.values()):
            if order.client_order_id == client_order_id and order.pair == pair:
                return order
        return None

    async def cancel_order(self, order_id: str, pair: str) -> ExchangeOrder:
        order = self._known(order_id)
        if order.is_open:
            order = self._store(msgspec.structs.replace(order, status="canceled"))
        return order

    async def fetch_open_orders(self, pair: str | None = None) -> Sequence[ExchangeOrder]:
        waiting = [order for order in self._open.values() if pair in (None, order.pair)]
        fetched = [await self.fetch_order(order.id, order.pair) for order in waiting]
        return [order for order in fetched if order.is_open]

    async def fetch_orders_since(self, pair: str, since_ms: int) -> Sequence[ExchangeOrder]:
        placed = (*self._closed.values(), *self._open.values())
        return [order for order in placed if order.pair == pair and order.timestamp >= since_ms]

    async def fetch_balances(self) -> Balances:
        return {}

    def fee_rate(self, pair: str, *, maker: bool) -> float:
        if self._fee is not None:
            return self._fee
        market = self._market(pair)
        return market.maker if maker else market.taker

    def _new_order(
        self, request: OrderRequest, market: Market, order_type: str, price: float | None
    ) -> ExchangeOrder:
        cut = matching.cut_to_step(request.amount, market)
        if not cut > 0:
            raise InvalidOrder(
                f"An order of {request.amount} {market.base} is below the exchange's smallest step."
            )
        if order_type in ("limit", matching.STOP_LIMIT) and not (price or 0.0) > 0:
            raise InvalidOrder(f"A limit order of {market.pair} needs a price above 0, found {price}.")
        return ExchangeOrder(
            id=f"{DRY_RUN_PREFIX}{request.side}_{market.pair}_{uuid4()}",
            pair=market.pair,
            side=request.side,
            type=order_type,
            status="open",
            amount=cut,
            price=price,
            cost=cut * (price or 0.0),  # an estimate, until it fills
            client_order_id=request.client_order_id,
            timestamp=self.now_ms(),
        )

    def _place_limit(
        self, order: ExchangeOrder, book: OrderBook, market: Market, time_in_force: str
    ) -> ExchangeOrder:
        at_once = self._obtainable(order, book)
        if time_in_force in _POST_ONLY and at_once > 0:
            raise InvalidOrder(f"A post-only order of {order.pair} at {order.price} would fill at once.")
        if at_once > 0 and not (time_in_force == "FOK" and at_once < order.amount):
            order = matching.fill_as_taker(order, at_once, book, self._terms(market, maker=False))
        if order.is_open and time_in_force in ("IOC", "FOK"):
            order = msgspec.structs.replace(order, status="expired")
        return order

    def _match(self, order: ExchangeOrder, book: OrderBook) -> ExchangeOrder:
        """Return the resting order after it was matched with the present book."""
        market = self._market(order.pair)
        if order.type in (matching.STOP_LIMIT, matching.STOP_MARKET):
            if not matching.is_triggered(order, book):
                return order
            order = matching.triggered(order)
            if order.type == "market":
                return self._fill_at_market(order, book, market)
            return self._place_limit(order, book, market, "GTC")
        amount = self._obtainable(order, book)
        if amount <= 0:
            return order
        return matching.fill_as_maker(order, amount, self._terms(market, maker=True))

    def _obtainable(self, order: ExchangeOrder, book: OrderBook) -> float:
        """Return how much of a limit order fills now, in base currency."""
        offered = matching.volume_within_limit(order, book)
        if offered <= 0 or not self._partial_fills:
            return order.remaining if offered > 0 else 0.0
        return min(order.remaining, matching.cut_to_step(offered, self._market(order.pair)))

    def _fill_at_market(self, order: ExchangeOrder, book: OrderBook, market: Market) -> ExchangeOrder:
        return matching.fill_at_market(order, book, self._terms(market, maker=False))

    def _terms(self, market: Market, *, maker: bool) -> matching.FillTerms:
        return matching.FillTerms(market, self.now_ms(), self.fee_rate(market.pair, maker=maker))

    def _market(self, pair: str) -> Market:
        market = self.data.markets.get(pair)
        if market is None:
            raise PairNotFound(f"{self.name} has no pair {pair}.")
        return market

    def _known(self, order_id: str) -> ExchangeOrder:
        order = self._open.get(order_id) or self._closed.get(order_id)
        if order is None:
            raise OrderNotFound(f"There is no dry-run order {order_id}.")
        return order

    def _store(self, order: ExchangeOrder) -> ExchangeOrder:
        if order.is_open:
            self._open[order.id] = order
            return order
        self._open.pop(order.id, None)
        self._closed[order.id] = order
        while len(self._closed) > _MOST_CLOSED_ORDERS:
            del self._closed[next(iter(self._closed))]
        return order


def _check(order: ExchangeOrder, market: Market, book: OrderBook, *, reduce_only: bool) -> None:
    """Raise `InvalidOrder` for an order that the exchange itself would refuse."""
    offers = matching.opposite(order, book)
    if order.type == "market" and not offers:
        raise InvalidOrder(f"Nobody offers {order.pair} now; a market order cannot fill.")
    if reduce_only or (market.spot and order.side != "buy"):
        return
    price = order.price if order.type == "limit" else offers[0][0]
    _check_minimums(order, market, order.amount * (price or 0.0))


def _check_minimums(order: ExchangeOrder, market: Market, cost: float) -> None:
    least = None if market.amount_min is None else market.amount_min * (market.contract_size or 1.0)
    if least is not None and order.amount < least:
        raise InvalidOrder(f"An order of {order.amount} {market.base} is below the minimum of {least}.")
    if market.cost_min is not None and cost < market.cost_min:
        raise InvalidOrder(
            f"An order of {cost:.8g} {market.quote} in {order.pair} is below the minimum of "
            f"{market.cost_min}."
        )
