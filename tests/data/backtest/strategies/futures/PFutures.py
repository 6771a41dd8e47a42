"""futures: shorts and longs without leverage, funding fees"""
from pandas import DataFrame

from freqtrade.strategy import IStrategy


class PFutures(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    can_short = True
    minimal_roi = {"0": 0.02, "1000": 0.0}
    stoploss = -0.03

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        # a clock: signals depend on time and pair only, so that indicators cannot blur the test
        d = dataframe["date"].dt
        salt = sum(map(ord, metadata["pair"]))
        dataframe["clock"] = d.day_of_year * 7 + d.hour * 12 + d.minute // 5 + salt
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["clock"] % 29 == 0, ["enter_long", "enter_tag"]] = (1, "l")
        dataframe.loc[dataframe["clock"] % 31 == 0, ["enter_short", "enter_tag"]] = (1, "s")
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["clock"] % 89 == 0, "exit_long"] = 1
        dataframe.loc[dataframe["clock"] % 83 == 0, ["exit_short", "exit_tag"]] = (1, "cover")
        return dataframe
