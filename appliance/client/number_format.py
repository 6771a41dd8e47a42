"""Write numbers and moments as people read them."""

from datetime import UTC, datetime
from typing import Any

from appliance.client.table import GREEN, RED, Cell


def plain(value: Any) -> Cell:
    """Write a value as it is."""
    match value:
        case None | "":
            return Cell("-")
        case bool():
            return Cell("yes" if value else "no")
        case float():
            return amount(value)
        case list() | tuple():
            return Cell(", ".join(plain(item).text for item in value) or "-")
    return Cell(str(value))


def whole(value: Any) -> Cell:
    """Write a number that names something: without separators, and never cut."""
    return plain(value)


def amount(value: Any) -> Cell:
    """Write an amount or a price with up to eight decimals."""
    if not isinstance(value, int | float):
        return plain(value)
    text = f"{value:,.8f}".rstrip("0").rstrip(".")
    return Cell("0" if text == "-0" else text)


def money(value: Any) -> Cell:
    """Write a sum of money with its cents, or as exactly as small sums need."""
    if not isinstance(value, int | float):
        return plain(value)
    return Cell(f"{value:,.2f}" if value == 0 or abs(value) >= 0.1 else f"{value:,.8f}")


def gain(value: Any) -> Cell:
    """Write a profit or loss in its colour."""
    return _signed(value, money(value).text)


def percent(ratio: Any) -> Cell:
    """Write a ratio in percent, in the colour of profit or loss."""
    return _signed(ratio, f"{ratio:.2%}") if isinstance(ratio, int | float) else plain(ratio)


def share(ratio: Any) -> Cell:
    """Write a ratio in percent, without colour."""
    return Cell(percent(ratio).text.lstrip("+"))


def points(value: Any) -> Cell:
    """Write percent points in the colour of profit or loss."""
    return _signed(value, f"{value:.2f}%") if isinstance(value, int | float) else plain(value)


def moment(milliseconds: Any) -> Cell:
    """Write a moment in UTC, from milliseconds since 1970."""
    if not isinstance(milliseconds, int | float) or not milliseconds:
        return Cell("-")
    try:
        return Cell(f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%d %H:%M}")
    except (ValueError, OverflowError, OSError):
        return plain(milliseconds)


def span(seconds: Any) -> Cell:
    """Write how long something takes, from seconds."""
    if not isinstance(seconds, int | float):
        return plain(seconds)
    days, rest = divmod(round(seconds), 86_400)
    clock = f"{rest // 3600}:{rest % 3600 // 60:02}:{rest % 60:02}"
    return Cell(f"{days} d {clock}" if days else clock)


def _signed(value: Any, text: str) -> Cell:
    if not isinstance(value, int | float) or value == 0:
        return Cell(text)
    return Cell(text if value < 0 else f"+{text}", GREEN if value > 0 else RED)
