"""Make steps of a decision of what happens to orders."""

from appliance.domain.decisions.kinds import Kind
from appliance.domain.decisions.orders import closed_facts, order_facts
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
    return step, (trade.pair, Kind.TRADE_CLOSED, closed_facts(trade))


def refused(trade: Trade, order: Order, why: str) -> OrderStep:
    """Return the step of an order that the exchange refused."""
    return trade.pair, Kind.ORDER_REFUSED, order_facts(order, reason=why)


def lost(trade: Trade, order: Order, why: str) -> OrderStep:
    """Return the step of an order whose answer was lost."""
    return trade.pair, Kind.ORDER_UNKNOWN, order_facts(order, reason=why)
