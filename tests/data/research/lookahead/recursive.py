"""A strategy whose indicators need more or fewer candles before they are right; names tell how many."""

import talib.abstract as ta
from freqtrade.strategy import IStrategy, informative


class Growing(IStrategy):
    timeframe = "5m"
    stoploss = -0.1
    minimal_roi = {"0": 0.1}
    startup_candle_count = 20

    @informative("15m")
    def populate_indicators_15m(self, dataframe, metadata):
        dataframe["sma_30"] = dataframe["close"].rolling(30).mean()
        return dataframe

    def populate_indicators(self, dataframe, metadata):
        dataframe["last"] = dataframe["close"]
        dataframe["sma_40"] = dataframe["close"].rolling(40).mean()
        dataframe["ema_10"] = ta.EMA(dataframe, timeperiod=10)
        dataframe["rises"] = dataframe["close"] > dataframe["sma_40"]
        dataframe["sum"] = dataframe["volume"].cumsum()
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["rises"], "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe


class Ahead(Growing):
    startup_candle_count = 60

    def populate_indicators(self, dataframe, metadata):
        dataframe = super().populate_indicators(dataframe, metadata)
        dataframe["next"] = dataframe["close"].shift(-1)
        return dataframe


class Short(IStrategy):
    """Nothing but what the candle itself tells."""

    timeframe = "5m"
    stoploss = -0.1
    minimal_roi = {"0": 0.1}

    def populate_indicators(self, dataframe, metadata):
        dataframe["middle"] = (dataframe["high"] + dataframe["low"]) / 2
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe
