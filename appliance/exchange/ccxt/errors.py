"""Translate ccxt's errors into the errors of this program, without secrets and on one line."""

import re
from collections.abc import Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime

from appliance.domain.errors import (
    ExchangeError,
    InsufficientFunds,
    InvalidOrder,
    OrderNotFound,
    PairNotFound,
    RateLimited,
    TemporaryExchangeError,
)
from appliance.exchange.traits import traits_of


class AccessRefused(ExchangeError):
    """The exchange does not accept the API key, or not for this."""


_LONGEST = 300
FIRST_SERVER_ERROR = 500
"""From this HTTP status on the fault is the exchange's own."""
_QUERY = re.compile(r"(https?://[^\s?]+)\?\S*")

# By ccxt's class names, the most special first: ccxt itself is imported late.
_TRANSLATIONS: tuple[tuple[str, type[ExchangeError]], ...] = (
    ("InsufficientFunds", InsufficientFunds),
    ("OrderNotFound", OrderNotFound),
    ("InvalidOrder", InvalidOrder),
    ("BadSymbol", PairNotFound),
    ("AuthenticationError", AccessRefused),
    ("RateLimitExceeded", RateLimited),
    ("DDoSProtection", RateLimited),
    ("OperationFailed", TemporaryExchangeError),
)
_REASONS = (
    ("AuthenticationError", "refuses the API key"),
    ("RequestTimeout", "did not answer in time"),
    ("OnMaintenance", "is under maintenance"),
    ("RateLimitExceeded", "asks to slow down"),
    ("DDoSProtection", "asks to slow down"),
    ("ExchangeNotAvailable", "cannot be reached"),
    ("OperationFailed", "could not answer"),
)


def translated(
    error: Exception,
    exchange: str,
    secrets: Sequence[str],
    retry_after: str | None = None,
    status: int | None = None,
) -> ExchangeError:
    """Return the error to raise instead. `retry_after` is the header's text: seconds, a date or missing.

    With a `status` from 500 every error but a rate limit is temporary.
    """
    ancestors = _ancestors(error, exchange)
    text = _text(error, exchange, ancestors, secrets)
    is_own_fault = (status or 0) >= FIRST_SERVER_ERROR
    cls = next((cls for name, cls in _TRANSLATIONS if name in ancestors and _counts(cls, is_own_fault)), None)
    if cls is RateLimited:
        return RateLimited(text, _seconds(retry_after))
    if cls is not None:
        return cls(text)
    return TemporaryExchangeError(text) if is_own_fault or _broke_off(error) else ExchangeError(text)


def _counts(cls: type[ExchangeError], is_own_fault: bool) -> bool:
    return cls is RateLimited or not is_own_fault


def _ancestors(error: Exception, exchange: str) -> set[str]:
    """Return the names of the error's classes, corrected where ccxt takes an exchange's text for another."""
    traits, text = traits_of(exchange), str(error)
    if traits.refused_key and traits.refused_key in text:
        return {"AuthenticationError"}
    names = {cls.__name__ for cls in type(error).__mro__}
    if traits.unknown_order and traits.unknown_order in text:
        names.add("OrderNotFound")
    return names


def _broke_off(error: Exception) -> bool:
    """Return whether the answer broke off, which is no refusal."""
    return error.__cause__ is not None and type(error.__cause__).__module__.startswith("aiohttp")


def is_of_ccxt(error: Exception) -> bool:
    """Return whether this is one of ccxt's own errors; its classes are known only once it is imported."""
    return any(cls.__module__ == "ccxt.base.errors" for cls in type(error).__mro__)


def unreadable(error: Exception, exchange: str) -> TemporaryExchangeError:
    """Return the error for an answer of an unexpected shape."""
    return TemporaryExchangeError(f"{exchange} sent an unreadable answer ({type(error).__name__}).")


def scrubbed(text: str, secrets: Sequence[str]) -> str:
    """Return the text on one line, without secrets and the query parts of addresses, and not too long."""
    for secret in secrets:
        text = text.replace(secret, "***")
    text = " ".join(_QUERY.sub(r"\1", text).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _text(error: Exception, exchange: str, ancestors: set[str], secrets: Sequence[str]) -> str:
    reason = next((reason for name, reason in _REASONS if name in ancestors), "refuses")
    detail = str(error).removeprefix(f"{exchange} ")
    if error.__cause__ is not None:
        detail += f": {str(error.__cause__) or type(error.__cause__).__name__}"
    return scrubbed(f"{exchange} {reason}: {detail}", secrets)


def _seconds(header: str | None) -> float | None:
    """Read `Retry-After`: seconds, or the date until which to wait; None where it is missing or neither."""
    if not header:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        until = parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(0.0, (until - datetime.now(until.tzinfo)).total_seconds())
