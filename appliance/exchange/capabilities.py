"""List what trading needs and a ccxt exchange does not have, one line each."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import msgspec

from appliance.exchange.traits import SUPPORTED, ExchangeTraits, relative

PUBLIC_METHODS = ("fetchOHLCV", "fetchTicker", "fetchOrderBook")
"""ccxt's names of what the bot asks of any exchange, in dry-run too."""
_METHODS = {
    "createOrder": "place orders",
    "cancelOrder": "cancel orders",
    "fetchOrder": "ask for one order",
    "fetchOpenOrders": "list open orders",
    "fetchBalance": "ask for balances",
}
FILLS = ("fetchMyTrades", "fetchOrderTrades")
"""One of these lists fills."""
_SETTINGS = {"apiKey": "key"}
"""Names of credentials in the configuration, where they differ from ccxt's."""


class CcxtAbilities(Protocol):
    """The part of ccxt's classes that states what they can do."""

    has: Mapping[str, bool | str | None]
    timeframes: Mapping[str, object] | None
    requiredCredentials: Mapping[str, bool]  # noqa: N815 -- ccxt's own name

    def feature_value_by_type(
        self, kind: str, subtype: str | None, method: str, parameter: str, default: object, /
    ) -> Any: ...


class Needs(msgspec.Struct, frozen=True, kw_only=True):
    """State what the bot is going to request.

    `timeframe` of its candles; `order_types` it uses (limit, market); `times_in_force` (GTC, FOK, IOC, PO);
    `stop_type`, limit or market, that a stop order on the exchange becomes, None where there are none.
    """

    timeframe: str | None = None
    order_types: tuple[str, ...] = ("limit",)
    times_in_force: tuple[str, ...] = ("GTC",)
    stop_type: str | None = None


def missing(exchange: CcxtAbilities, name: str, traits: ExchangeTraits, needs: Needs) -> list[str]:
    """Return a line for everything that is missing: credentials, methods, kinds of orders, candles."""
    return [
        *_credentials(exchange, name),
        *_methods(exchange, name),
        *_candles(exchange, name, needs),
        *_orders(exchange, name, needs),
        *_stop_orders(name, traits, needs),
    ]


def warnings(name: str) -> list[str]:
    """Return a line for an exchange that is not supported by name."""
    if name in SUPPORTED:
        return []
    if known := relative(name):
        return [f"{name} is treated as {known}, from which ccxt derives it. Watch its first orders."]
    return [
        f"{name} is not among the exchanges supported for live trading ({', '.join(SUPPORTED)}): "
        "its differences that ccxt does not even out are unknown. Watch its first orders."
    ]


def missing_methods(exchange: CcxtAbilities) -> list[str]:
    """Return ccxt's names of the methods that live trading needs and this exchange does not have."""
    has = exchange.has
    lacking = [method for method in (*PUBLIC_METHODS, *_METHODS) if not has.get(method)]
    return lacking if any(map(has.get, FILLS)) else [*lacking, FILLS[0]]


def _credentials(exchange: CcxtAbilities, name: str) -> Iterator[str]:
    for credential, required in exchange.requiredCredentials.items():
        if required and not getattr(exchange, credential, None):
            setting = _SETTINGS.get(credential, credential)
            yield f"exchange.{setting}: missing; live trading on {name} needs it"


def _methods(exchange: CcxtAbilities, name: str) -> Iterator[str]:
    for method, doing in _METHODS.items():
        if not exchange.has.get(method):
            yield f"exchange.name: {name} cannot be traded on: it cannot {doing} (ccxt: {method})"
    if not any(map(exchange.has.get, FILLS)):
        yield f"exchange.name: {name} cannot be traded on: it does not list fills (ccxt: {FILLS[0]})"


def _candles(exchange: CcxtAbilities, name: str, needs: Needs) -> Iterator[str]:
    timeframes = exchange.timeframes or {}
    if needs.timeframe and needs.timeframe not in timeframes:
        offered = ", ".join(timeframes) or "none"
        yield f"timeframe: {name} has no candles of {needs.timeframe}; it has {offered}"


def _orders(exchange: CcxtAbilities, name: str, needs: Needs) -> Iterator[str]:
    if "market" in needs.order_types and exchange.has.get("createMarketOrder") is False:
        yield f"order_types: {name} takes no market orders"
    offered = exchange.feature_value_by_type("spot", None, "createOrder", "timeInForce", None) or {}
    for time_in_force in needs.times_in_force:
        if time_in_force.upper() != "GTC" and offered.get(time_in_force.upper()) is False:
            able = ", ".join(kind for kind, is_offered in offered.items() if is_offered)
            yield f"order_time_in_force: {name} does not take {time_in_force}; it takes {able}"


def _stop_orders(name: str, traits: ExchangeTraits, needs: Needs) -> Iterator[str]:
    if not needs.stop_type:
        return
    if traits.stop_price is None:
        yield f"order_types.stoploss_on_exchange: not available on {name}; set it to false"
    elif needs.stop_type not in traits.stop_types:
        able = " or ".join(traits.stop_types)
        yield f"order_types.stoploss: stop orders on {name} can only be {able}, found {needs.stop_type}"
