"""Write down what is to be sent before it is sent, and what is known of it since."""

from datetime import datetime
from enum import StrEnum

import msgspec

from appliance.domain.market import ExchangeOrder
from appliance.domain.order import Order


class JournalState(StrEnum):
    """How far an order has come, as far as is known here. UNKNOWN: sent, and the answer was lost."""

    INTENT = "intent"
    ACKNOWLEDGED = "acknowledged"
    PARTIALLY_FILLED = "partially_filled"
    FILLED = "filled"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


SETTLED = frozenset({JournalState.FILLED, JournalState.CANCELLED, JournalState.REJECTED})
UNSETTLED = frozenset({JournalState.INTENT, JournalState.UNKNOWN})
"""Whether the exchange has such an order is not known."""


class JournalEntry(msgspec.Struct, frozen=True, kw_only=True):
    """State one order that was to be sent. Amount in base, rates in quote currency, dates UTC.

    `note` says why it is where it is, for people. `order_id` is the exchange's, once it is known.
    """

    client_order_id: str
    trade_id: int
    pair: str
    side: str
    order_type: str
    amount: float
    rate: float
    stop_price: float | None = None
    state: JournalState
    order_id: str | None = None
    note: str | None = None
    created_at: datetime
    updated_at: datetime


def journalled(order: Order, state: JournalState, now: datetime, note: str | None = None) -> JournalEntry:
    """Return the journal's line of an order. The order must have a client order id."""
    assert order.client_order_id is not None
    known = order.order_id if order.order_id != order.client_order_id else None
    return JournalEntry(
        client_order_id=order.client_order_id,
        trade_id=order.ft_trade_id,
        pair=order.ft_pair,
        side=order.side or order.ft_order_side,
        order_type=order.order_type or "limit",
        amount=order.ft_amount,
        rate=order.ft_price,
        stop_price=order.stop_price,
        state=state,
        order_id=known,
        note=note,
        created_at=order.order_date,
        updated_at=now,
    )


def state_of(seen: ExchangeOrder) -> JournalState:
    """Return how far an order has come that the exchange has told of."""
    if seen.status == "rejected":
        return JournalState.REJECTED
    if seen.is_open:
        return JournalState.PARTIALLY_FILLED if seen.filled > 0 else JournalState.ACKNOWLEDGED
    return JournalState.FILLED if seen.status == "closed" else JournalState.CANCELLED


def standing(order: Order) -> JournalState:
    """Return how far an order has come that is open, by what is known here."""
    return JournalState.PARTIALLY_FILLED if order.safe_filled > 0 else JournalState.ACKNOWLEDGED
