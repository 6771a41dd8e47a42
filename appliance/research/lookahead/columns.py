"""Take the columns of a dataframe apart, and compare those of two: value by value."""

import math
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from appliance.research.backtest.series import Flags

if TYPE_CHECKING:
    from pandas import DataFrame, Series

Column = npt.NDArray[Any]
Columns = dict[str, Column]

RELATIVE = 1e-9
"""Differences of this part of a value are those of rounding, as when sums are made in another order."""
OF_THE_LARGEST = 1e-12
"""Likewise, of the largest value of a column: what is left where large numbers cancel each other."""
CANDLE = frozenset(("date", "open", "high", "low", "close", "volume"))


def columns_of(frame: "DataFrame") -> Columns:
    """Return all columns as arrays: numbers, or objects. A name that stands twice gets a number."""
    seen: Counter[str] = Counter()
    columns: Columns = {}
    for place, label in enumerate(frame.columns):
        name = str(label)
        seen[name] += 1
        key = name if seen[name] == 1 else f"{name} ({seen[name]})"
        columns[key] = _array(frame.iloc[:, place])
    return columns


def _array(column: "Series[Any]") -> Column:
    kind = column.dtype
    found: Column
    if getattr(kind, "tz", None) is not None:
        found = column.array.asi8
    elif isinstance(kind, np.dtype):
        values = column.to_numpy()
        found = values.view(np.int64) if kind.kind in "mM" else values
    else:
        try:  # numbers that may be missing
            found = column.to_numpy(dtype=float, na_value=np.nan)
        except (TypeError, ValueError):
            found = column.to_numpy(dtype=object)
    return found


def differing(whole: Column, known: Column) -> Flags:
    """Return where two columns of the same length differ by more than rounding. Missing values are equal."""
    if whole.dtype.kind == "O" or known.dtype.kind == "O":
        return _different_objects(whole, known)
    if whole.dtype == known.dtype and whole.tobytes() == known.tobytes():
        return np.zeros(len(whole), dtype=bool)
    with np.errstate(all="ignore"):
        different: Flags = whole != known
        left, right = whole.astype(float), known.astype(float)
        different &= ~(np.isnan(left) & np.isnan(right))
        finite = np.isfinite(left) & np.isfinite(right)
        tolerance = OF_THE_LARGEST * np.abs(left[finite]).max(initial=0.0)
        sizes = np.maximum(np.abs(left), np.abs(right))
        different &= ~(finite & (np.abs(left - right) <= np.maximum(RELATIVE * sizes, tolerance)))
    return different


def _different_objects(whole: Column, known: Column) -> Flags:
    flags = [
        left is not right and _differ(left, right)
        for left, right in zip(whole.tolist(), known.tolist(), strict=True)
    ]
    return np.array(flags, dtype=bool)


def _differ(left: Any, right: Any) -> bool:
    if is_missing(left) or is_missing(right):
        return not (is_missing(left) and is_missing(right))
    try:
        if isinstance(left, float | int) and isinstance(right, float | int):
            return not math.isclose(left, right, rel_tol=RELATIVE)
        return bool(left != right)
    except (TypeError, ValueError):  # what cannot be compared: arrays in a column
        return repr(left) != repr(right)


def is_missing(value: Any) -> bool:
    """Return whether a value stands for none: None, NaN, NaT, or an empty text."""
    if value is None or value == "":
        return True
    try:
        return bool(value != value)
    except (TypeError, ValueError):
        return type(value).__name__ in ("NAType", "NaTType")
