"""detail candles with resting limit orders, timeouts in seconds, adjust_order_price"""
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from pandas import DataFrame

from freqtrade.persistence import Trade
from freqtrade.strategy import IStrategy, informative, merge_informative_pair, stoploss_from_absolute, stoploss_from_open


class MDetLimit(IStrategy):
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
        dataframe.loc[clock % 11 == 0, "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        clock = dataframe["clock"]
        dataframe.loc[clock % 37 == 0, ["exit_long", "exit_tag"]] = (1, "x")
        return dataframe

    def custom_entry_price(self, pair, trade, current_time, proposed_rate, entry_tag, side, **kwargs):
        return proposed_rate * 0.9985

    def custom_exit_price(self, pair, trade, current_time, proposed_rate, current_profit, exit_tag, **kwargs):
        return proposed_rate * 1.0012

    def adjust_order_price(self, trade, order, pair, current_time, proposed_rate, current_order_rate,
                           entry_tag, side, is_entry, **kwargs):
        m = current_time.minute
        if m % 7 == 0:
            return proposed_rate * (0.9992 if is_entry else 1.0007)
        if m % 11 == 0 and is_entry:
            return None
        return current_order_rate

    def check_entry_timeout(self, pair, trade, order, current_time, **kwargs):
        return current_time.minute == 58
