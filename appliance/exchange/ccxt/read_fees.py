"""Read fees out of ccxt's answers, and add up those of an order's fills."""

from collections.abc import Iterable, Mapping
from typing import Any

from appliance.domain.market import ExchangeOrder, Fee, Fill
from appliance.domain.money import total

_WHOLE = 1e-6
"""Fills make an order whole when no more than this ratio of it is missing."""


def told_fees(answer: Mapping[str, Any]) -> tuple[Fee, ...]:
    """Return the fees of an order or trade, one for each currency; none where none are told.

    Gate tells all currencies that a fee might have been paid in: those of nothing do not count beside others.
    """
    listed = answer.get("fees") or [answer.get("fee")]
    told = [fee for entry in listed if (fee := _fee(entry)) is not None]
    return summed([fee for fee in told if fee.cost] or told[-1:])


def fees_of(fills: Iterable[Fill]) -> tuple[Fee, ...]:
    return summed(fill.fee for fill in fills if fill.fee is not None)


def summed(fees: Iterable[Fee]) -> tuple[Fee, ...]:
    """Add fees up by currency, in the order in which the currencies appear; the rate only if it is one."""
    by_currency: dict[str, list[Fee]] = {}
    for fee in fees:
        by_currency.setdefault(fee.currency, []).append(fee)
    return tuple(
        Fee(currency, float(total(fee.cost for fee in parts)), _common({fee.rate for fee in parts}))
        for currency, parts in by_currency.items()
    )


def is_whole(order: ExchangeOrder, fills: Iterable[Fill]) -> bool:
    """Tell whether these fills are all of what the order has filled."""
    return sum(fill.amount for fill in fills) >= order.filled * (1 - _WHOLE)


def _fee(entry: Mapping[str, Any] | None) -> Fee | None:
    if not entry or entry.get("cost") is None or not entry.get("currency"):
        return None
    rate = entry.get("rate")
    return Fee(str(entry["currency"]), float(entry["cost"]), None if rate is None else float(rate))


def _common(rates: set[float | None]) -> float | None:
    return rates.pop() if len(rates) == 1 else None
