"""Format numbers and times: signed profits, prices with significant digits, ages in words."""

import math
from datetime import UTC, datetime

MINUS = "−"  # a real minus sign, as wide as the plus
NOTHING = "–"

_FIAT_LIKE = ("USD", "EUR", "GBP", "CHF", "DAI", "JPY", "AUD")


def _digits(value: float, places: int, *, signed: bool = False) -> str:
    text = f"{abs(value):,.{places}f}"
    if value < 0 and float(text.replace(",", "")):
        return MINUS + text
    return f"+{text}" if signed and value > 0 and float(text.replace(",", "")) else text


def money_places(currency: str) -> int:
    """Return how many decimal places an amount of `currency` has: 2 for fiat and stable coins, else 6."""
    return 2 if any(mark in currency.upper() for mark in _FIAT_LIKE) else 6


def money(value: float | None, currency: str) -> str:
    """Format an amount of `currency`, without its name."""
    return NOTHING if value is None or not math.isfinite(value) else _digits(value, money_places(currency))


def gain(value: float | None, currency: str) -> str:
    """Format a profit in `currency` with its sign, so that it can be read without colours."""
    if value is None or not math.isfinite(value):
        return NOTHING
    return _digits(value, money_places(currency), signed=True)


def percent(ratio: float | None, places: int = 2) -> str:
    """Format a ratio (0.01 is one percent) as signed percent."""
    if ratio is None or not math.isfinite(ratio):
        return NOTHING
    return f"{_digits(ratio * 100, places, signed=True)} %"


def share(ratio: float | None) -> str:
    """Format a ratio as percent without sign."""
    return NOTHING if ratio is None or not math.isfinite(ratio) else f"{ratio * 100:.0f} %"


def price(value: float | None) -> str:
    """Format a rate with six significant digits, at least two decimal places."""
    if value is None or not math.isfinite(value):
        return NOTHING
    size = math.floor(math.log10(abs(value))) if value else 0
    return _digits(value, min(10, max(2, 5 - size)))


def amount(value: float | None) -> str:
    """Format an amount of base currency, without trailing zeros."""
    if value is None or not math.isfinite(value):
        return NOTHING
    text = price(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def tone(value: float | None, currency: str | None = None) -> str:
    """Return the style of a profit in `currency`, or of a ratio: "up", "down", or "flat" if shown as zero."""
    places = money_places(currency) if currency else 4
    if not value or not math.isfinite(value) or not round(value, places):
        return "flat"
    return "up" if value > 0 else "down"


def duration(seconds: float) -> str:
    """Format a duration in its two largest units: 45 s, 12 min, 3 h 5 min, 2 d 4 h."""
    seconds = max(0, int(seconds))
    if seconds < 60:
        return f"{seconds} s"
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if not hours:
        return f"{minutes} min"
    if not days:
        return f"{hours} h {minutes % 60} min" if minutes % 60 else f"{hours} h"
    return f"{days} d {hours % 24} h" if hours % 24 else f"{days} d"


def age(seconds: float) -> str:
    """Format an age in minutes, so that a page does not change every second."""
    return "< 1 min" if seconds < 60 else duration(seconds)


def moment(when: datetime, now: datetime | None = None) -> str:
    """Format a date as day, month and minute, UTC, with the year unless it is that of `now`."""
    date, today = when.astimezone(UTC), (now or datetime.now(UTC)).astimezone(UTC)
    return f"{date:%d %b %H:%M}" if date.year == today.year else f"{date:%d %b %Y %H:%M}"


def exact(when: datetime) -> str:
    """Format a date to the second, UTC, for a tooltip."""
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def iso(when: datetime) -> str:
    """Format a date for `<time datetime>`."""
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def plain(value: float | None, places: int = 2) -> str:
    """Format a number without a unit, such as a ratio of profit and risk."""
    return NOTHING if value is None else _digits(value, places)


def day(seconds: float) -> str:
    """Format a moment (s since 1970) as its day in UTC; 0 is not known."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}" if seconds > 0 else NOTHING


def exact_ms(moment_ms: float) -> str:
    """Format a moment (ms since 1970) to the second, UTC."""
    return exact(datetime.fromtimestamp(moment_ms / 1000, UTC))


FILTERS = {
    f.__name__: f
    for f in (
        money,
        gain,
        percent,
        share,
        price,
        amount,
        tone,
        duration,
        age,
        moment,
        exact,
        iso,
        plain,
        day,
        exact_ms,
    )
}
"""The filters of templates."""
