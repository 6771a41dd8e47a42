"""Define the lines of the order journal, which are written before an order is sent."""

from datetime import datetime

import msgspec

from appliance.domain.enums import FtOrderSide
from appliance.domain.market import ExchangeOrder
from appliance.domain.order import WHOLE_RATIO, Order
from appliance.domain.order_state import OrderState


class JournalEntry(msgspec.Struct, frozen=True, kw_only=True):
    """State one order that was to be sent. Amount in base, rates in quote currency, dates UTC.

    `note` explains the state to users. `order_id` is the exchange's, once it is known.
    """

    client_order_id: str
    trade_id: int
    pair: str
    side: FtOrderSide
    order_type: str
    amount: float
    rate: float
    stop_price: float | None = None
    state: OrderState
    order_id: str | None = None
    note: str | None = None
    created_at: datetime
    updated_at: datetime


class JournalChoice(msgspec.Struct, frozen=True, kw_only=True):
    """Say which lines are wanted; what is empty or None leaves all. `since` and `until` (UTC) bound when."""

    states: tuple[OrderState, ...] = ()
    pair: str | None = None
    side: str | None = None
    trade_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def journal_entry(order: Order, now: datetime, note: str | None = None) -> JournalEntry:
    """Return the journal line of an order; orders of other programs have the exchange's id for ours."""
    return JournalEntry(
        client_order_id=order.client_order_id or order.order_id,
        trade_id=order.ft_trade_id,
        pair=order.ft_pair,
        side=order.side or order.ft_order_side,
        order_type=order.order_type or "limit",
        amount=order.ft_amount,
        rate=order.ft_price,
        stop_price=order.stop_price,
        state=order.state,
        order_id=None if order.order_id == order.client_order_id else order.order_id,
        note=note,
        created_at=order.order_date,
        updated_at=now,
    )


def state_of(seen: ExchangeOrder) -> OrderState:
    """Return the state of an order, from the exchange's answer."""
    if seen.status == "rejected":
        return OrderState.REJECTED
    if seen.is_open:
        return OrderState.PARTIALLY_FILLED if seen.filled > 0 else OrderState.ACKNOWLEDGED
    whole = seen.status == "closed" and seen.filled >= seen.amount * WHOLE_RATIO
    return OrderState.FILLED if whole else OrderState.CANCELLED
