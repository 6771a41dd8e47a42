"""Calculate rolling statistics and moving averages of a series. Every result has the index of the input.

`window` counts rows; `min_periods` rows suffice for a value (default: the whole window). Means and deviations
of whole windows are those of each window by itself, as in qtpylib: running sums differ in the last digits,
and so would the signals of flat prices.
"""

from typing import Any

import numpy as np
import pandas as pd
from pandas import Series

from appliance.strategy.indicators.arrays import Array, Values, numpy_rolling_mean, numpy_rolling_std


def rolling_mean(series: Values, window: int = 200, min_periods: int | None = None) -> Series:
    if _is_of_whole_windows(series, window, min_periods):
        return _as_row_of(numpy_rolling_mean(series, window), series)
    return _rolling(series, window, min_periods).mean()


def rolling_std(series: Values, window: int = 200, min_periods: int | None = None) -> Series:
    """Return the sample standard deviation."""
    if _is_of_whole_windows(series, window, min_periods):
        return _as_row_of(numpy_rolling_std(series, window), series)
    return _rolling(series, window, min_periods).std()


def rolling_min(series: Values, window: int = 14, min_periods: int | None = None) -> Series:
    return _rolling(series, window, min_periods).min()


def rolling_max(series: Values, window: int = 14, min_periods: int | None = None) -> Series:
    return _rolling(series, window, min_periods).max()


def rolling_weighted_mean(series: Values, window: float = 200, min_periods: int | None = None) -> Series:
    """Return the exponentially weighted mean with span `window`."""
    needed = int(window) if min_periods is None else min_periods
    return as_series(series).ewm(span=window, min_periods=needed).mean()


def sma(series: Values, window: int = 200, min_periods: int | None = None) -> Series:
    return rolling_mean(series, window, min_periods)


def wma(series: Values, window: int = 200, min_periods: int | None = None) -> Series:
    """Return the exponentially weighted mean (the name is qtpylib's)."""
    return rolling_weighted_mean(series, window, min_periods)


def hull_moving_average(series: Values, window: int = 200, min_periods: int | None = None) -> Series:
    """Return Hull's average of exponentially weighted means: EMA(2 EMA(n / 2) - EMA(n), √n)."""
    needed = window if min_periods is None else min_periods
    half, whole = (rolling_weighted_mean(series, span, needed) for span in (window / 2, window))
    smooth: Series = (2 * half - whole).ewm(span=np.sqrt(window), min_periods=needed).mean()
    return smooth


def hma(series: Values, window: int = 200, min_periods: int | None = None) -> Series:
    return hull_moving_average(series, window, min_periods)


def zlma(series: Values, window: int = 20, min_periods: int | None = None, kind: str = "ema") -> Series:
    """Return a moving average without lag: of 2 x - x[(n - 1) / 2 ago]. `kind`: ema, hma or sma."""
    needed = window if min_periods is None else min_periods
    given = as_series(series)
    lag = (window - 1) // 2
    ahead = 2 * given - given.shift(lag)
    if kind in ("ewm", "ema"):
        return wma(ahead, lag, needed)
    if kind == "hma":
        return hma(ahead, lag, needed)
    return sma(ahead, lag, needed)


def zlema(series: Values, window: int, min_periods: int | None = None) -> Series:
    return zlma(series, window, min_periods, kind="ema")


def zlsma(series: Values, window: int, min_periods: int | None = None) -> Series:
    return zlma(series, window, min_periods, kind="sma")


def zlhma(series: Values, window: int, min_periods: int | None = None) -> Series:
    return zlma(series, window, min_periods, kind="hma")


def as_series(values: Values) -> Series:
    return values if isinstance(values, pd.Series) else pd.Series(values)


def _is_of_whole_windows(series: Values, window: int, min_periods: int | None) -> bool:
    return min_periods in (None, window) and len(series) > window


def _as_row_of(values: Array, series: Values) -> Series:
    return pd.Series(values, index=as_series(series).index)


def _rolling(series: Values, window: int, min_periods: int | None) -> Any:
    needed = window if min_periods is None else min_periods
    return as_series(series).rolling(window=window, min_periods=needed)
