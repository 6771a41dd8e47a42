"""Compare the last values of indicators that began earlier with those that began later."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from appliance.research.lookahead.columns import CANDLE, Columns, is_missing

Values = Mapping[str, Any]
"""The last value of each column."""
DIGITS = 12
"""As in freqtrade: smaller differences are 0."""


def last_values(columns: Columns) -> dict[str, Any]:
    """Return the last value of each column that is no part of the candle, as Python's types."""
    return {
        name: column[-1].item() if isinstance(column[-1], np.generic) else column[-1]
        for name, column in columns.items()
        if name not in CANDLE
    }


def scales_of(columns: Columns) -> dict[str, float]:
    """Return the usual size of each column of numbers: the median of its values without their signs."""
    scales = {}
    for name, column in columns.items():
        if column.dtype.kind in "fiu":
            sizes = np.abs(column[np.isfinite(column)].astype(float))
            scales[name] = float(np.median(sizes)) if len(sizes) else 0.0
    return scales


def variances(whole: Values, part: Values) -> dict[str, float]:
    """Return by what ratio values differ; NaN for what is no number, or 0. Equal ones are left out.

    As in freqtrade, any difference counts, and the ratio is that of the value with all candles.
    """
    found = {}
    for name in whole:
        left, right = whole[name], part.get(name)
        if not _same(left, right):
            is_ratio = _is_number(left) and _is_number(right) and left and right
            found[name] = round((right - left) / left, DIGITS) if is_ratio else math.nan
    return found


def deviations(whole: Values, part: Values | None, scales: Mapping[str, float]) -> dict[str, float]:
    """Return by what part of its size each value is wrong; infinite where it is none, or another text.

    The size is that of the value or, if it is larger, that of the column: near 0 all ratios are large. `part`
    is None where the strategy failed.
    """
    return {
        name: math.inf if part is None else _deviation(value, part.get(name), scales.get(name, 0.0))
        for name, value in whole.items()
    }


def _deviation(whole: Any, part: Any, scale: float) -> float:
    if _same(whole, part):
        return 0.0
    if not (_is_number(whole) and _is_number(part) and math.isfinite(whole) and math.isfinite(part)):
        return math.inf
    return float(abs(part - whole) / max(abs(whole), scale))


def _same(left: Any, right: Any) -> bool:
    if is_missing(left) or is_missing(right):
        return is_missing(left) and is_missing(right)
    return bool(left == right)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
