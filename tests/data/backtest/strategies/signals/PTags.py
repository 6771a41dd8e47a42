"""enter_tag and exit_tag columns, several tags"""
from pandas import DataFrame

from freqtrade.strategy import IStrategy


class PTags(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    minimal_roi = {"0": 0.03}
    stoploss = -0.03

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        # a clock: signals depend on time and pair only, so that indicators cannot blur the test
        d = dataframe["date"].dt
        salt = sum(map(ord, metadata["pair"]))
        dataframe["clock"] = d.day_of_year * 7 + d.hour * 12 + d.minute // 5 + salt
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["clock"] % 41 == 0, ["enter_long", "enter_tag"]] = (1, "forty_one")
        dataframe.loc[dataframe["clock"] % 53 == 0, ["enter_long", "enter_tag"]] = (1, "fifty, three")
        dataframe.loc[dataframe["clock"] % 67 == 0, "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["clock"] % 30 == 0, ["exit_long", "exit_tag"]] = (1, "thirty")
        dataframe.loc[dataframe["clock"] % 71 == 0, "exit_long"] = 1
        return dataframe
