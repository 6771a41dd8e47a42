"""Calculate worth and profit of positions, in stake currency; ratios are of the stake."""

from decimal import Decimal
from functools import lru_cache
from math import floor

import msgspec

from appliance.domain.money import difference, product, total

_LARGEST_SCALED = 1e11
_NEAR_HALF = 0.01
"""Up to this scaled ratio, floats err by less than a tenth of this distance from a half (leverage 125)."""


class Profit(msgspec.Struct, frozen=True):
    """State a profit: of the open part, and in total with that of earlier partial exits.

    `profit_abs` and `total_profit` in stake currency, ratios after leverage, each rounded to 8 places.
    """

    profit_abs: float
    profit_ratio: float
    total_profit: float
    total_profit_ratio: float


@lru_cache(maxsize=256)  # a trade asks for it again with each rate of its ROI and each recalculation
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


def ratio_at(  # noqa: PLR0913 -- the terms of one formula
    opened: float,
    amount: float,
    rate: float,
    fee: float,
    *,
    short: bool,
    leverage: float,
    funding: float = 0.0,
) -> float:
    """Return the profit ratio of closing `amount` at `rate`: `ratio_of` with `closing_value`.

    Backtests ask for it millions of times. Floats are five times as fast as decimals, and so near to them
    that rounding to 8 places gives the same, unless the next place is close to a half: then decimals decide.
    """
    if not opened:
        return 0.0
    worth = amount * rate
    closed = worth + worth * fee if short else worth - worth * fee
    closed += -funding if short else funding
    ratio = (1 - closed / opened if short else closed / opened - 1) * leverage
    scaled = ratio * 1e8
    if -_LARGEST_SCALED < scaled < _LARGEST_SCALED:
        below = floor(scaled)
        distance = scaled - below - 0.5
        if abs(distance) > _NEAR_HALF:
            # One division rounds as `round` does, and is ten times as fast; only zero would lose its sign.
            nearest = below + (distance > 0)
            return nearest / 1e8 if nearest else round(ratio, 8)
    exactly = closing_value(amount, rate, fee, short=short, funding=funding)
    return ratio_of(opened, exactly, short=short, leverage=leverage)


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
