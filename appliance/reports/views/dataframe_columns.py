"""Convert the columns of a strategy's dataframe, whatever they hold, to JSON values."""

import contextlib
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pandas import DataFrame, Series

LONGEST_TEXT = 1_000
"""Characters that are shown of a text in a cell."""
_LARGEST = 2**63
_PLAIN_KINDS = "biuf"


def named_columns(frame: "DataFrame") -> dict[str, int]:
    """Return the place of each column by its name as text; of duplicate names, the last."""
    return {as_text(name): place for place, name in enumerate(frame.columns)}


def column_of(frame: "DataFrame", name: str) -> "Series | None":
    """Return the column of that name, the last where there are several; None where there is none."""
    place = named_columns(frame).get(name)
    return None if place is None else frame.iloc[:, place]


def values_of(column: "Series") -> list[Any]:
    """Return a column as JSON values: numbers, texts, booleans; dates as ISO text, or None.

    A column that cannot be read is None in every row. The column is not modified.
    """
    try:
        if is_date(column):
            return _dates(column)
        if _is_plain(column):
            return list(column.tolist())
        return [_plain(value) for value in column.array]
    except Exception:  # noqa: BLE001 - a column is a strategy's, and may be anything
        return [None] * len(column)


def is_date(column: "Series") -> bool:
    return getattr(column.dtype, "kind", "O") == "M"


def epoch_ms(column: "Series") -> list[Any]:
    """Return dates in ms since 1970; None for missing ones, and for all where the column has no dates."""
    if not is_date(column):
        return [None] * len(column)
    numbers = column.dt.as_unit("ms").astype("int64").tolist()
    return [None if missing else number for number, missing in zip(numbers, column.isna(), strict=True)]


def as_text(value: Any) -> str:
    """Return a value as text that is valid UTF-8 and not too long."""
    try:
        text = value if isinstance(value, str) else str(value)
    except Exception:  # noqa: BLE001 - objects of strategies run their own code
        text = type(value).__name__
    text = text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _is_plain(column: "Series") -> bool:
    import numpy as np

    kind = column.dtype
    return isinstance(kind, np.dtype) and kind.kind in _PLAIN_KINDS and kind.itemsize <= 8


def _dates(column: "Series") -> list[Any]:
    import numpy as np

    plain = column.dt.tz_convert("UTC").dt.tz_localize(None) if column.dt.tz is not None else column
    texts = np.datetime_as_string(plain.to_numpy(dtype="datetime64[s]"))
    return [None if text == "NaT" else f"{text}Z" for text in texts.tolist()]


def _plain(value: Any) -> Any:
    """Return one value as JSON has it: None for what is missing, text for what JSON does not have."""
    value = _unboxed(value)
    match value:
        case None | bool():
            return value
        case str():
            return as_text(value)
        case int():
            return int(value) if -_LARGEST <= value < _LARGEST else as_text(value)
        case float():
            return float(value) if math.isfinite(value) else None
        case _:
            return _text_of_object(value)


def _unboxed(value: Any) -> Any:
    """Return a numpy scalar as Python's own value; texts and all else as they are."""
    is_scalar = type(value).__module__ == "numpy" and getattr(value, "ndim", None) == 0
    if is_scalar and not isinstance(value, str):
        with contextlib.suppress(Exception):
            return value.item()
    return value


def _text_of_object(value: Any) -> str | None:
    """Return an object as text; None where it stands for a missing value (NaT, NA), which equals nothing."""
    try:
        if (value != value) is True:
            return None
    except Exception:  # noqa: BLE001 - objects compare by their own code
        return as_text(value)
    text = as_text(value)
    return None if text in ("<NA>", "NaT") else text
