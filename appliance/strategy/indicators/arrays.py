"""Calculate rolling statistics of arrays."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]
Values: TypeAlias = pd.Series | Array | Sequence[float]
"""What indicators take: a series, an array or a list of numbers."""


def numpy_rolling_window(data: Values, window: int) -> Array:
    """Return every window of values: shape (n - window + 1, window), without copying."""
    return np.lib.stride_tricks.sliding_window_view(np.asarray(data), window)


def numpy_rolling_series(func: Callable[[Array, int], Array]) -> Callable[..., Array | pd.Series]:
    """Pad the result of a function of (data, window) with NaN; `as_source` returns a Series."""

    def rolled(data: Values, window: int, as_source: bool = False) -> Array | pd.Series:
        values = func(np.asarray(data), window)
        padded = np.concatenate([np.full(len(data) - len(values), np.nan), values])
        return pd.Series(padded, index=getattr(data, "index", None)) if as_source else padded

    return rolled


@numpy_rolling_series
def numpy_rolling_mean(data: Array, window: int) -> Array:
    means: Array = numpy_rolling_window(data, window).mean(axis=-1)
    return means


@numpy_rolling_series
def numpy_rolling_std(data: Array, window: int) -> Array:
    """Return the sample standard deviation."""
    deviations: Array = numpy_rolling_window(data, window).std(axis=-1, ddof=1)
    return deviations
