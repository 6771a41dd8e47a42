"""Read single values the lenient way: what plainly means a number or a yes is taken for it."""

import math
import re
from typing import Any

_INTEGER = re.compile(r"[+-]?\d+(_\d+)*(\.0*)?", re.ASCII)
_LARGEST = 2**63
_YES = frozenset({"1", "true", "t", "yes", "y", "on"})
_NO = frozenset({"0", "false", "f", "no", "n", "off"})


class Wrong(Exception):
    """Say why a value will not do. `type` and `ctx` go into the answer."""

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
