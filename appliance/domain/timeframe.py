"""Calculate with time frames ("5m", "1h", "1d"): their lengths, and when candles open."""

import re
from datetime import UTC, datetime
from functools import lru_cache

_UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "M": 2_592_000, "y": 31_536_000}
_PATTERN = re.compile(r"(\d+)([smhdwMy])")
_MONDAY = 4 * 86_400
"""Weeks begin on Monday; 1970-01-01 was a Thursday."""


@lru_cache(maxsize=64)
def seconds(timeframe: str) -> int:
    """Return the length in seconds (a month counts as 30 days). Raises ValueError naming the text."""
    match = _PATTERN.fullmatch(timeframe)
    if match is None or int(match[1]) == 0:
        raise ValueError(
            f"'{timeframe}' is not a time frame: expected a number and one of s m h d w M, e.g. 5m"
        )
    return int(match[1]) * _UNIT_SECONDS[match[2]]


def minutes(timeframe: str) -> int:
    return seconds(timeframe) // 60


def milliseconds(timeframe: str) -> int:
    return seconds(timeframe) * 1000


def candle_open_ms(timeframe: str, at_ms: int) -> int:
    """Return when the candle that contains `at_ms` opened (ms, UTC). Weeks open on Mondays."""
    unit = timeframe[-1]
    if unit in "My":
        return _calendar_open_ms(at_ms, int(timeframe[:-1]) * (12 if unit == "y" else 1))
    length = milliseconds(timeframe)
    offset = _MONDAY * 1000 if unit == "w" else 0
    return (at_ms - offset) // length * length + offset


def next_open_ms(timeframe: str, at_ms: int) -> int:
    """Return when the candle after the one that contains `at_ms` opens (ms, UTC)."""
    opened = candle_open_ms(timeframe, at_ms)
    if timeframe[-1] in "My":
        months = int(timeframe[:-1]) * (12 if timeframe[-1] == "y" else 1)
        return _calendar_open_ms(opened + (months * 31 + 1) * 86_400_000, months)
    return opened + milliseconds(timeframe)


def to_ms(date: datetime) -> int:
    """Return ms since 1970; a date without a zone is UTC."""
    aware = date if date.tzinfo else date.replace(tzinfo=UTC)
    return round(aware.timestamp() * 1000)


def to_date(at_ms: float) -> datetime:
    """Return the UTC date of ms since 1970."""
    return datetime.fromtimestamp(at_ms / 1000, tz=UTC)


def _calendar_open_ms(at_ms: int, months: int) -> int:
    date = to_date(at_ms)
    index = (date.year * 12 + date.month - 1) // months * months
    return to_ms(datetime(index // 12, index % 12 + 1, 1, tzinfo=UTC))
