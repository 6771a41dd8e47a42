"""Find out from which exchange ccxt derives another, as Binance US from Binance: they share its traits."""

from collections.abc import Mapping
from functools import cache
from typing import TypeVar

from appliance.exchange.ccxt_import import exchange_class, known_names

Value = TypeVar("Value")
_PACKAGE = "ccxt.async_support."


@cache
def lineage(name: str) -> tuple[str, ...]:
    """Return an exchange's name and those of the exchanges from which ccxt derives it, nearest first.

    The name alone where ccxt does not know it. It reads files the first time: not for the event loop.
    """
    if name not in known_names():
        return (name,)
    ancestors = (
        cls.__module__.removeprefix(_PACKAGE) for cls in exchange_class(name).__mro__ if _is_one(cls)
    )
    return tuple(dict.fromkeys((name, *ancestors)))


def _is_one(cls: type) -> bool:
    module = cls.__module__
    return module.startswith(_PACKAGE) and "." not in module.removeprefix(_PACKAGE)


def of_family(name: str, table: Mapping[str, Value]) -> Value | None:
    """Return the row of an exchange in a table, or else of the nearest one from which it is derived."""
    if name in table:
        return table[name]
    return next((table[each] for each in lineage(name) if each in table), None)
