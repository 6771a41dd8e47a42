"""Format numbers, dates and durations."""

from datetime import UTC, datetime

from appliance.client.table import GREEN, RED, Cell


def plain(value: object) -> Cell:
    """Format a value by its type."""
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


def whole(value: object) -> Cell:
    """Format a number that is an id: without separators, and never cut."""
    return plain(value)


def amount(value: object) -> Cell:
    """Format an amount or a price with up to eight decimals."""
    if not isinstance(value, int | float):
        return plain(value)
    text = f"{value:,.8f}".rstrip("0").rstrip(".")
    return Cell("0" if text == "-0" else text)


def money(value: object) -> Cell:
    """Format a sum of money with two decimals, small sums with eight."""
    if not isinstance(value, int | float):
        return plain(value)
    return Cell(f"{value:,.2f}" if value == 0 or abs(value) >= 0.1 else f"{value:,.8f}")


def gain(value: object) -> Cell:
    """Format a profit or loss with its colour."""
    return _signed(value, money(value).text)


def percent(ratio: object) -> Cell:
    """Format a ratio in percent, in the colour of profit or loss."""
    return _signed(ratio, f"{ratio:.2%}") if isinstance(ratio, int | float) else plain(ratio)


def share(ratio: object) -> Cell:
    """Format a ratio in percent, without colour."""
    return Cell(percent(ratio).text.lstrip("+"))


def points(value: object) -> Cell:
    """Format percentage points in the colour of profit or loss."""
    return _signed(value, f"{value:.2f}%") if isinstance(value, int | float) else plain(value)


def moment(milliseconds: object) -> Cell:
    """Format a date in UTC, from milliseconds since 1970."""
    if not isinstance(milliseconds, int | float) or not milliseconds:
        return Cell("-")
    try:
        return Cell(f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%d %H:%M}")
    except (ValueError, OverflowError, OSError):
        return plain(milliseconds)


def span(seconds: object) -> Cell:
    """Format a duration, from seconds."""
    if not isinstance(seconds, int | float):
        return plain(seconds)
    days, rest = divmod(round(seconds), 86_400)
    clock = f"{rest // 3600}:{rest % 3600 // 60:02}:{rest % 60:02}"
    return Cell(f"{days} d {clock}" if days else clock)


def _signed(value: object, text: str) -> Cell:
    if not isinstance(value, int | float) or value == 0:
        return Cell(text)
    return Cell(text if value < 0 else f"+{text}", GREEN if value > 0 else RED)
