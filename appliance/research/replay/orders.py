"""Read the orders of trades, and those that the journal holds beside them. Pure."""

from datetime import datetime
from typing import TYPE_CHECKING

from appliance.domain.order_state import OrderState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from appliance.domain.journal import JournalEntry
    from appliance.domain.order import Order
    from appliance.domain.trade import Trade

FINAL = (OrderState.CANCELLED, OrderState.REJECTED)
OPEN = (OrderState.INTENT, OrderState.ACKNOWLEDGED, OrderState.UNKNOWN)


def filled_orders(trade: "Trade", *, entries: bool) -> "list[Order]":
    """Return the orders of one side that filled, at least in part, first placed first."""
    return [
        order
        for order in trade.orders
        if (order.ft_order_side == trade.entry_side) is entries and order.safe_filled > 0
    ]


def unfilled_entries(orders: "Iterable[JournalEntry]", trades: "Iterable[Trade]") -> "Iterator[JournalEntry]":
    """Yield the orders of trades that never came to be: nothing of them has filled."""
    known = {trade.id for trade in trades}
    for order in orders:
        if order.trade_id not in known and order.state in (*FINAL, *OPEN):
            yield order


def waits(order: "JournalEntry", moment: datetime) -> bool:
    """Return whether an order was open at a moment."""
    return order.created_at <= moment and (order.state in OPEN or moment < order.updated_at)
