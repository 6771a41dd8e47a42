"""Read the fields of the forms of research: numbers, dates, lists of names. Raise BadRequest in words."""

import math
import re
from datetime import date

from appliance.domain import timeframe as timeframes
from appliance.domain.errors import BadRequest
from appliance.server.dashboard.research.frame import Fields

_SEPARATORS = re.compile(r"[\s,;]+")
MOST_NAMES = 500


def number(fields: Fields, name: str, label: str, *, factor: float = 1.0, least: float = 0.0) -> float | None:
    """Return a number, times `factor`; None for an empty field. Raises BadRequest."""
    text = fields.get(name, "").strip().replace(",", ".")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < least:
        raise BadRequest(f'{label}: "{text[:32]}" is no number from {least:g}')
    return round(value * factor, 12)


def names(fields: Fields, name: str) -> list[str]:
    """Return names that are separated by spaces, commas or lines, each once."""
    found = dict.fromkeys(filter(None, _SEPARATORS.split(fields.get(name, ""))))
    if len(found) > MOST_NAMES:
        raise BadRequest(f"Name {MOST_NAMES} at most")
    return list(found)


def timeframe(fields: Fields, name: str, label: str) -> str | None:
    """Return a length of candles; None for an empty field. Raises BadRequest."""
    text = fields.get(name, "").strip()
    if not text:
        return None
    try:
        timeframes.seconds(text)
    except ValueError as error:
        raise BadRequest(f"{label}: {error}") from error
    return text


def timerange(fields: Fields) -> str | None:
    """Return the range of the fields `from` and `until`; None if both are empty. Raises BadRequest."""
    first, last = _day(fields, "from"), _day(fields, "until")
    if first is not None and last is not None and first >= last:
        raise BadRequest("The range ends before it begins: choose other dates")
    if first is None and last is None:
        return None
    begin, end = (f"{day:%Y%m%d}" if day is not None else "" for day in (first, last))
    return f"{begin}-{end}"


def _day(fields: Fields, name: str) -> date | None:
    text = fields.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadRequest(f'"{text[:32]}" is no date such as 2025-01-31') from None


def strategy(fields: Fields) -> str:
    """Return the name of a strategy's class. Raises BadRequest."""
    name = fields.get("strategy", "").strip()
    if not (name.isidentifier() and len(name) <= 200):
        raise BadRequest("Choose a strategy")
    return name
