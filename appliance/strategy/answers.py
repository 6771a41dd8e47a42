"""Read the answers of a strategy's callbacks, which may be anything."""

import math
from typing import Any, TypeVar

Otherwise = TypeVar("Otherwise", bool, None)


def truth(answer: Any, default: Otherwise) -> bool | Otherwise:
    """Return a strategy's answer as yes or no; `default` where it is neither (a column of a frame, say)."""
    try:
        return bool(answer)
    except (TypeError, ValueError):
        return default


def number(answer: Any, default: float) -> float:
    """Return a strategy's answer as a number; `default` where it is none, or not finite."""
    try:
        found = float(answer)
    except (TypeError, ValueError):
        return default
    return found if math.isfinite(found) else default
