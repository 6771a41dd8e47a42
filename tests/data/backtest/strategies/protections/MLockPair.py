"""lock_pair in callbacks, is_pair_locked with and without a date, unlock_*"""
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from pandas import DataFrame

from freqtrade.persistence import Trade
from freqtrade.strategy import IStrategy, informative, merge_informative_pair, stoploss_from_absolute, stoploss_from_open


class MLockPair(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    minimal_roi = {"0": 0.01, "240": -1}
    stoploss = -0.012

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        d = dataframe["date"].dt
        salt = sum(map(ord, metadata["pair"]))
        dataframe["clock"] = d.day_of_year * 7 + d.hour * 12 + d.minute // 5 + salt
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        clock = dataframe["clock"]
        dataframe.loc[clock % 7 == 0, "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        clock = dataframe["clock"]
        dataframe.loc[clock % 83 == 0, "exit_long"] = 1
        return dataframe

    def confirm_trade_exit(self, pair, trade, order_type, amount, rate, time_in_force, exit_reason, current_time, **kwargs):
        if exit_reason == "stop_loss":
            self.lock_pair(pair, current_time + timedelta(minutes=62), "after stop")
        if exit_reason == "exit_signal":
            self.lock_pair("*", current_time + timedelta(minutes=12), "all", side="long")
        if exit_reason == "roi" and current_time.minute == 0:
            self.lock_pair(pair, current_time + timedelta(hours=2), "short only", side="short")
        return True

    def confirm_trade_entry(self, pair, order_type, amount, rate, time_in_force, current_time, entry_tag, side, **kwargs):
        self.unlock_pair("ETH/USDT")
        self.unlock_reason("after stop")
        if pair.startswith("SOL") and self.is_pair_locked("ETH/USDT", candle_date=current_time):
            return False
        if pair.startswith("DOT") and self.is_pair_locked("XRP/USDT"):
            return False
        return True

    def order_filled(self, pair, trade, order, current_time, **kwargs):
        if order.ft_order_side == trade.entry_side and current_time.hour == 9:
            self.lock_pair("LTC/USDT", current_time + timedelta(hours=1))
