"""Make order requests of the few words in which tests state them."""

from typing import Any

from appliance.domain.market import OrderRequest


def order_request(**stated: Any) -> OrderRequest:
    """Return a request; orders at the market need no `price`."""
    return OrderRequest(**{**stated, "price": stated.get("price") or 0.0})


def stop_request(*, limit_price: float | None = None, **stated: Any) -> OrderRequest:
    """Return a request for a stop order that becomes a limit order where a `limit_price` is stated."""
    order_type = "market" if limit_price is None else "limit"
    return OrderRequest(**{**stated, "order_type": order_type, "price": limit_price or 0.0})
