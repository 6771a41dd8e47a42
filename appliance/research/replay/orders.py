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
    known = {
        name for trade in trades for order in trade.orders for name in (order.order_id, order.client_order_id)
    }
    for order in orders:
        if order.state not in (*FINAL, *OPEN) or order.client_order_id in known:
            continue
        if order.order_id is None or order.order_id not in known:  # ids of trades are given out again
            yield order


def ended(order: "JournalEntry") -> datetime | None:
    """Return when an order ended; None while it is open."""
    return None if order.state in OPEN else order.updated_at


def waits(order: "JournalEntry", moment: datetime) -> bool:
    """Return whether an order was open at a moment."""
    end = ended(order)
    return order.created_at <= moment and (end is None or moment < end)
