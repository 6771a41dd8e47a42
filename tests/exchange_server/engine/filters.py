"""Hold a new order against the market's filters, as `exchangeInfo` tells them."""

from collections.abc import Iterable
from decimal import Decimal

from appliance.domain.market import Market
from tests.exchange_server.dialect import (
    MOST_ALGO_ORDERS,
    MOST_ORDERS,
    PRICE_DOWN,
    PRICE_UP,
    Refusal,
)
from tests.exchange_server.engine.money import exact
from tests.exchange_server.engine.order_request import OrderRequest
from tests.exchange_server.engine.orders import AT_MARKET, STOPS, Order


def check(request: OrderRequest, market: Market, last: Decimal, open_orders: Iterable[Order]) -> None:
    """Raise `Refusal` (-1013) for the first filter that the order fails. `last`: the last traded price."""
    for price in (request.price, request.stop_price):
        if price:
            _check_price(price, market)
    if request.price:
        _check_distance(request.price, last)
    if request.quantity:
        _check_quantity(request, market)
    _check_notional(request, market, last)
    _check_numbers(request, list(open_orders))


def _check_price(price: Decimal, market: Market) -> None:
    inside = exact(market.price_min) <= price <= exact(market.price_max)
    if not inside or price % exact(market.price_precision):
        raise _failure("PRICE_FILTER")


def _check_distance(price: Decimal, last: Decimal) -> None:
    if not last * exact(PRICE_DOWN) <= price <= last * exact(PRICE_UP):
        raise _failure("PERCENT_PRICE_BY_SIDE")


def _check_quantity(request: OrderRequest, market: Market) -> None:
    inside = exact(market.amount_min) <= request.quantity <= exact(market.amount_max)
    if not inside or request.quantity % exact(market.amount_precision):
        raise _failure("LOT_SIZE")


def _check_notional(request: OrderRequest, market: Market, last: Decimal) -> None:
    price = request.price or request.stop_price or last
    notional = request.quote_quantity or price * request.quantity
    too_much = notional > exact(market.cost_max) and request.type not in AT_MARKET
    if notional < exact(market.cost_min) or too_much:
        raise _failure("NOTIONAL")


def _check_numbers(request: OrderRequest, open_orders: list[Order]) -> None:
    here = [order for order in open_orders if order.pair == request.pair]
    if len(here) >= MOST_ORDERS:
        raise _failure("MAX_NUM_ORDERS")
    if request.type in STOPS and sum(order.type in STOPS for order in here) >= MOST_ALGO_ORDERS:
        raise _failure("MAX_NUM_ALGO_ORDERS")


def _failure(name: str) -> Refusal:
    return Refusal(-1013, f"Filter failure: {name}")
