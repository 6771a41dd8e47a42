"""Decide when an order that does not fill has waited long enough."""

from datetime import datetime, timedelta

from appliance.domain.order import Order


def timed_out(order: Order, now: datetime, timeout: float, unit: str) -> bool:
    """Tell whether an open `order` is older than `timeout` minutes or seconds, as `unit` says."""
    allowed = timedelta(seconds=timeout) if unit == "seconds" else timedelta(minutes=timeout)
    return order.ft_is_open and order.order_date <= now - allowed
