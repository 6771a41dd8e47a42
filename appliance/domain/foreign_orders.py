"""Turn orders that another program or the user has placed into orders of our trades."""

from appliance.domain.market import ExchangeOrder
from appliance.domain.order import Order
from appliance.domain.timeframe import to_date
from appliance.domain.trade import Trade

WITHDRAWN = "withdrawn"
"""The tag of an amount that left the account without an order: withdrawn by the user, or paid as fees."""


def foreign_order(trade: Trade, seen: ExchangeOrder, amount: float, tag: str) -> Order:
    """Return the part of a finished foreign order that sold `amount` (base currency) of a trade."""
    price = seen.average or seen.price or 0.0
    ended = to_date(seen.filled_timestamp or seen.timestamp)
    return Order(
        ft_trade_id=trade.id,
        ft_order_side=trade.exit_side,
        ft_pair=trade.pair,
        ft_is_open=False,
        ft_amount=amount,
        ft_price=price,
        order_id=seen.id,
        status="closed",
        symbol=trade.pair,
        order_type=seen.type,
        side=trade.exit_side,
        price=seen.price,
        average=price,
        amount=amount,
        filled=amount,
        remaining=0.0,
        cost=amount * price,
        order_date=to_date(seen.timestamp),
        order_filled_date=ended,
        order_update_date=ended,
        ft_order_tag=tag,
        leverage=trade.leverage,
    )
