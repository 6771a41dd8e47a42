"""Convert the return values of a strategy's callbacks, which may be anything."""

import math
from typing import Any, TypeVar

Otherwise = TypeVar("Otherwise", bool, None)


def truth(answer: Any, default: Otherwise) -> bool | Otherwise:
    """Return a callback's answer as a bool; `default` if it is none (a dataframe's column, for example)."""
    try:
        return bool(answer)
    except (TypeError, ValueError):
        return default


def number(answer: Any, default: float) -> float:
    """Return a callback's answer as a number; `default` if it is none, or not finite."""
    try:
        found = float(answer)
    except (TypeError, ValueError):
        return default
    return found if math.isfinite(found) else default
