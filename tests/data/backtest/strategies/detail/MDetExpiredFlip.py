"""detail candles, expired signals, turns of direction"""
from pandas import DataFrame

from freqtrade.strategy import IStrategy


class MDetExpiredFlip(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    can_short = True
    minimal_roi = {"0": 0.004, "30": 0.0}
    stoploss = -0.005
    ignore_buying_expired_candle_after = 90

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        d = dataframe["date"].dt
        salt = sum(map(ord, metadata["pair"]))
        dataframe["clock"] = d.day_of_year * 7 + d.hour * 12 + d.minute // 5 + salt
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        clock = dataframe["clock"]
        dataframe.loc[clock % 4 == 0, ["enter_long", "enter_tag"]] = (1, "l")
        dataframe.loc[clock % 4 == 2, ["enter_short", "enter_tag"]] = (1, "s")
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        return dataframe
