"""Tell of a failed order whether the exchange certainly does not have it, or may have it.

Certain is a no when nothing left this machine, or when the exchange itself answered in the order's own
request, with a status below 500, an error that it gives before it takes an order:

| certainly no | not known |
| --- | --- |
| InsufficientFunds, InvalidOrder and below | DuplicateOrderId and any text about a duplicate: it has one |
| BadRequest, BadSymbol, ArgumentsRequired | OrderNotFound, OrderNotCached (no answer to a new order) |
| AuthenticationError, PermissionDenied | RequestTimeout, NetworkError, a connection that broke |
| OperationRejected, NotSupported | ExchangeNotAvailable, OnMaintenance, any status from 500 |
| RateLimitExceeded, DDoSProtection (429, 418) | OperationFailed, BadResponse, what cannot be read |
| a replacement whose new order was refused or not tried | a replacement of which that is not said |
| InvalidNonce (clocks differ) | ExchangeError itself: words that ccxt does not know |

https://developers.binance.com/docs/binance-spot-api-docs/rest-api/general-api-information says of 5xx that
the execution status is unknown, and of 429 and 418 that the request was not taken.
"""

import re
from collections.abc import Sequence

from appliance.domain.errors import (
    ExchangeError,
    InsufficientFunds,
    InvalidOrder,
    OrderNotTaken,
    RateLimited,
    TemporaryExchangeError,
)
from appliance.exchange.ccxt.errors import scrubbed, translated
from appliance.exchange.ccxt.request_trace import Wire

_NO = frozenset(
    {"InsufficientFunds", "InvalidOrder", "BadRequest", "ArgumentsRequired", "AuthenticationError"}
    | {"OperationRejected", "NotSupported", "RateLimitExceeded", "DDoSProtection", "InvalidNonce"}
)
_PERHAPS = frozenset({"DuplicateOrderId", "OrderNotFound", "OrderNotCached", "ChecksumError"})
_NOT_ITS_OWN = frozenset({"AuthenticationError", "OperationFailed"})
_DUPLICATE = re.compile(r"duplicat|already exist|already been used", re.IGNORECASE)
_NOT_PLACED = re.compile(
    r'"newOrderResult"\s*:\s*"NOT_ATTEMPTED"|"newOrderResponse"\s*:\s*\{\s*"code"\s*:\s*-(1013|11\d\d|2010)\b'
)
"""What Binance says of the new order where it did not come to one order in another's place."""
_TOO_MANY = "Filter failure: MAX_NUM"
"""What Binance says where there are as many orders of a pair as it takes: there is room again later."""
_FIRST_OWN_FAULT = 500


def is_certainly_no(error: Exception, wire: Wire) -> bool:
    """Tell whether an order that failed with `error` certainly does not exist."""
    if not wire.may_have_arrived:
        return True
    if wire.status is None or wire.status >= _FIRST_OWN_FAULT or wire.method == "GET":
        return False
    if _NOT_PLACED.search(str(error)) and not _DUPLICATE.search(str(error)):
        return True
    names = {cls.__name__ for cls in type(error).__mro__}
    return bool(names & _NO) and not names & _PERHAPS and not _DUPLICATE.search(str(error))


def failed_order(error: Exception, exchange: str, secrets: Sequence[str], wire: Wire) -> ExchangeError:
    """Return what to raise for an order that failed.

    `InvalidOrder` (`InsufficientFunds`; `OrderNotTaken` for reasons that are not its own) or `RateLimited`:
    it certainly does not exist.
    `TemporaryExchangeError` itself: it may exist.
    """
    told = translated(error, exchange, secrets, wire.retry_after)
    if not is_certainly_no(error, wire):
        return TemporaryExchangeError(f"What became of the order is not known: {told}")
    if "insufficient balance" in str(error):
        return InsufficientFunds(str(told))
    if _TOO_MANY in str(error):
        return OrderNotTaken(str(told))
    if isinstance(told, InvalidOrder | RateLimited):
        return told
    names = {cls.__name__ for cls in type(error).__mro__}
    return OrderNotTaken(str(told)) if names & _NOT_ITS_OWN else InvalidOrder(str(told))


def broken_order(error: Exception, exchange: str, secrets: Sequence[str], wire: Wire) -> ExchangeError:
    """Return what to raise for an order at which ccxt itself stumbled, before or after it was sent."""
    what = scrubbed(f"{type(error).__name__}: {error}", secrets)
    if wire.may_have_arrived:
        return TemporaryExchangeError(f"{exchange} answered an order with what cannot be read ({what}).")
    return OrderNotTaken(f"ccxt could not send the order to {exchange} ({what}).")
