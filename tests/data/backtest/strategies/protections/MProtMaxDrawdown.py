"""MaxDrawdown by ratios and by equity"""
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from pandas import DataFrame

from freqtrade.persistence import Trade
from freqtrade.strategy import IStrategy, informative, merge_informative_pair, stoploss_from_absolute, stoploss_from_open


class MProtMaxDrawdown(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    minimal_roi = {"0": 0.01, "240": -1}
    stoploss = -0.012

    protections = [
        {"method": "MaxDrawdown", "lookback_period_candles": 60, "trade_limit": 8, "stop_duration_candles": 9, "max_allowed_drawdown": 0.06},
        {"method": "MaxDrawdown", "lookback_period": 720, "trade_limit": 4, "stop_duration": 95, "max_allowed_drawdown": 0.0016, "calculation_mode": "equity"},
        {"method": "CooldownPeriod", "stop_duration_candles": 2},
    ]

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        d = dataframe["date"].dt
        salt = sum(map(ord, metadata["pair"]))
        dataframe["clock"] = d.day_of_year * 7 + d.hour * 12 + d.minute // 5 + salt
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        clock = dataframe["clock"]
        dataframe.loc[clock % 9 == 0, "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        return dataframe
