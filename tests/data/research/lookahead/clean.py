"""Strategies of many kinds that know no later candles. The names of columns tell what they are."""

import numpy as np
import pandas as pd
import talib.abstract as ta
from freqtrade.strategy import IStrategy, informative, merge_informative_pair


class Plain(IStrategy):
    timeframe = "5m"
    stoploss = -0.1
    minimal_roi = {"0": 0.1}
    startup_candle_count = 30

    def populate_indicators(self, dataframe, metadata):
        dataframe["up"] = (dataframe["close"].diff() > 0).rolling(3).sum()
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["up"] == 0, ["enter_long", "enter_tag"]] = (1, "fallen")
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["up"] == 3, "exit_long"] = 1
        return dataframe


class Recursive(Plain):
    """Indicators that never forget how they began."""

    def populate_indicators(self, dataframe, metadata):
        dataframe = super().populate_indicators(dataframe, metadata)
        dataframe["ema"] = ta.EMA(dataframe, timeperiod=200)
        dataframe["rsi"] = ta.RSI(dataframe, timeperiod=100)
        dataframe["adx"] = ta.ADX(dataframe)
        dataframe["ewm"] = dataframe["close"].ewm(span=300, adjust=False).mean()
        dataframe["obv"] = ta.OBV(dataframe)
        dataframe["sum"] = dataframe["volume"].cumsum()
        dataframe["mean"] = dataframe["close"].expanding().mean()
        dataframe["highest"] = dataframe["close"].cummax()
        return dataframe


class Windows(Plain):
    def populate_indicators(self, dataframe, metadata):
        dataframe = super().populate_indicators(dataframe, metadata)
        close = dataframe["close"]
        bands = ta.BBANDS(dataframe, timeperiod=20)
        dataframe["upper"], dataframe["lower"] = bands["upperband"], bands["lowerband"]
        dataframe["skew"] = close.rolling(20).skew()
        dataframe["rank"] = close.rolling(50).rank(pct=True)
        dataframe["scaled"] = (close - close.rolling(100).min()) / close.rolling(100).max()
        dataframe["by_hand"] = close.rolling(5).apply(lambda window: window.iloc[-1] - window.iloc[0])
        weights = np.arange(1, 11) / 55
        windows = np.lib.stride_tricks.sliding_window_view(close.to_numpy(), 10)
        dataframe["dot"] = np.r_[np.full(9, np.nan), windows @ weights]
        return dataframe


class Informative(Plain):
    @informative("1h")
    @informative("15m")
    def populate_indicators_slow(self, dataframe, metadata):
        dataframe["rsi"] = ta.RSI(dataframe, timeperiod=5)
        return dataframe

    @informative("1h", "BTC/{stake}")
    def populate_indicators_btc(self, dataframe, metadata):
        dataframe["change"] = dataframe["close"].pct_change()
        return dataframe

    def informative_pairs(self):
        return [(pair, "1h") for pair in self.dp.current_whitelist()]

    def populate_indicators(self, dataframe, metadata):
        dataframe = super().populate_indicators(dataframe, metadata)
        hours = self.dp.get_pair_dataframe(metadata["pair"], "1h")[["date", "high"]]
        dataframe = merge_informative_pair(
            dataframe, hours, self.timeframe, "1h", append_timeframe=False, suffix="merged"
        )
        other = self.dp.get_pair_dataframe("BTC/USDT", self.timeframe)[["date", "close"]]
        return dataframe.merge(other.rename(columns={"close": "btc"}), on="date", how="left")


class ResampledLate(Plain):
    """Hours made of the frame itself, used once they have closed."""

    def populate_indicators(self, dataframe, metadata):
        dataframe = super().populate_indicators(dataframe, metadata)
        hours = dataframe.resample("1h", on="date").agg({"close": "last"}).shift(1)
        dataframe["hour_before"] = hours["close"].reindex(dataframe["date"].dt.floor("1h")).to_numpy()
        return dataframe


class Loops(Plain):
    """A stop that trails, made row by row, and peaks that are seen once they are confirmed."""

    def populate_indicators(self, dataframe, metadata):
        dataframe = super().populate_indicators(dataframe, metadata)
        close = dataframe["close"].to_numpy()
        stop, direction = np.zeros(len(close)), np.zeros(len(close), dtype=bool)
        peak = np.full(len(close), np.nan)
        for row in range(2, len(close)):
            stop[row] = max(stop[row - 1], close[row] * 0.99) if direction[row - 1] else close[row] * 1.01
            direction[row] = close[row] > stop[row - 1]
            if close[row - 2] < close[row - 1] > close[row]:
                peak[row] = close[row - 1]
        dataframe["stop"], dataframe["direction"], dataframe["peak"] = stop, direction, peak
        dataframe["peak"] = dataframe["peak"].ffill()
        return dataframe


class Kinds(Plain):
    """Columns of all kinds of values."""

    def populate_indicators(self, dataframe, metadata):
        dataframe = super().populate_indicators(dataframe, metadata)
        rises = dataframe["close"].diff() > 0
        dataframe["text"] = np.where(rises, "rises", "falls")
        dataframe["category"] = pd.Categorical(dataframe["text"], categories=["rises", "falls"])
        dataframe["flag"] = rises
        dataframe["nullable"] = rises.astype("boolean").where(rises)
        dataframe["whole"] = rises.cumsum().astype("Int64")
        dataframe["hour"] = dataframe["date"].dt.hour
        dataframe["since"] = dataframe["date"] - dataframe["date"].shift(1)
        dataframe["infinite"] = np.where(rises, np.inf, -np.inf)
        dataframe["mixed"] = [None if rise else 1.5 for rise in rises]
        return dataframe


class Remembers(Plain):
    """It keeps what it saw last; that changes nothing."""

    def populate_indicators(self, dataframe, metadata):
        dataframe = super().populate_indicators(dataframe, metadata)
        self.last = {**getattr(self, "last", {}), metadata["pair"]: len(dataframe)}
        return dataframe


class Random(Plain):
    """A column that is another one with every run."""

    def populate_indicators(self, dataframe, metadata):
        dataframe = super().populate_indicators(dataframe, metadata)
        dataframe["noise"] = np.random.default_rng().normal(size=len(dataframe))
        return dataframe


class Whitelist(Plain):
    """Values that depend on which other pairs there are."""

    def populate_indicators(self, dataframe, metadata):
        dataframe = super().populate_indicators(dataframe, metadata)
        pairs = self.dp.current_whitelist()
        dataframe["share"] = dataframe["close"] / len(pairs)
        return dataframe
