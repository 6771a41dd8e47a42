"""Calculate prices, ranges, Heikin-Ashi and volume-weighted prices of bars."""

import numpy as np
import pandas as pd
from pandas import Series

from appliance.strategy.indicators.arrays import Array
from appliance.strategy.indicators.averages import rolling_mean, rolling_std, rolling_weighted_mean


def typical_price(bars: pd.DataFrame) -> Series:
    return (bars["high"] + bars["low"] + bars["close"]) / 3


def mid_price(bars: pd.DataFrame) -> Series:
    return (bars["high"] + bars["low"]) / 2


def true_range(bars: pd.DataFrame) -> Series:
    """Return the bar's range, widened to the close before it (Wilder 1978)."""
    before = bars["close"].shift(1)
    high = np.fmax(bars["high"], before)
    low = np.fmin(bars["low"], before)
    return pd.Series(high - low, index=bars.index)


def atr(bars: pd.DataFrame, window: int = 14, exp: bool = False) -> Series:
    """Return the mean true range: simple, or exponentially weighted with `exp`."""
    ranges = true_range(bars)
    if exp:
        return rolling_weighted_mean(ranges, window)
    return rolling_mean(ranges, window)


def ibs(bars: pd.DataFrame) -> Series:
    """Return where in its range the bar closed: 0 at the low, 1 at the high (internal bar strength)."""
    strength = (bars["close"] - bars["low"]) / (bars["high"] - bars["low"])
    return strength.round(2).rename(None)


def heikinashi(bars: pd.DataFrame) -> pd.DataFrame:
    """Return Heikin-Ashi bars: columns open, high, low, close.

    close = mean of the bar's four prices; open = mean of the open and close before, which is an exponential
    mean of the closes with half weight; the first open = mean of the first bar's open and close.
    """
    close = (bars["open"] + bars["high"] + bars["low"] + bars["close"]) / 4
    before = close.shift(1)
    if len(bars):
        before.iloc[0] = (bars["open"].iloc[0] + bars["close"].iloc[0]) / 2
    opened = before.ewm(alpha=0.5, adjust=False).mean().mask(before.isna().cummax())
    high = np.fmax(np.fmax(bars["high"], opened), close)
    low = np.fmin(np.fmin(bars["low"], opened), close)
    return pd.DataFrame({"open": opened, "high": high, "low": low, "close": close}, index=bars.index)


def rolling_vwap(bars: pd.DataFrame, window: int = 200, min_periods: int | None = None) -> Series:
    """Return the volume-weighted typical price of the last `window` bars, or that before, without volume."""
    needed = window if min_periods is None else min_periods
    volume = bars["volume"]
    worth = (volume * typical_price(bars)).rolling(window=window, min_periods=needed).sum()
    return _finite(worth / volume.rolling(window=window, min_periods=needed).sum()).ffill()


def vwap(bars: pd.DataFrame) -> Series:
    """Raise ValueError: the average over all bars has lookahead bias."""
    raise ValueError("vwap over the whole dataframe has lookahead bias: use rolling_vwap(bars, window)")


def pvt(bars: pd.DataFrame) -> Series:
    """Return the price volume trend: the sum of each bar's volume times its relative change of close."""
    before = bars["close"].shift(1)
    return ((bars["close"] - before) / before * bars["volume"]).cumsum().rename(None)


def returns(series: Series) -> Series:
    """Return the change against the row before, as a ratio."""
    return _finite(series / series.shift(1) - 1)


def log_returns(series: Series) -> Series:
    return _finite(np.log(series / series.shift(1)))


def implied_volatility(series: Series, window: int = 252) -> Series:
    """Return the standard deviation of log returns over `window` rows, times its square root."""
    return rolling_std(log_returns(series), window) * np.sqrt(window)


def session(df: pd.DataFrame, start: str = "17:00", end: str = "16:00") -> pd.DataFrame:
    """Return the rows since a session last began at `start` (hh:mm, in the zone of the date index)."""
    if df.empty:
        return df
    newest = df.index[-1]
    opened = newest.normalize() + pd.Timedelta(f"{start}:00")
    return df[df.index >= (opened if opened <= newest else opened - pd.Timedelta(days=1))]


def nans(length: int = 1) -> Array:
    return np.full(length, np.nan)


def _finite(series: Series) -> Series:
    cleaned: Series = series.replace([np.inf, -np.inf], np.nan)
    return cleaned
