"""Tell which exchanges ccxt makes of another, as Binance US of Binance: they share what is peculiar to it."""

from collections.abc import Collection, Mapping
from functools import cache
from typing import TypeVar

from appliance.exchange.ccxt_import import exchange_class, known_names

Told = TypeVar("Told")
_PACKAGE = "ccxt.async_support."


@cache
def lineage(name: str) -> tuple[str, ...]:
    """Return an exchange's name and those of the exchanges that ccxt makes its class of, nearest first.

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


def of_family(name: str, table: Mapping[str, Told]) -> Told | None:
    """Return what a table says of an exchange, or else of the nearest one that it is made of."""
    if name in table:
        return table[name]
    return next((table[each] for each in lineage(name) if each in table), None)


def is_of_family(name: str, names: Collection[str]) -> bool:
    """Tell whether an exchange, or one that it is made of, is among `names`."""
    return name in names or any(each in names for each in lineage(name))
