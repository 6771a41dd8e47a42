"""adjust_order_price in the combined form: None, new, same, raising; veto on re-placing"""
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from pandas import DataFrame

from freqtrade.persistence import Trade
from freqtrade.strategy import IStrategy, informative, merge_informative_pair, stoploss_from_absolute, stoploss_from_open


class MAdjustOrderPrice(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    minimal_roi = {"0": 0.03}
    stoploss = -0.03

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        d = dataframe["date"].dt
        salt = sum(map(ord, metadata["pair"]))
        dataframe["clock"] = d.day_of_year * 7 + d.hour * 12 + d.minute // 5 + salt
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        clock = dataframe["clock"]
        dataframe.loc[clock % 23 == 0, ["enter_long", "enter_tag"]] = (1, "x")
        dataframe.loc[clock % 24 == 0, ["enter_long", "enter_tag"]] = (1, "y")
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        clock = dataframe["clock"]
        dataframe.loc[clock % 31 == 0, ["exit_long", "exit_tag"]] = (1, "go")
        return dataframe

    def custom_entry_price(self, pair, trade, current_time, proposed_rate, entry_tag, side, **kwargs):
        return proposed_rate * 0.996

    def custom_exit_price(self, pair, trade, current_time, proposed_rate, current_profit, exit_tag, **kwargs):
        return proposed_rate * 1.004

    def adjust_order_price(self, trade, order, pair, current_time, proposed_rate, current_order_rate,
                           entry_tag, side, is_entry, **kwargs):
        age = (current_time - order.order_date_utc).total_seconds() / 60
        k = current_time.minute // 5
        if k == 3:
            raise ValueError("no price")
        if k == 7:
            return None if is_entry or current_time.hour % 2 else 0
        if k in (0, 5):
            return proposed_rate * (0.9985 if is_entry else 1.0015)
        if k == 9 and is_entry:
            return proposed_rate * 1.0123456789
        if k == 10 and not is_entry:
            return proposed_rate * 0.99
        return current_order_rate

    def confirm_trade_entry(self, pair, order_type, amount, rate, time_in_force, current_time, entry_tag, side, **kwargs):
        return current_time.minute != 25

    def confirm_trade_exit(self, pair, trade, order_type, amount, rate, time_in_force, exit_reason, current_time, **kwargs):
        return current_time.minute != 50
