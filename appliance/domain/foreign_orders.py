"""Make the orders of a trade that the bot has not placed: sales by hand, and coins that left the account.

Whatever leaves a position is an order of its trade, so that amount and profit follow from the orders alone.
"""

from datetime import datetime

from appliance.domain.market import ExchangeOrder
from appliance.domain.order import Order
from appliance.domain.timeframe import to_date
from appliance.domain.trade import Trade

WITHDRAWN = "withdrawn"
"""The tag of what has left the account without an order: withdrawn by the user, or eaten by fees."""


def foreign_order(trade: Trade, seen: ExchangeOrder, amount: float, tag: str) -> Order:
    """Return the part of somebody else's finished order by which `amount` (base) of a trade was sold."""
    price = seen.average or seen.price or 0.0
    ended = to_date(seen.filled_timestamp or seen.timestamp)
    return _exit(trade, seen.id, amount, price, tag, to_date(seen.timestamp), ended, seen.type)


def booked_out(trade: Trade, amount: float, rate: float, tag: str, now: datetime) -> Order:
    """Return an order of our own by which `amount` (base) leaves a trade at `rate` (quote), without a sale.

    Its id cannot be one of the exchange's.
    """
    order_id = f"{tag}-{trade.id}-{len(trade.orders)}-{now:%Y%m%d%H%M%S}"
    return _exit(trade, order_id, amount, rate, tag, now, now, "market")


def _exit(
    trade: Trade,
    order_id: str,
    amount: float,
    price: float,
    tag: str,
    placed: datetime,
    ended: datetime,
    order_type: str,
) -> Order:
    return Order(
        ft_trade_id=trade.id,
        ft_order_side=trade.exit_side,
        ft_pair=trade.pair,
        ft_is_open=False,
        ft_amount=amount,
        ft_price=price,
        order_id=order_id,
        status="closed",
        symbol=trade.pair,
        order_type=order_type,
        side=trade.exit_side,
        price=price,
        average=price,
        amount=amount,
        filled=amount,
        remaining=0.0,
        cost=amount * price,
        order_date=placed,
        order_filled_date=ended,
        order_update_date=ended,
        ft_order_tag=tag,
        leverage=trade.leverage,
    )
