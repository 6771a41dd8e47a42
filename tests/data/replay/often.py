"""Enter and leave often, so that an hour of the market has trades of every kind."""

import talib.abstract as ta

from freqtrade.strategy import IStrategy


class Often(IStrategy):
    timeframe = "5m"
    minimal_roi = {"0": 0.008}
    stoploss = -0.01
    startup_candle_count = 30

    def populate_indicators(self, dataframe, metadata):
        dataframe["rsi"] = ta.RSI(dataframe, timeperiod=4)
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["rsi"] < 55, ["enter_long", "enter_tag"]] = (1, "low")
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["rsi"] > 65, "exit_long"] = 1
        return dataframe
