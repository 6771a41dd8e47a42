"""Calculate bands around a price: Bollinger, Keltner, choppiness. Windows count rows."""

import numpy as np
import pandas as pd

from appliance.strategy.indicators.arrays import Values
from appliance.strategy.indicators.averages import rolling_mean, rolling_std, rolling_weighted_mean
from appliance.strategy.indicators.prices import atr, true_range, typical_price


def bollinger_bands(series: Values, window: int = 20, stds: float = 2) -> pd.DataFrame:
    """Return columns upper, mid, lower: the mean, from the first row on, and `stds` deviations around it."""
    middle = rolling_mean(series, window, min_periods=1)
    return _around(middle, rolling_std(series, window, min_periods=1) * stds)


def weighted_bollinger_bands(series: Values, window: int = 20, stds: float = 2) -> pd.DataFrame:
    """Return columns upper, mid, lower around the exponentially weighted mean."""
    middle = rolling_weighted_mean(series, window)
    return _around(middle, rolling_std(series, window) * stds)


def keltner_channel(bars: pd.DataFrame, window: int = 14, atrs: float = 2) -> pd.DataFrame:
    """Return columns upper, mid, lower: the mean typical price and `atrs` mean true ranges around it."""
    return _around(rolling_mean(typical_price(bars), window), atr(bars, window) * atrs)


def chopiness(bars: pd.DataFrame, window: int = 14) -> pd.Series:
    """Return the choppiness index (100: sideways): log of the sum of ranges over the whole range."""
    ranges = true_range(bars).rolling(window).sum()
    whole = bars["high"].rolling(window).max() - bars["low"].rolling(window).min()
    return 100 * np.log10(ranges / whole) / np.log10(window)


def _around(middle: pd.Series, distance: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({"upper": middle + distance, "mid": middle, "lower": middle - distance})
