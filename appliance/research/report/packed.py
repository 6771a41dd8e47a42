"""Pack numbers and texts so that a page is small: differences of integers, deflated, as base64 text.

A browser unpacks them with what it has (`DecompressionStream`): see web/report/data.js.
"""

import base64
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

_LARGEST = 2**30
_MOST_PLACES = 10
_EXACT = 1e-9
_SOME = 1000

Columns = Sequence[npt.NDArray[np.int64]]


def packed(content: bytes) -> str:
    """Return content deflated, as base64."""
    return base64.b64encode(zlib.compress(content, 4)).decode("ascii")


def planes(columns: Columns) -> bytes:
    """Return columns of non-negative integers below 2^32: all lowest bytes, then all second ones, ...

    High bytes are nearly always 0, and deflate to nothing.
    """
    values = np.concatenate(columns).astype("<u4")
    return values.view(np.uint8).reshape(-1, 4).T.tobytes()


def zigzag(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return signed integers as non-negative ones: 0, -1, 1, -2 become 0, 1, 2, 3."""
    return np.where(values < 0, -2 * values - 1, 2 * values)


def decimal_places(prices: npt.NDArray[np.float64]) -> int:
    """Return how many decimal places prices have, as far as integers of 30 bits can hold them."""
    finite = prices[np.isfinite(prices)]
    if not len(finite):
        return 0
    largest = max(float(np.abs(finite).max()), 1e-12)
    room = int(np.floor(np.log10(_LARGEST / largest)))
    # Some of the prices rule most numbers of places out, quickly.
    least = decimal_places(finite[:_SOME]) if len(finite) > _SOME else 0
    for places in range(least, min(room, _MOST_PLACES)):
        scaled = finite * 10.0**places
        if np.all(np.abs(scaled - np.rint(scaled)) <= np.maximum(np.abs(scaled), 1.0) * _EXACT):
            return places
    return min(room, _MOST_PLACES)


def short(value: float | None, digits: int = 10) -> Any:
    """Return a number as JSON holds it in few characters: `digits` significant ones, whole ones as int."""
    if value is None or not np.isfinite(value):
        return None
    rounded = float(f"{value:.{digits}g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 1e15 else rounded
