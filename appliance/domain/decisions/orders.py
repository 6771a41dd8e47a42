"""State the facts of orders and closed trades, as their kinds of steps name them."""

from appliance.domain.decisions.record import Fact
from appliance.domain.order import Order
from appliance.domain.trade import Trade


def order_facts(order: Order, *, filled: bool = False, reason: str = "") -> tuple[Fact, ...]:
    """Return the facts of an order; its `reason` is why it was cancelled, refused or lost."""
    amount = order.safe_filled if filled else order.safe_amount
    facts = (order.order_id, order.ft_order_side, order.order_type, amount, order.safe_price)
    return (*facts, order.ft_order_tag, reason) if reason else (*facts, order.ft_order_tag)


def closed_facts(trade: Trade) -> tuple[Fact, ...]:
    """Return the facts of a trade that has closed."""
    return trade.id, trade.exit_reason, trade.close_profit, trade.realized_profit, trade.stake_currency
