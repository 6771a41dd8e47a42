"""Turn an order request into an order of the books."""

from datetime import datetime

from appliance.domain.enums import FtOrderSide
from appliance.domain.journal import JournalEntry, journal_entry
from appliance.domain.market import OrderRequest
from appliance.domain.order import NEW, STOP, Order
from appliance.domain.trade import Trade


def written_down(trade: Trade, request: OrderRequest, now: datetime) -> Order:
    """Return a new order of `trade`, not sent yet, with the request's client order id.

    If the trade's newest order was for the same side and was refused, the new one takes its row in the
    database, so that failing attempts do not pile up there. The journal has each of them.
    """
    side: FtOrderSide = request.side if request.stop_price is None else STOP
    return Order(
        id=_refused_before(trade, side),
        ft_trade_id=trade.id,
        ft_order_side=side,
        ft_pair=trade.pair,
        ft_amount=request.amount,
        ft_price=request.price if request.stop_price is None else request.stop_price,
        order_id=request.client_order_id,
        client_order_id=request.client_order_id,
        status=NEW,
        symbol=trade.pair,
        order_type=request.order_type,
        side=request.side,
        price=request.price,
        stop_price=request.stop_price,
        amount=request.amount,
        filled=0.0,
        remaining=request.amount,
        cost=0.0,
        order_date=now,
        ft_order_tag=request.tag,
        leverage=trade.leverage,
    )


def _refused_before(trade: Trade, side: FtOrderSide) -> int:
    """Return the row id of the newest order if it was on this side and refused; 0 if not."""
    last = trade.orders[-1] if trade.orders else None
    refused = last is not None and last.status == "rejected" and last.order_id == last.client_order_id
    return last.id if last is not None and refused and last.ft_order_side == side else 0


def journal_lines(order: Order, now: datetime, note: str | None = None) -> list[JournalEntry]:
    """Return the journal line of an order; none for an order that another program placed."""
    return [journal_entry(order, now, note)] if order.client_order_id else []


def withdraw_exit(trade: Trade, order: Order) -> None:
    """Clear what a trade says about an exit that was not placed or did not fill."""
    if order.ft_order_side == trade.exit_side:
        trade.exit_reason = trade.close_rate_requested = None
        trade.exit_order_status = order.ft_cancel_reason
