"""Ask a ccxt class about its exchange: prices that orders need, how much a list holds.

What it does not state is unknown, and is treated as that: never as "none needed" or "everything".
"""

import inspect
import re

from appliance.exchange.ccxt.protocol import CcxtExchange

PRICE_FOR_BUYS = "createMarketBuyOrderRequiresPrice"
"""ccxt's option: a market order to buy spends a sum, which it works out from amount and price."""
_ASKS_FOR_PRICE = re.compile(r"requires? (?:the|a|both)? ?(?:amount and )?price", re.IGNORECASE)
_ASKS_FOR_SUM = re.compile(r"requires? (?:params\[.)?cost", re.IGNORECASE)
_LISTS = {
    "fetch_orders": "fetchOrders",
    "fetch_open_orders": "fetchOpenOrders",
    "fetch_closed_orders": "fetchClosedOrders",
    "fetch_canceled_orders": "fetchCanceledOrders",
    "fetch_canceled_and_closed_orders": "fetchCanceledAndClosedOrders",
    "fetch_my_trades": "fetchMyTrades",
}


def buys_need_price(exchange: CcxtExchange) -> bool:
    """Return whether market orders to buy need a price: by its options, else where its code reads the option.

    Where the code reads it and no option says otherwise, ccxt's default is that they do.
    """
    options = exchange.options
    of_orders = options.get("createOrder")
    for section in (options, of_orders if isinstance(of_orders, dict) else {}):
        if isinstance(section.get(PRICE_FOR_BUYS), bool):
            return bool(section[PRICE_FOR_BUYS])
    return _reads_option(type(exchange))


def _reads_option(cls: type[object]) -> bool:
    """Return whether a class of an exchange, not ccxt's common one, has a method that names the option."""
    functions = (found for each in cls.__mro__ for found in vars(each).values() if inspect.isfunction(found))
    # By where each was written: ccxt puts common ones under another name into the classes themselves.
    own = (function for function in functions if ".base." not in function.__module__)
    return any(PRICE_FOR_BUYS in function.__code__.co_consts for function in own)


def asks_for_price(error: Exception) -> bool:
    """Return whether ccxt refuses an order because it has no price, or no sum to spend."""
    kinds = {cls.__name__ for cls in type(error).__mro__}
    asks = bool(_ASKS_FOR_PRICE.search(str(error))) or asks_for_sum(error)
    return asks and bool(kinds & {"InvalidOrder", "ArgumentsRequired", "ExchangeError"})


def asks_for_sum(error: Exception) -> bool:
    """Return whether ccxt asks for the sum itself."""
    return bool(_ASKS_FOR_SUM.search(str(error)))


def list_limit(exchange: CcxtExchange, method: str) -> int | None:
    """Return how many items one answer of a list holds at most, None where ccxt does not say."""
    limit = exchange.feature_value_by_type("spot", None, _LISTS[method], "limit", None)
    return int(limit) if isinstance(limit, int | float) and limit > 0 else None
