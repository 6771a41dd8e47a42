"""Strategies that know later candles, each in another way; beside them is what gives each of them away."""

import numpy as np
import pandas as pd
from freqtrade.strategy import IStrategy, informative


class Clean(IStrategy):
    """The signals of all: an entry after three falling candles, an exit after three rising ones."""

    timeframe = "5m"
    stoploss = -0.1
    minimal_roi = {"0": 0.1}
    startup_candle_count = 30
    can_short = False

    def populate_indicators(self, dataframe, metadata):
        change = dataframe["close"].diff()
        dataframe["falling"] = (change < 0).rolling(3).sum()
        dataframe["rising"] = (change > 0).rolling(3).sum()
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["falling"] == 3, ["enter_long", "enter_tag"]] = (1, "fallen")
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["rising"] == 3, ["exit_long", "exit_tag"]] = (1, "risen")
        return dataframe


class NextClose(Clean):
    """One candle ahead, in an indicator."""

    def populate_indicators(self, dataframe, metadata):
        dataframe = super().populate_indicators(dataframe, metadata)
        dataframe["next"] = dataframe["close"].shift(-1)
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["next"] > dataframe["close"] * 1.003, "enter_long"] = 1
        return dataframe


class NextCloseInSignal(Clean):
    """One candle ahead, in no column but the signal."""

    def populate_entry_trend(self, dataframe, metadata):
        rises = dataframe["close"].shift(-1) > dataframe["close"]
        dataframe.loc[(dataframe["falling"] == 3) & rises, "enter_long"] = 1
        return dataframe


class Suppressed(Clean):
    """One candle ahead: entries that would lose are left out, so that no candle with a signal shows it."""

    def populate_entry_trend(self, dataframe, metadata):
        falls = dataframe["close"].shift(-1) < dataframe["close"]
        dataframe.loc[(dataframe["falling"] == 3) & ~falls, "enter_long"] = 1
        return dataframe


class OnlyExit(Clean):
    def populate_exit_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["close"].shift(-1) < dataframe["close"] * 0.997, "exit_long"] = 1
        return dataframe


class OnlyOnePair(Clean):
    def populate_indicators(self, dataframe, metadata):
        dataframe = super().populate_indicators(dataframe, metadata)
        ahead = -1 if metadata["pair"] == "ETH/USDT" else 0
        dataframe["falling"] = dataframe["falling"].shift(ahead)
        return dataframe


class FutureTag(Clean):
    """The signals are clean, their tag is not."""

    def populate_entry_trend(self, dataframe, metadata):
        dataframe = super().populate_entry_trend(dataframe, metadata)
        wins = dataframe["close"].shift(-2) > dataframe["close"]
        dataframe.loc[(dataframe["enter_long"] == 1) & wins, "enter_tag"] = "winner"
        return dataframe


class Centered(Clean):
    def populate_indicators(self, dataframe, metadata):
        dataframe = super().populate_indicators(dataframe, metadata)
        dataframe["smooth"] = dataframe["close"].rolling(5, center=True).mean()
        dataframe.loc[dataframe["close"] > dataframe["smooth"], "falling"] = 0
        return dataframe


class LastOfAll(Clean):
    def populate_indicators(self, dataframe, metadata):
        dataframe = super().populate_indicators(dataframe, metadata)
        dataframe["to_last"] = dataframe["close"] / dataframe["close"].iloc[-1]
        return dataframe


class Normalised(Clean):
    """Scaled by the extremes of all candles: an entry in the lowest tenth."""

    def populate_indicators(self, dataframe, metadata):
        dataframe = super().populate_indicators(dataframe, metadata)
        low, high = dataframe["close"].min(), dataframe["close"].max()
        dataframe["scaled"] = (dataframe["close"] - low) / (high - low)
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["scaled"] < 0.1, "enter_long"] = 1
        return dataframe


class Quantile(Clean):
    def populate_indicators(self, dataframe, metadata):
        dataframe = super().populate_indicators(dataframe, metadata)
        dataframe["rank"] = dataframe["volume"].rank(pct=True)
        return dataframe


class Backfilled(Clean):
    def populate_indicators(self, dataframe, metadata):
        dataframe = super().populate_indicators(dataframe, metadata)
        dataframe["fallen_to"] = dataframe["close"].where(dataframe["falling"] == 3).bfill()
        return dataframe


class Interpolated(Clean):
    def populate_indicators(self, dataframe, metadata):
        dataframe = super().populate_indicators(dataframe, metadata)
        dataframe["line"] = dataframe["close"].where(dataframe["falling"] == 3).interpolate()
        return dataframe


class SmoothedBothWays(Clean):
    """A moving average forwards, and backwards over it, as zero-phase filters do."""

    def populate_indicators(self, dataframe, metadata):
        dataframe = super().populate_indicators(dataframe, metadata)
        forwards = dataframe["close"].ewm(span=10).mean()
        dataframe["smooth"] = forwards[::-1].ewm(span=10).mean()[::-1]
        return dataframe


class Resampled(Clean):
    """Hours made of the frame itself, and used from their first candle on."""

    def populate_indicators(self, dataframe, metadata):
        dataframe = super().populate_indicators(dataframe, metadata)
        hours = dataframe.resample("1h", on="date").agg({"close": "last"})
        dataframe["hour"] = hours["close"].reindex(dataframe["date"].dt.floor("1h")).to_numpy()
        return dataframe


class MergedTooEarly(Clean):
    """Informative candles that are merged by when they opened."""

    def informative_pairs(self):
        return [(pair, "1h") for pair in self.dp.current_whitelist()]

    def populate_indicators(self, dataframe, metadata):
        dataframe = super().populate_indicators(dataframe, metadata)
        hours = self.dp.get_pair_dataframe(metadata["pair"], "1h")
        hours = hours[["date", "close"]].rename(columns={"close": "close_1h"})
        dataframe = dataframe.merge(hours, on="date", how="left")
        dataframe["close_1h"] = dataframe["close_1h"].ffill()
        return dataframe


class MergedOneCandleTooEarly(Clean):
    """Informative candles that are used five minutes before they close."""

    def informative_pairs(self):
        return [(pair, "1h") for pair in self.dp.current_whitelist()]

    def populate_indicators(self, dataframe, metadata):
        dataframe = super().populate_indicators(dataframe, metadata)
        hours = self.dp.get_pair_dataframe(metadata["pair"], "1h")[["date", "close"]]
        hours["date"] += pd.Timedelta(minutes=50)  # 55 would be right
        hours = hours.rename(columns={"close": "close_1h"})
        dataframe = dataframe.merge(hours, on="date", how="left")
        dataframe["close_1h"] = dataframe["close_1h"].ffill()
        return dataframe


class OtherPairAhead(Clean):
    """The next candle of another pair."""

    def populate_indicators(self, dataframe, metadata):
        dataframe = super().populate_indicators(dataframe, metadata)
        other = self.dp.get_pair_dataframe("BTC/USDT", self.timeframe)
        other["btc_next"] = other["close"].shift(-1)
        return dataframe.merge(other[["date", "btc_next"]], on="date", how="left")


class LoopOverRows(Clean):
    """A loop that looks one row further than it should."""

    def populate_indicators(self, dataframe, metadata):
        dataframe = super().populate_indicators(dataframe, metadata)
        close = dataframe["close"].to_numpy()
        peaks = np.zeros(len(close))
        for row in range(1, len(close) - 1):
            peaks[row] = close[row - 1] < close[row] > close[row + 1]
        dataframe["peak"] = peaks
        return dataframe


class KeptFromStart(Clean):
    """All candles of another pair, read once when the bot starts."""

    def bot_start(self, **kwargs):
        self.market = self.dp.get_pair_dataframe("BTC/USDT", self.timeframe)

    def populate_indicators(self, dataframe, metadata):
        dataframe = super().populate_indicators(dataframe, metadata)
        dataframe["above_last"] = dataframe["close"] > self.market["close"].iloc[-1]
        return dataframe


class KeptFromFirst(Clean):
    """A threshold that is calculated once, of all candles of the first run."""

    highest = None

    def populate_indicators(self, dataframe, metadata):
        dataframe = super().populate_indicators(dataframe, metadata)
        if self.highest is None:
            self.highest = dataframe["close"].max()
        dataframe["to_highest"] = dataframe["close"] / self.highest
        return dataframe


class InformativeAhead(Clean):
    """One hour ahead, within the informative candles."""

    @informative("1h")
    def populate_indicators_1h(self, dataframe, metadata):
        dataframe["next"] = dataframe["close"].shift(-1)
        return dataframe


class RareAhead(Clean):
    """One candle ahead, in one tag of many."""

    def populate_entry_trend(self, dataframe, metadata):
        dataframe = super().populate_entry_trend(dataframe, metadata)
        jump = dataframe["close"].pct_change().shift(-1) > 0.0075
        dataframe.loc[jump, ["enter_long", "enter_tag"]] = (1, "jump")
        return dataframe
