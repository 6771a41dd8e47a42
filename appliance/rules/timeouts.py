"""Decide when an order that does not fill has waited long enough, and whether it may go."""

from datetime import datetime, timedelta

from appliance.domain.order import Order
from appliance.domain.trade import Trade


def timed_out(order: Order, now: datetime, timeout: float, unit: str) -> bool:
    """Tell whether an open `order` is older than `timeout` minutes or seconds, as `unit` says."""
    allowed = timedelta(seconds=timeout) if unit == "seconds" else timedelta(minutes=timeout)
    return order.ft_is_open and order.order_date <= now - allowed


def strands_position(trade: Trade, order: Order, least: float, rate: float, *, entering: bool) -> bool:
    """Tell whether cancelling a partly filled order leaves less than `least` (a stake) to sell at `rate`."""
    if order.safe_filled <= 0:
        return False
    if entering:
        return (trade.amount + order.safe_filled) * rate < least
    left = trade.amount - order.safe_filled
    return left > 0 and left * rate / trade.leverage < least
