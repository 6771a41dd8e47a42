"""Make steps of a decision of what happens to orders."""

from appliance.domain.decisions.kinds import Kind
from appliance.domain.decisions.record import Fact
from appliance.domain.order import Order
from appliance.domain.trade import Trade

OrderStep = tuple[str, Kind, tuple[Fact, ...]]
"""The pair, the kind of the step and its facts."""
_KINDS = {"": Kind.ORDER_PLACED, "fill": Kind.ORDER_FILLED, "cancel": Kind.ORDER_CANCELLED}


def steps_of(trade: Trade, order: Order, event: str, reason: str) -> tuple[OrderStep, ...]:
    """Return the steps of an order that was placed (event ""), filled ("fill") or cancelled ("cancel")."""
    step = (trade.pair, _KINDS[event], order_facts(order, filled=event == "fill", reason=reason))
    if event != "fill" or trade.is_open:
        return (step,)
    closed = (trade.id, trade.exit_reason, trade.close_profit, trade.realized_profit, trade.stake_currency)
    return step, (trade.pair, Kind.TRADE_CLOSED, closed)


def refused(trade: Trade, order: Order, why: str) -> OrderStep:
    """Return the step of an order that the exchange refused."""
    return trade.pair, Kind.ORDER_REFUSED, order_facts(order, reason=why)


def lost(trade: Trade, order: Order, why: str) -> OrderStep:
    """Return the step of an order whose answer was lost."""
    return trade.pair, Kind.ORDER_UNKNOWN, order_facts(order, reason=why)


def order_facts(order: Order, *, filled: bool = False, reason: str = "") -> tuple[Fact, ...]:
    """Return the facts of an order as its kinds of steps name them."""
    amount = order.safe_filled if filled else order.safe_amount
    facts = (order.order_id, order.ft_order_side, order.order_type, amount, order.safe_price)
    return (*facts, order.ft_order_tag, reason) if reason else (*facts, order.ft_order_tag)
