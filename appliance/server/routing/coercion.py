"""Convert single values leniently: what plainly means a number or a yes is accepted as such."""

import math
import re
from datetime import UTC, datetime, timedelta
from typing import Any

_INTEGER = re.compile(r"[+-]?\d+(_\d+)*(\.0*)?", re.ASCII)
_LARGEST = 2**63
_TIMESTAMP = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_DATE = re.compile(
    r"(\d{4}-\d\d-\d\d)"
    r"(?:[Tt _](\d\d:\d\d)(:\d\d)?(?:[.,](\d{1,6})\d{0,3})?([Zz]|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)
_LARGEST_SECONDS = 2e10
"""Timestamps beyond it (the year 2603) are milliseconds."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YES = frozenset({"1", "true", "t", "yes", "y", "on"})
_NO = frozenset({"0", "false", "f", "no", "n", "off"})


class Wrong(Exception):
    """Say why a value is invalid. `type` and `ctx` go into the answer."""

    def __init__(self, kind: str, text: str, ctx: dict[str, Any] | None = None) -> None:
        self.type = kind
        self.ctx = ctx
        super().__init__(text)


def to_integer(value: Any) -> int:
    """Read a whole number of at most 64 bits."""
    if isinstance(value, str):
        text = value.strip()
        if len(text) > 30 or not _INTEGER.fullmatch(text):
            raise Wrong("int_parsing", "Expected a whole number")
        number = int(text.partition(".")[0])
    elif isinstance(value, float):
        if not value.is_integer():
            raise Wrong("int_from_float", "Expected a whole number, without a fraction")
        number = int(value)
    elif isinstance(value, int):
        number = int(value)
    else:
        raise Wrong("int_type", "Expected a whole number")
    if not -_LARGEST <= number < _LARGEST:
        raise Wrong("int_parsing_size", "This number is too large")
    return number


def to_number(value: Any) -> float:
    """Read a finite number."""
    if not isinstance(value, str | int | float):
        raise Wrong("float_type", "Expected a number")
    try:
        number = float(value)
    except ValueError:
        raise Wrong("float_parsing", "Expected a number") from None
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise Wrong("finite_number", "Expected a finite number")
    return number


def to_text(value: Any) -> str:
    if not isinstance(value, str):
        raise Wrong("string_type", "Expected a text")
    return value


def to_boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) or (isinstance(value, int | float) and value in (0, 1)):
        text = str(int(value)) if not isinstance(value, str) else value.strip().lower()
        if text in _YES or text in _NO:
            return text in _YES
        raise Wrong("bool_parsing", "Expected true or false")
    raise Wrong("bool_type", "Expected true or false")


def to_moment(value: Any) -> datetime:
    """Read a moment into UTC: ISO text with its time zone, or seconds or milliseconds since 1970."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Wrong("datetime_type", "Expected a date with time and zone")
    try:
        if not isinstance(value, str) or _TIMESTAMP.fullmatch(value):
            return _of_timestamp(float(value))
        return _of_text(value).astimezone(UTC)
    except (OverflowError, ValueError):
        kind = "datetime_from_date_parsing" if isinstance(value, str) else "datetime_parsing"
        why = "expected such as 2026-11-22T09:40:00Z"
        raise Wrong(kind, "Expected a date with time and zone", {"error": why}) from None


def _of_timestamp(number: float) -> datetime:
    seconds = number if abs(number) <= _LARGEST_SECONDS else number / 1000
    return _EPOCH + timedelta(seconds=seconds)


def _of_text(text: str) -> datetime:
    found = _DATE.fullmatch(text)
    if not found or (found[4] and not found[3]):
        raise ValueError(text)
    day, time, seconds, fraction, zone = found.groups()
    if zone is None:
        raise Wrong("timezone_aware", "Expected a time zone, such as Z for UTC")
    zone = "+00:00" if zone in "Zz" else zone
    return datetime.fromisoformat(f"{day}T{time}{seconds or ':00'}.{(fraction or '0').ljust(6, '0')}{zone}")
