"""informative of funding rates, mark prices and other timeframes"""
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from pandas import DataFrame

from freqtrade.persistence import Trade
from freqtrade.strategy import IStrategy, informative, merge_informative_pair, stoploss_from_absolute, stoploss_from_open


class MFutInform(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    can_short = True
    minimal_roi = {"0": 0.03, "300": 0.0}
    stoploss = -0.02
    startup_candle_count = 20

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        d = dataframe["date"].dt
        salt = sum(map(ord, metadata["pair"]))
        dataframe["clock"] = d.day_of_year * 7 + d.hour * 12 + d.minute // 5 + salt
        fund = self.dp.get_pair_dataframe(metadata["pair"], "8h", candle_type="funding_rate")
        fund = fund.rename(columns={"open": "rate"})
        col = "rate" if "rate" in fund.columns else "funding_rate"
        fund["funding_rate_f"] = fund[col]
        dataframe = merge_informative_pair(dataframe, fund[["date", "funding_rate_f"]], self.timeframe, "1h", ffill=True, append_timeframe=False, suffix="x")
        dataframe["funding_rate_f"] = dataframe["funding_rate_f_x"]
        dataframe["mark_4h"] = dataframe["mk_4h"]
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        clock = dataframe["clock"]
        dataframe.loc[(dataframe['funding_rate_f'] > 0.0001) & (clock % 3 == 0), ["enter_short", "enter_tag"]] = (1, "s")
        dataframe.loc[(dataframe['funding_rate_f'] < 0.00005) & (dataframe['close'] < dataframe['mark_4h']) & (clock % 3 == 1), ["enter_long", "enter_tag"]] = (1, "l")
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        clock = dataframe["clock"]
        dataframe.loc[dataframe['m_1h'] > dataframe['close'] * 1.01, "exit_long"] = 1
        dataframe.loc[dataframe['m_1h'] < dataframe['close'] * 0.99, "exit_short"] = 1
        return dataframe

    @informative("1h", candle_type="mark")
    def populate_mark(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe["m"] = dataframe["close"].rolling(3).mean()
        return dataframe[["date", "m"]]

    @informative("4h")
    def populate_4h(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe["mk"] = dataframe["close"].ewm(span=5).mean()
        return dataframe
