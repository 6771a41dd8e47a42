"""Longs and shorts by the clock, with leverage, beside mark prices and funding rates."""

from datetime import datetime

from freqtrade.strategy import IStrategy, informative
from pandas import DataFrame


class BothWays(IStrategy):
    timeframe = "5m"
    can_short = True
    minimal_roi = {"0": 0.08}
    stoploss = -0.10

    @informative("1h", candle_type="mark", fmt="mark_{column}")
    def populate_indicators_mark(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        return dataframe

    @informative("8h", candle_type="funding_rate", fmt="funding_{column}")
    def populate_indicators_funding(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        return dataframe

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe["clock"] = dataframe["date"].dt.minute // 5 + sum(map(ord, metadata["pair"]))
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["clock"] % 3 == 0, ["enter_long", "enter_tag"]] = (1, "up")
        dataframe.loc[dataframe["clock"] % 3 == 1, ["enter_short", "enter_tag"]] = (1, "down")
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["clock"] % 5 == 0, ["exit_long", "exit_short"]] = (1, 1)
        return dataframe

    def leverage(self, pair: str, current_time: datetime, max_leverage: float, side: str, **kwargs) -> float:
        return 500.0 if side == "long" else 5.0
