"""signals as NaN, True, 2, 1.0, text in tags; columns missing in part of the pairs"""
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from pandas import DataFrame

from freqtrade.persistence import Trade
from freqtrade.strategy import IStrategy, informative, merge_informative_pair, stoploss_from_absolute, stoploss_from_open


class MNanSignals(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    minimal_roi = {"0": 0.02}
    stoploss = -0.02

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        d = dataframe["date"].dt
        salt = sum(map(ord, metadata["pair"]))
        dataframe["clock"] = d.day_of_year * 7 + d.hour * 12 + d.minute // 5 + salt
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        clock = dataframe["clock"]
        sig = np.where(clock % 29 == 0, 1.0, np.nan)
        sig = np.where(clock % 31 == 0, 2.0, sig)
        sig = np.where(clock % 23 == 0, 0.0, sig)
        dataframe["enter_long"] = sig
        if metadata["pair"].startswith(("ETH", "ADA")):
            dataframe["enter_long"] = clock % 29 == 0
        if metadata["pair"].startswith("DOT"):
            dataframe["enter_tag"] = np.where(clock % 2 == 0, "even", None)
        if metadata["pair"].startswith("SOL"):
            dataframe["enter_tag"] = np.where(clock % 4 < 2, np.nan, clock % 4)
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        clock = dataframe["clock"]
        if metadata["pair"].startswith("BNB"):
            return dataframe
        dataframe["exit_long"] = pd.Series(np.where(clock % 17 == 0, 1, np.nan), index=dataframe.index).shift(2)
        dataframe.loc[clock % 51 == 0, "exit_tag"] = None
        dataframe.loc[clock % 34 == 0, "exit_tag"] = "thirty four"
        return dataframe
