"""Decide when an unfilled order times out, and whether it may be cancelled."""

from datetime import datetime, timedelta

from appliance.domain.order import Order
from appliance.domain.trade import Trade


def timed_out(order: Order, now: datetime, timeout: float, unit: str) -> bool:
    """Return whether an open `order` is older than `timeout`, in minutes or, by `unit`, in seconds."""
    allowed = timedelta(seconds=timeout) if unit == "seconds" else timedelta(minutes=timeout)
    return order.ft_is_open and order.order_date <= now - allowed


def strands_position(trade: Trade, order: Order, least: float, rate: float, *, entering: bool) -> bool:
    """Return whether cancelling a partly filled order leaves less than `least` (stake) to sell at `rate`."""
    if order.safe_filled <= 0:
        return False
    if entering:
        return (trade.amount + order.safe_filled) * rate < least
    left = trade.amount - order.safe_filled
    return left > 0 and left * rate / trade.leverage < least
