"""Take orders, cancel them, and match what rests in the book as the market's time passes.

Matching belongs to the market's clock, not to requests: whenever something is asked, every fifth of a second
since the last time is gone through. The same orders at the same moments therefore always trade the same.
"""

import hashlib
from collections.abc import Callable
from decimal import Decimal

from appliance.exchange.simulated.path import STEP_MS
from tests.exchange_server.dialect import Refusal
from tests.exchange_server.engine import filters, matching
from tests.exchange_server.engine.ledger import Fill, Ledger
from tests.exchange_server.engine.money import cut, exact
from tests.exchange_server.engine.order_request import OrderRequest
from tests.exchange_server.engine.orders import (
    AT_MARKET,
    CANCELED,
    EXPIRED,
    FOK,
    GTC,
    LIMIT_MAKER,
    MARKET,
    STOPS,
    Order,
)
from tests.exchange_server.engine.prices import TICK_MS, Prices
from tests.exchange_server.engine.settlement import Settlement
from tests.exchange_server.settings import ServerSettings

Listener = Callable[[Order, str, Fill | None, str], None]
"""Hears of an order, what happened (NEW, TRADE, CANCELED, EXPIRED), its trade, and the id of a cancel."""
_FIRST_ID = 10_001


class Engine:
    """Hold the book of this account's orders. `clock` tells the market's time in ms."""

    def __init__(
        self, prices: Prices, ledger: Ledger, settings: ServerSettings, clock: Callable[[], int]
    ) -> None:
        self._prices = prices
        self._ledger = ledger
        self._clock = clock
        self._pieces = matching.Pieces(settings.seed, settings.most_pieces)
        self._settling = Settlement(ledger, prices, settings)
        self._matched_ms = clock() // TICK_MS * TICK_MS
        self.listeners: list[Listener] = []
        for asset, amount in settings.balance.items():
            self.deposit(asset, exact(amount))

    def deposit(self, asset: str, amount: Decimal) -> None:
        self._settling.deposit(asset, amount, self._clock())

    def withdraw(self, asset: str, amount: Decimal) -> None:
        """Take free money out of the account. Raises `AssertionError` where there is less."""
        self.advance()
        self._settling.withdraw(asset, amount, self._clock())

    def check(self, request: OrderRequest) -> None:
        """Raise `Refusal` where an order would not be taken for its form, its filters or its id."""
        self.advance()
        if request.client_id and any(
            order.client_id == request.client_id for order in self._ledger.open_orders
        ):
            raise Refusal(-2010, "Duplicate order sent.")
        last = self._prices.last(request.pair, self._clock())
        filters.check(request, self._prices.market(request.pair), last, self._ledger.open_orders)
        if request.type in STOPS and matching.is_triggered(self._order(request), last):
            raise Refusal(-2010, "Order would trigger immediately.")

    def place(self, request: OrderRequest) -> Order:
        """Take an order and trade what can be traded at once. Raises `Refusal`."""
        self.check(request)
        order = self._order(request)
        if order.type in STOPS:
            return self._accepted(order)
        takes = self._takes(order, order.time)
        if order.type == LIMIT_MAKER and takes:
            raise Refusal(-2010, "Order would immediately match and take.")
        spends = matching.cost(takes) if order.is_buy else order.quantity
        if order.type == MARKET and not self._settling.can_pay(order, spends):
            raise _poor()
        order = self._accepted(order.changed(order.time, working_time=order.time))
        return self._take(order, takes, order.time)

    def cancel(self, order_id: int, cancel_id: str) -> Order:
        """Cancel an open order. Raises `Refusal` (-2011) when there is none such."""
        self.advance()
        order = self._ledger.orders.get(order_id)
        if order is None or not order.is_open:
            raise Refusal(-2011, "Unknown order sent.")
        return self._end(order, CANCELED, self._clock(), cancel_id=cancel_id)

    def expire(self, order_id: int, reason: str = "EXCHANGE_CANCELED") -> Order:
        """End an open order by the exchange's own decision."""
        return self._end(self._ledger.orders[order_id], EXPIRED, self._clock(), reason=reason)

    def fill(self, order_id: int, share: float) -> Order:
        """Let somebody trade with a resting order now: `share` of its rest, a ratio up to 1."""
        self.advance()
        order = self._ledger.orders[order_id]
        step = self._step(order)
        quantity = cut(order.remaining * exact(share), step) or min(order.remaining, step)
        if not order.is_open or not order.is_working:
            return order
        return self._trade(order, matching.Take(order.price, quantity), self._clock(), maker=True)

    def advance(self) -> None:
        """Match up to now."""
        now = self._clock() // TICK_MS * TICK_MS
        if now <= self._matched_ms:
            return
        first, last = (self._matched_ms + TICK_MS) // STEP_MS, now // STEP_MS
        pairs = sorted({order.pair for order in self._ledger.open_orders})
        ranges = {pair: self._prices.ranges(pair, first, last - first + 1) for pair in pairs}
        for place in range(last - first + 1):
            touched = [pair for pair in pairs if self._is_touched(pair, *ranges[pair][place])]
            start = max((first + place) * STEP_MS, self._matched_ms + TICK_MS)
            for at_ms in range(start, min(start // STEP_MS * STEP_MS + STEP_MS, now + 1), TICK_MS):
                for pair in touched:
                    self._match(pair, at_ms)
        self._matched_ms = now

    def _is_touched(self, pair: str, low: float, high: float) -> bool:
        return any(
            matching.reaches(order, low, high) for order in self._ledger.open_orders if order.pair == pair
        )

    def _open(self, pair: str) -> list[Order]:
        return [order for order in self._ledger.open_orders if order.pair == pair]

    def _match(self, pair: str, at_ms: int) -> None:
        orders = self._open(pair)
        if not orders:
            return
        price = self._prices.last(pair, at_ms)
        for order in orders:
            if not order.is_working:
                if matching.is_triggered(order, price):
                    self.start(order, at_ms)
            elif matching.meets(order, price):
                trades = len(self._ledger.fills_of(order.id))
                quantity = self._pieces.next(order, trades, self._step(order))
                self._trade(order, matching.Take(order.price, quantity), at_ms, maker=True)

    def start(self, order: Order, at_ms: int) -> None:
        """Let a stop order that was triggered do what it has waited to do."""
        order = order.changed(at_ms, working_time=at_ms)
        self._ledger.record(order)
        takes = self._takes(order, at_ms)
        if order.is_buy and not self._settling.can_pay(order, matching.cost(takes)):
            self._end(order, EXPIRED, at_ms, reason="REJECTED")
        else:
            self._take(order, takes, at_ms)

    def _takes(self, order: Order, at_ms: int) -> list[matching.Take]:
        takes = matching.taken(order, self._prices.offers(order.pair, order.is_buy, at_ms))
        whole = sum(take.quantity for take in takes) == order.remaining
        return [] if order.time_in_force == FOK and not whole else takes

    def _take(self, order: Order, takes: list[matching.Take], at_ms: int) -> Order:
        for take in self._pieces.split(order, takes, self._step(order)):
            order = self._trade(order, take, at_ms, maker=False)
        if order.is_open and order.type in AT_MARKET:
            return self._end(order, EXPIRED, at_ms, reason="INSUFFICIENT_LIQUIDITY")
        if order.is_open and order.time_in_force != GTC:
            kind = "FOK_ORDER" if order.time_in_force == FOK else "IOC_QUANTITY"
            return self._end(order, EXPIRED, at_ms, reason=f"UNFILLED_{kind}_EXPIRED")
        return order

    def _accepted(self, order: Order) -> Order:
        if not self._settling.can_hold(order):
            raise _poor()
        order = self._settling.hold(order)
        self._ledger.record(order)
        self._tell(order, "NEW")
        return order

    def _trade(self, order: Order, take: matching.Take, at_ms: int, *, maker: bool) -> Order:
        order, fill = self._settling.settle(order, take, at_ms, maker)
        self._ledger.record(order)
        self._tell(order, "TRADE", fill)
        return order

    def _end(
        self, order: Order, status: str, at_ms: int, *, reason: str | None = None, cancel_id: str = ""
    ) -> Order:
        ended = order.changed(at_ms, status=status, expiry_reason=reason)
        order = self._settling.release(ended, at_ms)
        self._ledger.record(order)
        self._tell(order, status, None, cancel_id)
        return order

    def _tell(self, order: Order, what: str, fill: Fill | None = None, cancel_id: str = "") -> None:
        for listener in self.listeners:
            listener(order, what, fill, cancel_id)

    def _order(self, request: OrderRequest) -> Order:
        now = self._clock()
        number = _FIRST_ID + len(self._ledger.orders)
        quantity = request.quantity
        if request.quote_quantity:
            offers = self._prices.offers(request.pair, request.side == "BUY", now)
            step = exact(self._prices.market(request.pair).amount_precision)
            quantity = matching.quantity_worth(request.quote_quantity, offers, step)
            if not quantity:
                raise Refusal(-1013, "Filter failure: LOT_SIZE")
        return Order(
            id=number,
            client_id=request.client_id or hashlib.sha256(str(number).encode()).hexdigest()[:22],
            pair=request.pair,
            symbol=request.symbol,
            side=request.side,
            type=request.type,
            time_in_force=request.time_in_force,
            quantity=quantity,
            price=request.price,
            stop_price=request.stop_price,
            quote_quantity=request.quote_quantity,
            time=now,
            update_time=now,
        )

    def _step(self, order: Order) -> Decimal:
        return exact(self._prices.market(order.pair).amount_precision)


def _poor() -> Refusal:
    return Refusal(-2010, "Account has insufficient balance for requested action.")
