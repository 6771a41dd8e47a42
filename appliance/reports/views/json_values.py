"""Convert values of strategies to JSON values."""

from datetime import datetime
from typing import Any

import msgspec


def plain(value: Any) -> Any:
    """Return `value` as JSON values: numpy's numbers as numbers, unknown types as text."""
    return msgspec.to_builtins(value, str_keys=True, enc_hook=_as_number_or_text)


def _as_number_or_text(value: Any) -> Any:
    if isinstance(value, datetime):  # pandas has a subclass, and NaT, which does not equal itself
        return datetime.fromisoformat(value.isoformat()) if value == value else None
    to_number = getattr(value, "item", None)
    if callable(to_number) and getattr(value, "ndim", None) == 0:
        return to_number()
    return value.tolist() if hasattr(value, "tolist") else str(value)
