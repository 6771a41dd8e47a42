"""Say what a ccxt exchange lacks of what trading needs, one line each."""

from collections.abc import Iterator
from typing import Any

import msgspec

from appliance.exchange.traits import SUPPORTED, ExchangeTraits, relative

_METHODS = {
    "createOrder": "place orders",
    "cancelOrder": "cancel orders",
    "fetchOrder": "ask for one order",
    "fetchOpenOrders": "list open orders",
    "fetchBalance": "ask for balances",
}
_SETTINGS = {"apiKey": "key"}
"""Names of credentials in the configuration, where they differ from ccxt's."""


class Needs(msgspec.Struct, frozen=True, kw_only=True):
    """State what the bot is going to ask for.

    `timeframe` of its candles; `order_types` it uses (limit, market); `times_in_force` (GTC, FOK, IOC, PO);
    `stop_type`, limit or market, that a stop order on the exchange becomes, None where there are none.
    """

    timeframe: str | None = None
    order_types: tuple[str, ...] = ("limit",)
    times_in_force: tuple[str, ...] = ("GTC",)
    stop_type: str | None = None


def missing(exchange: Any, name: str, own: ExchangeTraits, needs: Needs) -> list[str]:
    """Return a line for everything that is missing: credentials, methods, kinds of orders, candles."""
    return [*_credentials(exchange, name), *_methods(exchange, name), *_orders(exchange, name, own, needs)]


def warnings(name: str) -> list[str]:
    if name in SUPPORTED:
        return []
    if known := relative(name):
        return [f"{name} is treated as {known}, of which ccxt makes it. Watch its first orders."]
    return [
        f"{name} is not among the exchanges that live trading is made for ({', '.join(SUPPORTED)}): "
        "what ccxt does not even out there is not known here. Watch its first orders."
    ]


def _credentials(exchange: Any, name: str) -> Iterator[str]:
    for credential, required in exchange.requiredCredentials.items():
        if required and not getattr(exchange, credential, None):
            setting = _SETTINGS.get(credential, credential)
            yield f"exchange.{setting}: missing; live trading on {name} needs it"


def _methods(exchange: Any, name: str) -> Iterator[str]:
    for method, doing in _METHODS.items():
        if not exchange.has.get(method):
            yield f"exchange.name: {name} cannot be traded on: it cannot {doing} (ccxt: {method})"
    if not (exchange.has.get("fetchMyTrades") or exchange.has.get("fetchOrderTrades")):
        yield f"exchange.name: {name} cannot be traded on: it does not list fills (ccxt: fetchMyTrades)"


def _orders(exchange: Any, name: str, own: ExchangeTraits, needs: Needs) -> Iterator[str]:
    if needs.timeframe and needs.timeframe not in (exchange.timeframes or ()):
        offered = ", ".join(exchange.timeframes or ()) or "none"
        yield f"timeframe: {name} has no candles of {needs.timeframe}; it has {offered}"
    if "market" in needs.order_types and exchange.has.get("createMarketOrder") is False:
        yield f"order_types: {name} takes no market orders"
    offered_times = exchange.feature_value_by_type("spot", None, "createOrder", "timeInForce", None) or {}
    for time_in_force in needs.times_in_force:
        if time_in_force.upper() != "GTC" and offered_times.get(time_in_force.upper()) is False:
            able = ", ".join(kind for kind, offered in offered_times.items() if offered)
            yield f"order_time_in_force: {name} does not take {time_in_force}; it takes {able}"
    if needs.stop_type and own.stop_price is None:
        yield f"order_types.stoploss_on_exchange: not available on {name}; set it to false"
    elif needs.stop_type and needs.stop_type not in own.stop_types:
        able = " or ".join(own.stop_types)
        yield f"order_types.stoploss: stop orders on {name} can only be {able}, found {needs.stop_type}"
