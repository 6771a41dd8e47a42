"""Say what order is to be placed, and write it down before it is."""

from datetime import datetime

import msgspec

from appliance.domain.enums import FtOrderSide, OrderKind, OrderSide
from appliance.domain.journal import JournalEntry, journal_entry
from appliance.domain.order import NEW, STOP, Order
from appliance.domain.trade import Trade
from appliance.exchange.ccxt.client_ids import new_client_order_id


class OrderRequest(msgspec.Struct, frozen=True, kw_only=True):
    """State an order to place: `amount` in base currency, `rate` in quote currency.

    With a `stop_price` (quote currency) it waits on the exchange until the price reaches that.
    """

    side: OrderSide
    order_type: OrderKind
    amount: float
    rate: float
    tag: str | None = None
    time_in_force: str = "GTC"
    stop_price: float | None = None


def written_down(trade: Trade, request: OrderRequest, now: datetime, mark: str) -> Order:
    """Return a new order of `trade`, not sent yet, with an id of ours by which it can be found again.

    `mark` is in the ids of all orders of this bot. Where the trade's newest order was for the same and was
    refused, the new one has its place in the database: attempts that go on failing do not pile up there. The
    journal keeps each of them.
    """
    client_id = new_client_order_id(mark)
    side: FtOrderSide = request.side if request.stop_price is None else STOP
    return Order(
        id=_refused_before(trade, side),
        ft_trade_id=trade.id,
        ft_order_side=side,
        ft_pair=trade.pair,
        ft_amount=request.amount,
        ft_price=request.rate if request.stop_price is None else request.stop_price,
        order_id=client_id,
        client_order_id=client_id,
        status=NEW,
        symbol=trade.pair,
        order_type=request.order_type,
        side=request.side,
        price=request.rate,
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
    """Return the database's id of the newest order if it was of this side and refused; 0 if not."""
    last = trade.orders[-1] if trade.orders else None
    refused = last is not None and last.status == "rejected" and last.order_id == last.client_order_id
    return last.id if last is not None and refused and last.ft_order_side == side else 0


def journal_lines(order: Order, now: datetime, note: str | None = None) -> list[JournalEntry]:
    """Return the journal's line of an order; none for orders that another program has placed."""
    return [journal_entry(order, now, note)] if order.client_order_id else []


def no_longer_leaving(trade: Trade, order: Order) -> None:
    """Take back what a trade says of an exit that does not come about."""
    if order.ft_order_side == trade.exit_side:
        trade.exit_reason = trade.close_rate_requested = None
        trade.exit_order_status = order.ft_cancel_reason
