"""A strategy that neither enters nor exits: people do."""

from freqtrade.strategy import IStrategy


class Quiet(IStrategy):
    timeframe = "5m"
    minimal_roi = {"0": 1000}  # noqa: RUF012
    stoploss = -0.99
    startup_candle_count = 10

    def populate_indicators(self, dataframe, metadata):
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe
