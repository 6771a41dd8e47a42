"""Format dates and durations for answers."""

from datetime import UTC, datetime, timedelta

_UNITS = (
    (31_536_000, "year"),
    (2_592_000, "month"),
    (86_400, "day"),
    (3_600, "hour"),
    (60, "minute"),
    (1, "second"),
)


def as_text(date: datetime | None) -> str | None:
    """Return "2026-11-22 09:38:17" in UTC, None for no date."""
    return date.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if date else None


def as_ms(date: datetime | None) -> int | None:
    """Return whole ms since 1970, None for no date."""
    return int(date.timestamp() * 1000) if date else None


def ago(date: datetime, now: datetime) -> str:
    """Return a text such as "6 hours ago"."""
    past = int((now - date).total_seconds())
    for length, name in _UNITS:
        if past >= length:
            count = round(past / length)
            article = "an" if name == "hour" else "a"
            return f"{article} {name} ago" if count == 1 else f"{count} {name}s ago"
    return "now"


def span(seconds: float) -> str:
    """Return "5:06:57" (or "2 days, 1:00:00") for a length in seconds."""
    return str(timedelta(seconds=int(seconds)))
