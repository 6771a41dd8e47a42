"""Calculate worth and profit of positions, in stake currency; ratios are of the stake."""

from decimal import Decimal

import msgspec

from appliance.domain.money import difference, product, total


class Profit(msgspec.Struct, frozen=True):
    """State a profit: of the open part, and in total with that of earlier partial exits.

    `profit_abs` and `total_profit` in stake currency, ratios after leverage, each rounded to 8 places.
    """

    profit_abs: float
    profit_ratio: float
    total_profit: float
    total_profit_ratio: float


def opening_value(amount: Decimal | float, rate: Decimal | float, fee: float, *, short: bool) -> float:
    """Return amount x rate with the entry fee: added for longs, subtracted for shorts."""
    worth = product(amount, rate)
    charged = product(worth, fee)
    return float(difference(worth, charged) if short else total([worth, charged]))


def closing_value(amount: float, rate: float, fee: float, *, short: bool, funding: float = 0.0) -> float:
    """Return amount x rate with the exit fee, and funding fees of futures (positive: received)."""
    worth = product(amount, rate)
    charged = product(worth, fee)
    value = float(total([worth, charged]) if short else difference(worth, charged))
    return value - funding if short else value + funding


def profit_of(opened: float, closed: float, *, short: bool) -> float:
    """Return the profit between two values, rounded to 8 places."""
    return round8(opened - closed if short else closed - opened)


def ratio_of(opened: float, closed: float, *, short: bool, leverage: float) -> float:
    """Return the profit over the opening value, times leverage, rounded to 8 places (0 for no value)."""
    if not opened:
        return 0.0
    change = 1 - closed / opened if short else closed / opened - 1
    return round8(change * leverage)


def rate_for_ratio(  # noqa: PLR0913 -- the terms of one formula
    ratio: float,
    opened: float,
    amount: float,
    fee: float,
    *,
    short: bool,
    leverage: float,
    funding: float = 0.0,
) -> float:
    """Return the rate at which closing `amount` yields this profit ratio: the inverse of `ratio_of`."""
    change = ratio / leverage
    wanted = opened * (1 - change if short else 1 + change)
    if short:
        return (wanted + funding) / (amount * (1 + fee))
    return (wanted - funding) / (amount * (1 - fee))


def round8(value: float) -> float:
    """Round to 8 decimal places, as freqtrade rounds amounts of money."""
    return float(f"{value:.8f}")
