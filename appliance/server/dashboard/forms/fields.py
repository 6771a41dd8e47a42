"""Read the fields of forms. All functions raise Unclear, which says what to enter instead."""

import re
from collections.abc import Mapping
from typing import Final

from appliance.domain.enums import OrderKind
from appliance.domain.errors import NotFound
from appliance.server.dashboard.actions import Unclear

LONGEST_SHOWN = 32
MOST_DIGITS = 15
_NUMBER: Final = re.compile(r"\d{1,18}(\.\d{0,18})?|\.\d{1,18}")
_ORDER_TYPES: Mapping[str, OrderKind] = {"limit": "limit", "market": "market"}

Fields = Mapping[str, str]


def numbered(fields: Fields, name: str) -> int:
    """Return the number of a trade or lock that the address has. Raises NotFound where none is that high."""
    text = fields[name]
    if len(text) > MOST_DIGITS:
        raise NotFound(f"There is none with the number {text[:LONGEST_SHOWN]}")
    return int(text)


def number(fields: Fields, name: str, what: str) -> float | None:
    """Return a number above 0, None for an empty field. `what` names it, such as "a price"."""
    text = fields.get(name, "").strip()
    if not text:
        return None
    value = float(text) if _NUMBER.fullmatch(text) else 0.0
    if not value > 0:
        hint = " Use a point for decimals." if "," in text else ""
        raise Unclear(
            f'"{text[:LONGEST_SHOWN]}" is not {what}: enter a number above 0, or leave it empty.{hint}'
        )
    return value


def order_type(fields: Fields) -> OrderKind | None:
    """Return the type of order that was chosen; None where the bot's own is."""
    chosen = fields.get("ordertype", "")
    if chosen and chosen not in _ORDER_TYPES:
        raise Unclear("Choose limit or market as type of the order.")
    return _ORDER_TYPES.get(chosen)


def words(fields: Fields, name: str, most: int) -> str | None:
    """Return a text of at most `most` characters; None for an empty field."""
    text = fields.get(name, "").strip()
    if len(text) > most:
        raise Unclear(f"{name.capitalize()} is too long: {most} characters at most.")
    return text or None
