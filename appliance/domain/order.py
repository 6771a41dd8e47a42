"""Define an order of a trade, as the database stores it and strategies read it."""

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import msgspec

from appliance.domain.enums import FtOrderSide, OrderSide, OrderStatus
from appliance.domain.market import ExchangeOrder, Fee
from appliance.domain.money import exact, product, quotient
from appliance.domain.order_state import UNRESOLVED, OrderState
from appliance.domain.timeframe import to_date

OPEN_STATUSES = frozenset({"open", "new", "partially_filled"})
CANCELED_STATUSES = frozenset({"canceled", "cancelled", "expired", "rejected"})
CLOSED_STATUSES = CANCELED_STATUSES | {"closed"}

NEW: Final = "new"
UNKNOWN: Final = "unknown"
"""The `status` of an order without an answer yet, and of one whose answer was lost."""

WHOLE_RATIO = 1 - 1e-9
"""The part of its amount from which on an order counts as filled: floats lose the rest."""

LARGEST_FEE = 0.02
"""A fee ratio from here on means that the exchange's answer was misread."""

STOP: Final = "stoploss"
"""The `ft_order_side` of stop orders that wait on the exchange."""


class Order(msgspec.Struct, kw_only=True, dict=True):
    """Hold one order. Amounts in base currency, prices and `cost` in quote, dates UTC.

    Names are those of the database's columns. `ft_*` is what was requested; the rest is what the exchange
    reports. `client_order_id` is set before the order is sent, and finds it when the answer was lost.
    `leverage` is that of the order's trade. `fees` are those that the exchange reports, `fee_in_quote` is
    their worth at the fill (quote currency, None while unknown). `ft_fee_base` is the part of `filled` that
    was taken as a fee in base currency; it is negative for an exit, where it is taken in addition to what was
    sold.
    """

    id: int = 0
    ft_trade_id: int = 0
    ft_order_side: FtOrderSide
    ft_pair: str
    ft_is_open: bool = True
    ft_amount: float
    ft_price: float
    ft_cancel_reason: str | None = None
    order_id: str
    status: OrderStatus | None = None
    symbol: str | None = None
    order_type: str | None = None
    side: OrderSide | None = None
    price: float | None = None
    average: float | None = None
    amount: float | None = None
    filled: float | None = None
    remaining: float | None = None
    cost: float | None = None
    stop_price: float | None = None
    order_date: datetime
    order_filled_date: datetime | None = None
    order_update_date: datetime | None = None
    funding_fee: float | None = None
    ft_fee_base: float | None = None
    ft_order_tag: str | None = None
    client_order_id: str | None = None
    fees: tuple[Fee, ...] = ()
    fee_in_quote: float | None = None
    leverage: float = 1.0

    @property
    def order_date_utc(self) -> datetime:
        return self.order_date

    @property
    def order_filled_utc(self) -> datetime | None:
        return self.order_filled_date

    @property
    def safe_amount(self) -> float:
        return self.amount or self.ft_amount

    @property
    def safe_price(self) -> float:
        return self.average or self.price or self.stop_price or self.ft_price

    @property
    def safe_placement_price(self) -> float:
        """The price at which the order was placed."""
        return self.price or self.stop_price or self.ft_price

    @property
    def safe_filled(self) -> float:
        return self.filled if self.filled is not None else 0.0

    @property
    def safe_cost(self) -> float:
        return self.cost or 0.0

    @property
    def safe_remaining(self) -> float:
        return self.remaining if self.remaining is not None else self.safe_amount - self.safe_filled

    @property
    def safe_fee_base(self) -> float:
        return self.ft_fee_base or 0.0

    @property
    def safe_amount_after_fee(self) -> float:
        """The change of the position by the order: the fill, less a fee in base currency."""
        return self.safe_filled - self.safe_fee_base

    @property
    def stake_amount(self) -> float:
        """The part of the stake that was requested, in quote currency."""
        return self._stake_of(self.safe_amount)

    @property
    def stake_amount_filled(self) -> float:
        """The part of the stake that is filled, in quote currency."""
        return self._stake_of(self.safe_filled)

    @property
    def filled_value(self) -> float:
        """The worth of the filled part, in quote currency."""
        return float(product(self.safe_filled, self.safe_price))

    def note_fees(self, fees: Sequence[Fee], in_quote: float | None) -> None:
        """Set the fees paid, and their worth at the fill (quote currency, None: unknown).

        A fee that is too large was misread: its worth counts as unknown.
        """
        self.fees = tuple(fees)
        plausible = in_quote is not None and abs(in_quote) < LARGEST_FEE * self.filled_value
        self.fee_in_quote = in_quote if plausible or not in_quote else None

    def _stake_of(self, amount: float) -> float:
        return float(quotient(product(amount, self.safe_price), exact(self.leverage or 1.0)))

    @property
    def state(self) -> OrderState:
        """The state of the order, as far as it is known here."""
        if not self.ft_is_open:
            if self.status == "rejected":
                return OrderState.REJECTED
            whole = self.status == "closed" and self.safe_filled >= self.safe_amount * WHOLE_RATIO
            return OrderState.FILLED if whole else OrderState.CANCELLED
        if self.status == NEW:
            return OrderState.INTENT
        if self.status == UNKNOWN:
            return OrderState.UNKNOWN
        return OrderState.PARTIALLY_FILLED if self.safe_filled > 0 else OrderState.ACKNOWLEDGED

    @property
    def is_unresolved(self) -> bool:
        """Whether it is unknown if the exchange has this order."""
        return self.state in UNRESOLVED

    def apply(self, seen: ExchangeOrder, now: datetime) -> bool:
        """Update the order from an answer of the exchange, and return whether that changed anything.

        Fields that the answer leaves out keep their values. What has filled once stays filled, and an order
        that has ended is open again only where more has filled: any other answer is outdated.
        """
        self.order_update_date = now
        before = self._progress
        if self._is_outdated(seen):
            return False
        grown = seen.filled > self.safe_filled
        self._take_terms(seen)
        if seen.filled >= self.safe_filled:
            self._take_fills(seen)
        self.ft_is_open = seen.status not in CLOSED_STATUSES
        if not self.ft_is_open and self.safe_filled > 0 and (grown or self.order_filled_date is None):
            filled_at = seen.filled_timestamp
            self.order_filled_date = to_date(filled_at) if filled_at else self.order_filled_date or now
        return before != self._progress

    @property
    def _progress(self) -> tuple[object, ...]:
        return self.status, self.filled, self.average, self.cost, self.ft_is_open

    def _is_outdated(self, seen: ExchangeOrder) -> bool:
        """Return whether an answer is older than what is known: it lacks fills, or reopens an ended order."""
        ended = not self.ft_is_open
        if seen.filled < self.safe_filled:
            return ended or seen.is_open
        return ended and seen.is_open and seen.filled == self.safe_filled

    def _take_terms(self, seen: ExchangeOrder) -> None:
        self.status = seen.status
        self.symbol = seen.pair
        self.order_type = seen.type or self.order_type
        self.side = seen.side or self.side
        self.price = seen.price if seen.price is not None else self.price
        self.stop_price = seen.stop_price if seen.stop_price is not None else self.stop_price
        self.client_order_id = self.client_order_id or seen.client_order_id

    def _take_fills(self, seen: ExchangeOrder) -> None:
        self.average = seen.average if seen.average is not None else self.average
        self.amount = seen.amount
        self.filled = seen.filled
        self.remaining = seen.remaining
        self.cost = seen.cost


def as_placed(orders: Iterable[Order]) -> list[Order]:
    """Return orders as they were placed; those of the same time by their id in the database."""
    return sorted(orders, key=lambda order: (order.order_date, order.id or sys.maxsize))
