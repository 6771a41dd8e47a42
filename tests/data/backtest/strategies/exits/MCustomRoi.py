"""custom_roi: lower of the two wins; None, nan, inf, exceptions, -1, by tag and age"""
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from pandas import DataFrame

from freqtrade.persistence import Trade
from freqtrade.strategy import IStrategy, informative, merge_informative_pair, stoploss_from_absolute, stoploss_from_open


class MCustomRoi(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    minimal_roi = {"0": 0.03, "90": 0.012, "400": -1}
    stoploss = -0.025
    use_custom_roi = True

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        d = dataframe["date"].dt
        salt = sum(map(ord, metadata["pair"]))
        dataframe["clock"] = d.day_of_year * 7 + d.hour * 12 + d.minute // 5 + salt
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        clock = dataframe["clock"]
        dataframe.loc[clock % 37 == 0, ["enter_long", "enter_tag"]] = (1, "a")
        dataframe.loc[clock % 41 == 0, ["enter_long", "enter_tag"]] = (1, "b")
        dataframe.loc[clock % 43 == 0, ["enter_long", "enter_tag"]] = (1, "c")
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        return dataframe

    def custom_roi(self, pair: str, trade: Trade, current_time: datetime, trade_duration: int,
                   entry_tag: str | None, side: str, **kwargs) -> float | None:
        if entry_tag == "a":
            return 0.006 if trade_duration >= 33 else 0.011
        if entry_tag == "b":
            if trade_duration > 200:
                return -1
            if trade_duration > 120:
                return -0.004
            return None if trade_duration < 20 else 0.008
        if pair.startswith("ETH"):
            raise ValueError("no roi today")
        if pair.startswith("SOL"):
            return {}["missing"]
        if current_time.hour % 3 == 0:
            return float("nan")
        if current_time.hour % 3 == 1:
            return float("inf")
        return np.float64(0.05 - trade_duration * 0.0004)
