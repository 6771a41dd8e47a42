"""Reckon with exact decimals, as an exchange must."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

ZERO = Decimal(0)
SMALLEST = Decimal("0.00000001")
"""What Binance counts amounts of every currency in."""


def exact(value: object) -> Decimal:
    """Return the number that is written (for a float: its shortest form)."""
    return value if isinstance(value, Decimal) else Decimal(str(value))


def cut(value: Decimal, step: Decimal = SMALLEST) -> Decimal:
    """Round down to whole steps."""
    return (value / step).to_integral_value(ROUND_FLOOR) * step


def rounded_up(value: Decimal, step: Decimal = SMALLEST) -> Decimal:
    """Round up to whole steps."""
    return (value / step).to_integral_value(ROUND_CEILING) * step
