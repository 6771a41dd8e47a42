"""Show what strategies made: whatever it is, it becomes a value of JSON."""

from datetime import datetime
from typing import Any

import msgspec


def plain(value: Any) -> Any:
    """Return `value` as JSON has it: numpy's numbers as numbers, what JSON does not know as its text."""
    return msgspec.to_builtins(value, str_keys=True, enc_hook=_as_number_or_text)


def _as_number_or_text(value: Any) -> Any:
    if isinstance(value, datetime):  # pandas has its own kind, and one that is no date and not its own equal
        return datetime.fromisoformat(value.isoformat()) if value == value else None
    to_number = getattr(value, "item", None)
    if callable(to_number) and getattr(value, "ndim", None) == 0:
        return to_number()
    return value.tolist() if hasattr(value, "tolist") else str(value)
