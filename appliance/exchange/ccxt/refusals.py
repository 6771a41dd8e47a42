"""Decide about a failed order whether the exchange certainly does not have it, or may have it.

Certain is a no when nothing left this machine, or when the exchange itself answered in the order's own
request, with a status below 500, an error that it gives before it takes an order:

| certainly no | not known |
| --- | --- |
| InsufficientFunds, InvalidOrder and below | DuplicateOrderId and any text about a duplicate: it has one |
| BadRequest, BadSymbol, ArgumentsRequired | OrderNotFound, OrderNotCached (no answer to a new order) |
| AuthenticationError, PermissionDenied | RequestTimeout, NetworkError, a connection that broke |
| OperationRejected, NotSupported | ExchangeNotAvailable, OnMaintenance, any status from 500 |
| RateLimitExceeded, DDoSProtection (429, 418) | OperationFailed, BadResponse, what cannot be read |
| a replacement whose new order was refused or not tried | a replacement that says neither |
| InvalidNonce (clocks differ) | ExchangeError itself: texts that ccxt does not know |

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
from appliance.exchange.ccxt.errors import FIRST_SERVER_ERROR, scrubbed, translated
from appliance.exchange.ccxt.transport import RequestRecord
from appliance.exchange.traits import traits_of

_NO = frozenset(
    {"InsufficientFunds", "InvalidOrder", "BadRequest", "ArgumentsRequired", "AuthenticationError"}
    | {"OperationRejected", "NotSupported", "RateLimitExceeded", "DDoSProtection", "InvalidNonce"}
)
_PERHAPS = frozenset({"DuplicateOrderId", "OrderNotFound", "OrderNotCached", "ChecksumError"})
_NOT_ITS_OWN = frozenset({"AuthenticationError", "OperationFailed"})
_DUPLICATE = re.compile(r"duplicat|already exist|already been used", re.IGNORECASE)


def is_certainly_no(error: Exception, exchange: str, request: RequestRecord) -> bool:
    """Return whether an order that failed with `error` certainly does not exist."""
    if not request.may_have_arrived:
        return True
    if request.status is None or request.status >= FIRST_SERVER_ERROR or request.method == "GET":
        return False
    if _DUPLICATE.search(str(error)):
        return False
    not_placed = traits_of(exchange).not_placed
    if not_placed and re.search(not_placed, str(error)):
        return True
    names = {cls.__name__ for cls in type(error).__mro__}
    return bool(names & _NO) and not names & _PERHAPS


def failed_order(
    error: Exception, exchange: str, secrets: Sequence[str], request: RequestRecord
) -> ExchangeError:
    """Return what to raise for an order that failed.

    `InvalidOrder` (`InsufficientFunds`; `OrderNotTaken` for reasons that are not its own) or `RateLimited`:
    it certainly does not exist.
    `TemporaryExchangeError` itself: it may exist.
    """
    own = translated(error, exchange, secrets, request.retry_after)
    if not is_certainly_no(error, exchange, request):
        return TemporaryExchangeError(f"The fate of the order is unknown: {own}")
    if "insufficient balance" in str(error):
        return InsufficientFunds(str(own))
    too_many = traits_of(exchange).too_many_orders
    if too_many and too_many in str(error):
        return OrderNotTaken(str(own))
    if isinstance(own, InvalidOrder | RateLimited):
        return own
    names = {cls.__name__ for cls in type(error).__mro__}
    return OrderNotTaken(str(own)) if names & _NOT_ITS_OWN else InvalidOrder(str(own))


def broken_order(
    error: Exception, exchange: str, secrets: Sequence[str], request: RequestRecord
) -> ExchangeError:
    """Return what to raise for an order on which ccxt itself failed, before or after it was sent."""
    what = scrubbed(f"{type(error).__name__}: {error}", secrets)
    if request.may_have_arrived:
        return TemporaryExchangeError(f"{exchange} sent an unreadable answer to an order ({what}).")
    return OrderNotTaken(f"ccxt could not send the order to {exchange} ({what}).")
