"""detail candles, expired signals, stacking"""
from pandas import DataFrame

from freqtrade.strategy import IStrategy


class MDetExpiredStack(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    minimal_roi = {"0": 0.004, "30": 0.0}
    stoploss = -0.004
    ignore_buying_expired_candle_after = 90

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        d = dataframe["date"].dt
        salt = sum(map(ord, metadata["pair"]))
        dataframe["clock"] = d.day_of_year * 7 + d.hour * 12 + d.minute // 5 + salt
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[(dataframe["clock"] // 3) % 4 < 2, "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["clock"] % 13 == 0, "exit_long"] = 1
        return dataframe
