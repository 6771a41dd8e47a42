"""A signal that depends on how many candles are analysed: the bot has more of them than a backtest."""

from freqtrade.strategy import IStrategy


class Counting(IStrategy):
    timeframe = "5m"
    minimal_roi = {"0": 0.004}
    stoploss = -0.1
    startup_candle_count = 30

    def populate_indicators(self, dataframe, metadata):
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[dataframe.index > 60, "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        dataframe["exit_long"] = 0
        return dataframe
