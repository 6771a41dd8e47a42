"""Calculate exactly with money and round to what an exchange accepts.

Floats are converted by their shortest decimal text (as users and exchanges write them), calculated with as
decimals, and converted back once, at the end. Sums, differences and products are exact; quotients are
truncated to 18 decimal places. Source: the arithmetic of ccxt's `Precise`, which agrees with the exchanges'
amounts.
"""

import math
import sys
from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from enum import Enum
from functools import lru_cache

from appliance.domain.enums import PrecisionMode

ZERO = Decimal(0)
_EXACT = Context(prec=80)
_add, _multiply = _EXACT.add, _EXACT.multiply
_PLACES_18 = Decimal(1).scaleb(-18)
_TICK_SIZE = PrecisionMode.TICK_SIZE
_ROUNDED_DIGITS = 14
_MOST_STEPS, _TOO_CLOSE = 1e9, 1e-5
"""Up to so many steps, floats err by less than a tenth of this part of a step."""
_MOST_UNITS = 10**_ROUNDED_DIGITS
_DISTINCT = 10**15
"""Decimals of 15 digits are written as floats and back without a change: equal floats are equal decimals."""


class Rounding(str, Enum):
    """The direction in which a price is rounded."""

    NEAREST = ROUND_HALF_UP
    UP = ROUND_CEILING
    DOWN = ROUND_FLOOR


def exact(value: float) -> Decimal:
    """Return the decimal that the float is written as (0.1 is one tenth)."""
    # -0.0 is equal to 0.0, but not the same.
    return _written(value) if value else Decimal(repr(float(value)))


@lru_cache(maxsize=1024)
def _written(value: float) -> Decimal:
    """Return `exact` of a number other than 0: the same amounts, rates and fees come again and again."""
    return Decimal(repr(float(value)))


def product(first: Decimal | float, *others: Decimal | float) -> Decimal:
    """Multiply exactly."""
    result = first if isinstance(first, Decimal) else exact(first)
    for factor in others:
        result = _multiply(result, factor if isinstance(factor, Decimal) else exact(factor))
    return result


def total(terms: Iterable[Decimal | float]) -> Decimal:
    """Add exactly."""
    result = ZERO
    for term in terms:
        result = _add(result, term if isinstance(term, Decimal) else exact(term))
    return result


def float_sum(values: Iterable[float]) -> float:
    """Add floats with compensated rounding, as the built-in `sum` does from Python 3.12 on.

    For sums whose last digit is not to depend on the version of Python.
    """
    return sum(values) if sys.version_info >= (3, 12) else compensated_sum(values)


def compensated_sum(values: Iterable[float]) -> float:
    """Add floats, and what each step rounded away at the end (Neumaier's method)."""
    result = lost = 0.0
    for value in values:
        added = result + value
        lost += (result - added) + value if abs(result) >= abs(value) else (value - added) + result
        result = added
    return result + lost if lost and math.isfinite(lost) else result


def difference(first: Decimal | float, second: Decimal | float) -> Decimal:
    """Subtract exactly. (The minus sign of decimals would round to 28 digits.)"""
    return _EXACT.subtract(
        first if isinstance(first, Decimal) else exact(first),
        second if isinstance(second, Decimal) else exact(second),
    )


def quotient(dividend: Decimal, divisor: Decimal) -> Decimal:
    """Divide, truncated to 18 decimal places. Raises ZeroDivisionError."""
    if not divisor:
        raise ZeroDivisionError("division of money by zero")
    return _EXACT.divide(dividend, divisor).quantize(_PLACES_18, ROUND_DOWN, _EXACT)


def price_to_tick(
    price: float,
    tick: float | None,
    mode: int = PrecisionMode.TICK_SIZE,
    rounding: Rounding = Rounding.NEAREST,
) -> float:
    """Round a price to the exchange's tick.

    `tick` is a tick size, a number of decimal places or of significant digits, depending on `mode`; None does
    not round. Rounding up and down are exact: a price on a tick does not change.
    """
    if tick is None or not price:
        return price
    if mode == _TICK_SIZE and (quickly := _by_floats(price, tick, rounding)) is not None:
        return quickly
    value = exact(price)
    rounded = float(_on_grid(value, _grid(value, tick, mode), rounding.value))
    return rounded if rounding is Rounding.NEAREST else round(rounded, _ROUNDED_DIGITS)


def amount_to_step(amount: float, step: float | None, mode: int = PrecisionMode.TICK_SIZE) -> float:
    """Truncate an amount to the exchange's lot step, so that no more is sold than is owned."""
    if step is None or not amount:
        return amount
    if mode == _TICK_SIZE and (quickly := _by_floats(amount, step, Rounding.DOWN)) is not None:
        return quickly
    value = exact(amount)
    return float(_on_grid(value, _grid(value, step, mode), ROUND_DOWN))


def amount_to_contract_step(
    amount: float, step: float | None, mode: int, contract_size: float | None
) -> float:
    """Truncate an amount (base) to the lot step of contracts of `contract_size` base each."""
    if step is None or not contract_size or contract_size == 1:
        return amount_to_step(amount, step, mode)
    contracts = float(quotient(exact(amount), exact(contract_size)))
    return float(product(amount_to_step(contracts, step, mode), contract_size))


def _by_floats(value: float, step: float, rounding: Rounding) -> float | None:
    """Round to a multiple of a step, in a fifth of the time of decimals; None where only they can tell.

    A quotient of floats tells between which multiples the value lies, unless it is close to the point where
    rounding turns. A multiple is a fraction of integers, whose division Python rounds once, as it does the
    conversion of a decimal. Of so few decimal places, it does not change by being rounded again.
    """
    numerator, denominator = _fraction(step)
    steps = value * denominator / numerator
    if not 0 < steps < _MOST_STEPS or denominator > _MOST_UNITS:
        return None
    below = int(steps)
    part = steps - below
    if rounding is Rounding.NEAREST:
        return None if abs(part - 0.5) < _TOO_CLOSE else (below + (part > 0.5)) * numerator / denominator
    if _TOO_CLOSE < part < 1 - _TOO_CLOSE:
        return (below + (rounding is Rounding.UP)) * numerator / denominator
    units = round(steps) * numerator
    nearest = units / denominator
    return nearest if nearest == value and units < _DISTINCT else None


@lru_cache(maxsize=1024)
def _fraction(step: float) -> tuple[int, int]:
    """Return a step as a number of units, and how many of these (a power of ten) are 1."""
    value = exact(step)
    places = max(0, -int(value.as_tuple().exponent))
    return int(value.scaleb(places)), 10**places


def _grid(value: Decimal, precision: float, mode: int) -> Decimal:
    if mode == PrecisionMode.TICK_SIZE:
        return exact(precision)
    if mode == PrecisionMode.DECIMAL_PLACES:
        return Decimal(1).scaleb(-int(precision))
    return Decimal(1).scaleb(value.adjusted() - int(precision) + 1)


def _on_grid(value: Decimal, grid: Decimal, rounding: str) -> Decimal:
    steps = _EXACT.divide(value, grid)
    return _EXACT.multiply(steps.quantize(Decimal(1), rounding, _EXACT), grid)
