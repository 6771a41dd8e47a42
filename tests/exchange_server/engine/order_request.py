"""Read what is asked for in a new order, as strictly as Binance does."""

from collections.abc import Mapping
from decimal import Decimal

import msgspec

from tests.exchange_server.dialect import Refusal
from tests.exchange_server.endpoints import parameters
from tests.exchange_server.engine.money import ZERO
from tests.exchange_server.engine.orders import (
    BUY,
    FOK,
    GTC,
    IOC,
    LIMIT,
    LIMIT_MAKER,
    MARKET,
    SELL,
    STOPS,
    WITH_LIMIT,
)

ACK, RESULT, FULL = "ACK", "RESULT", "FULL"
KNOWN = (
    "symbol",
    "side",
    "type",
    "timeInForce",
    "quantity",
    "quoteOrderQty",
    "price",
    "newClientOrderId",
    "strategyId",
    "strategyType",
    "stopPrice",
    "trailingDelta",
    "icebergQty",
    "newOrderRespType",
    "selfTradePreventionMode",
)


class OrderRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A new order as it was asked for; ZERO where nothing was said."""

    pair: str
    symbol: str
    side: str
    type: str
    time_in_force: str
    quantity: Decimal
    quote_quantity: Decimal
    price: Decimal
    stop_price: Decimal
    client_id: str | None
    answer: str


def read(given: Mapping[str, str], pairs: Mapping[str, str]) -> OrderRequest:
    """Return the order that is asked for. Raises `Refusal`."""
    pair = parameters.symbol(given, pairs)
    side = parameters.choice(given, "side", (BUY, SELL), Refusal(-1117, "Invalid side."))
    order_type = parameters.choice(
        given, "type", (LIMIT, MARKET, LIMIT_MAKER, *STOPS), Refusal(-1116, "Invalid orderType.")
    )
    _refuse_unsupported(given)
    has_limit = order_type in WITH_LIMIT
    request = OrderRequest(
        pair=pair,
        symbol=given["symbol"],
        side=side,
        type=order_type,
        time_in_force=_time_in_force(given, has_limit and order_type != LIMIT_MAKER),
        quantity=_number(given, "quantity", wanted="quoteOrderQty" not in given),
        quote_quantity=_number(given, "quoteOrderQty", wanted=False, allowed=order_type == MARKET),
        price=_number(given, "price", wanted=has_limit, allowed=has_limit),
        stop_price=_number(given, "stopPrice", wanted=order_type in STOPS, allowed=order_type in STOPS),
        client_id=parameters.client_order_id(given, "newClientOrderId"),
        answer=parameters.choice(
            given,
            "newOrderRespType",
            (ACK, RESULT, FULL),
            Refusal(-1130, "Data sent for parameter 'newOrderRespType' is not valid."),
            usual=FULL if order_type in (LIMIT, MARKET) else ACK,
        ),
    )
    if order_type == MARKET and request.quantity and request.quote_quantity:
        raise Refusal(-1128, "Combination of optional parameters invalid.")
    return request


def _time_in_force(given: Mapping[str, str], wanted: bool) -> str:
    if not wanted and "timeInForce" in given:
        raise Refusal(-1106, "Parameter 'timeInForce' sent when not required.")
    if not wanted:
        return GTC
    parameters.text(given, "timeInForce")
    return parameters.choice(given, "timeInForce", (GTC, IOC, FOK), Refusal(-1115, "Invalid timeInForce."))


def _number(given: Mapping[str, str], name: str, *, wanted: bool, allowed: bool = True) -> Decimal:
    if name in given and not allowed:
        raise Refusal(-1106, f"Parameter '{name}' sent when not required.")
    if wanted:
        parameters.text(given, name)
    value = parameters.decimal(given, name)
    if value is None:
        return ZERO
    if not value:
        raise Refusal(-1013, f"Invalid {name}.")
    return value


def _refuse_unsupported(given: Mapping[str, str]) -> None:
    if "trailingDelta" in given:
        raise Refusal(-2010, "Trailing stop orders are not supported for this symbol.")
    if "icebergQty" in given:
        raise Refusal(-2010, "Iceberg orders are not supported for this symbol.")
