"""MyStrategy: what every strategy has, and nothing more. It makes no trade until you fill in conditions."""

import talib.abstract as ta
from freqtrade.strategy import IStrategy
from pandas import DataFrame


class MyStrategy(IStrategy):
    """Say here in a sentence what it waits for."""

    INTERFACE_VERSION = 3

    timeframe = "5m"
    startup_candle_count = 30
    can_short = False

    minimal_roi = {"0": 0.05}
    stoploss = -0.1

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        """Add columns for the conditions below."""
        dataframe["rsi"] = ta.RSI(dataframe, timeperiod=14)
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        """Set enter_long (or enter_short) to 1 on the candles after which to buy."""
        condition = False
        dataframe.loc[condition & (dataframe["volume"] > 0), "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        """Set exit_long (or exit_short) to 1 on the candles after which to sell."""
        condition = False
        dataframe.loc[condition & (dataframe["volume"] > 0), "exit_long"] = 1
        return dataframe
