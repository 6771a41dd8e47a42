"""Calculate rolling statistics of arrays."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd


def numpy_rolling_window(data: Any, window: int) -> Any:
    """Return every window of values: shape (n - window + 1, window), without copying."""
    return np.lib.stride_tricks.sliding_window_view(np.asarray(data), window)


def numpy_rolling_series(func: Callable[[Any, int], Any]) -> Callable[..., Any]:
    """Pad the result of a function of (data, window) with NaN; `as_source` returns a Series."""

    def rolled(data: Any, window: int, as_source: bool = False) -> Any:
        values = func(np.asarray(data), window)
        padded = np.concatenate([np.full(len(data) - len(values), np.nan), values])
        return pd.Series(padded, index=getattr(data, "index", None)) if as_source else padded

    return rolled


@numpy_rolling_series
def numpy_rolling_mean(data: Any, window: int) -> Any:
    return numpy_rolling_window(data, window).mean(axis=-1)


@numpy_rolling_series
def numpy_rolling_std(data: Any, window: int) -> Any:
    """Return the sample standard deviation."""
    return numpy_rolling_window(data, window).std(axis=-1, ddof=1)
