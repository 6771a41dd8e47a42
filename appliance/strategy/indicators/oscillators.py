"""Calculate momentum indicators: RSI, MACD, stochastic, CCI and others. Windows count rows."""

import numpy as np
import pandas as pd
from pandas import Series

from appliance.strategy.indicators.arrays import Values
from appliance.strategy.indicators.averages import (
    as_series,
    rolling_mean,
    rolling_std,
    rolling_weighted_mean,
    sma,
)
from appliance.strategy.indicators.bands import bollinger_bands
from appliance.strategy.indicators.prices import mid_price, typical_price


def rsi(series: Values, window: int = 14) -> Series:
    """Return Wilder's relative strength index (0 to 100); the first `window` rows repeat the first value.

    The first averages are those of the first window + 1 changes.
    """
    prices = np.asarray(series, dtype=float)
    changes = np.diff(prices)
    first = changes[: window + 1]
    up, down = first[first > 0].sum() / window, -first[first < 0].sum() / window
    ups, downs = np.full(len(prices), up), np.full(len(prices), down)
    for row in range(window, len(prices)):
        change = changes[row - 1]
        up = (up * (window - 1) + max(change, 0.0)) / window
        down = (down * (window - 1) + max(-change, 0.0)) / window
        ups[row], downs[row] = up, down
    with np.errstate(divide="ignore", invalid="ignore"):
        strength = 100 - 100 / (1 + ups / downs)
    return pd.Series(strength, index=as_series(series).index)


def macd(series: Values, fast: int = 3, slow: int = 10, smooth: int = 16) -> pd.DataFrame:
    """Return columns macd (fast less slow exponential mean), signal (its mean) and histogram."""
    line = rolling_weighted_mean(series, fast) - rolling_weighted_mean(series, slow)
    signal = rolling_weighted_mean(line, smooth)
    return pd.DataFrame({"macd": line, "signal": signal, "histogram": line - signal})


def stoch(df: pd.DataFrame, window: int = 14, d: int = 3, k: int = 3, fast: bool = False) -> pd.DataFrame:
    """Return the stochastic oscillator (0 to 100): columns fast_k, fast_d, or slow_k, slow_d."""
    highest = df["high"].rolling(window).max()
    lowest = df["low"].rolling(window).min()
    fast_k = 100 * (df["close"] - lowest) / (highest - lowest)
    if fast:
        return pd.DataFrame({"fast_k": fast_k, "fast_d": fast_k.rolling(d).mean()})
    slow_k = fast_k.rolling(k).mean()
    return pd.DataFrame({"slow_k": slow_k, "slow_d": slow_k.rolling(d).mean()})


def cci(series: pd.DataFrame, window: int = 14) -> Series:
    """Return the commodity channel index of bars (Lambert 1980): distance from the mean in mean deviations.

    qtpylib divides by the deviation of the whole dataframe instead, which is a lookahead bias.
    """
    price = typical_price(series)
    deviation = price.rolling(window).apply(lambda part: np.abs(part - part.mean()).mean(), raw=True)
    return (price - rolling_mean(price, window)) / (0.015 * deviation)


def roc(series: Series, window: int = 14) -> Series:
    """Return the change against `window` rows before, as a ratio."""
    return (series - series.shift(window)) / series.shift(window)


def zscore(bars: pd.DataFrame, window: int = 20, stds: float = 1, col: str = "close") -> Series:
    """Return the distance of the column from its mean in units of `stds` standard deviations."""
    series = bars[col]
    return (series - rolling_mean(series, window)) / (rolling_std(series, window) * stds)


def awesome_oscillator(df: pd.DataFrame, weighted: bool = False, fast: int = 5, slow: int = 34) -> Series:
    """Return the fast less the slow mean of the middle price."""
    middle = mid_price(df)
    if weighted:
        return middle.ewm(com=fast).mean() - middle.ewm(com=slow).mean()
    return rolling_mean(middle, fast) - rolling_mean(middle, slow)


def tdi(  # noqa: PLR0913 -- qtpylib's signature
    series: Values,
    rsi_lookback: int = 13,
    rsi_smooth_len: int = 2,
    rsi_signal_len: int = 7,
    bb_lookback: int = 34,
    bb_std: float = 1.6185,
) -> pd.DataFrame:
    """Return the traders' dynamic index: RSI, its signal, its smoothed line and Bollinger bands around it."""
    strength = rsi(series, rsi_lookback)
    bands = bollinger_bands(strength, bb_lookback, bb_std)
    return pd.DataFrame(
        {
            "rsi": strength,
            "rsi_signal": sma(strength, rsi_signal_len),
            "rsi_smooth": sma(strength, rsi_smooth_len),
            "rsi_bb_upper": bands["upper"],
            "rsi_bb_lower": bands["lower"],
            "rsi_bb_mid": bands["mid"],
        }
    )
