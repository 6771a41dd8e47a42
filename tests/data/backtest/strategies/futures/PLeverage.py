"""futures: leverage callback, capped leverage, stoploss and ROI scaled by leverage"""
from datetime import datetime

from pandas import DataFrame

from freqtrade.strategy import IStrategy


class PLeverage(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    can_short = True
    minimal_roi = {"0": 0.08, "600": 0.01}
    stoploss = -0.10

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

    def leverage(self, pair: str, current_time: datetime, current_rate: float,
                 proposed_leverage: float, max_leverage: float, entry_tag: str | None,
                 side: str, **kwargs) -> float:
        return {"BTC": 10.0, "ETH": 3.5}.get(pair.split("/")[0], 500.0 if side == "long" else 5.0)
