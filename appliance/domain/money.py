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

from appliance.domain.enums import PrecisionMode

ZERO = Decimal(0)
_EXACT = Context(prec=80)
_PLACES_18 = Decimal(1).scaleb(-18)
_ROUNDED_DIGITS = 14


class Rounding(str, Enum):
    """The direction in which a price is rounded."""

    NEAREST = ROUND_HALF_UP
    UP = ROUND_CEILING
    DOWN = ROUND_FLOOR


def exact(value: float) -> Decimal:
    """Return the decimal that the float is written as (0.1 is one tenth)."""
    return Decimal(repr(float(value)))


def product(*factors: Decimal | float) -> Decimal:
    """Multiply exactly."""
    result = Decimal(1)
    for factor in factors:
        result = _EXACT.multiply(result, factor if isinstance(factor, Decimal) else exact(factor))
    return result


def total(terms: Iterable[Decimal | float]) -> Decimal:
    """Add exactly."""
    result = ZERO
    for term in terms:
        result = _EXACT.add(result, term if isinstance(term, Decimal) else exact(term))
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
    value = exact(price)
    rounded = _on_grid(value, _grid(value, tick, mode), rounding.value)
    return float(rounded) if rounding is Rounding.NEAREST else round(float(rounded), _ROUNDED_DIGITS)


def amount_to_step(amount: float, step: float | None, mode: int = PrecisionMode.TICK_SIZE) -> float:
    """Truncate an amount to the exchange's lot step, so that no more is sold than is owned."""
    if step is None or not amount:
        return amount
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


def _grid(value: Decimal, precision: float, mode: int) -> Decimal:
    if mode == PrecisionMode.TICK_SIZE:
        return exact(precision)
    if mode == PrecisionMode.DECIMAL_PLACES:
        return Decimal(1).scaleb(-int(precision))
    return Decimal(1).scaleb(value.adjusted() - int(precision) + 1)


def _on_grid(value: Decimal, grid: Decimal, rounding: str) -> Decimal:
    steps = _EXACT.divide(value, grid)
    return _EXACT.multiply(steps.quantize(Decimal(1), rounding, _EXACT), grid)
