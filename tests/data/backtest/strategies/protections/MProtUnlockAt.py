"""LowProfitPairs, CooldownPeriod with unlock_at, StoplossGuard with unlock_at"""
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from pandas import DataFrame

from freqtrade.persistence import Trade
from freqtrade.strategy import IStrategy, informative, merge_informative_pair, stoploss_from_absolute, stoploss_from_open


class MProtUnlockAt(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    minimal_roi = {"0": 0.01, "240": -1}
    stoploss = -0.009

    @property
    def protections(self):
        return [
            {"method": "LowProfitPairs", "lookback_period_candles": 50, "trade_limit": 2, "stop_duration": 60, "required_profit": -0.004},
            {"method": "StoplossGuard", "lookback_period": 180, "trade_limit": 5, "unlock_at": "13:07", "only_per_pair": False},
            {"method": "CooldownPeriod", "lookback_period": 30, "unlock_at": "00:00"} if self.config["max_open_trades"] == 3 else
            {"method": "CooldownPeriod", "stop_duration": 13},
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
