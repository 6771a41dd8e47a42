"""adjust_entry_price cancelling initial and additional entries, adjust_exit_price cancelling"""
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from pandas import DataFrame

from freqtrade.persistence import Trade
from freqtrade.strategy import IStrategy, informative, merge_informative_pair, stoploss_from_absolute, stoploss_from_open


class MAdjustCancel(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    minimal_roi = {"0": 0.03, "400": 0.005}
    stoploss = -0.03
    position_adjustment_enable = True

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        d = dataframe["date"].dt
        salt = sum(map(ord, metadata["pair"]))
        dataframe["clock"] = d.day_of_year * 7 + d.hour * 12 + d.minute // 5 + salt
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        clock = dataframe["clock"]
        dataframe.loc[clock % 23 == 0, ["enter_long", "enter_tag"]] = (1, "first")
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        clock = dataframe["clock"]
        dataframe.loc[clock % 61 == 0, ["exit_long", "exit_tag"]] = (1, "go")
        return dataframe

    def custom_entry_price(self, pair, trade, current_time, proposed_rate, entry_tag, side, **kwargs):
        return proposed_rate * (0.9975 if trade is None else 0.998)

    def custom_exit_price(self, pair, trade, current_time, proposed_rate, current_profit, exit_tag, **kwargs):
        return proposed_rate * 1.003

    def adjust_entry_price(self, trade, order, pair, current_time, proposed_rate, current_order_rate,
                           entry_tag, side, **kwargs):
        if (current_time - order.order_date_utc).total_seconds() >= 900:
            return None
        if trade.nr_of_successful_entries and current_time.minute % 10:
            return proposed_rate * 0.999
        return current_order_rate

    def adjust_exit_price(self, trade, order, pair, current_time, proposed_rate, current_order_rate,
                          entry_tag, side, **kwargs):
        if (current_time - order.order_date_utc).total_seconds() >= 600:
            return None
        return current_order_rate

    def adjust_trade_position(self, trade, current_time, current_rate, current_profit, min_stake, max_stake,
                              current_entry_rate, current_exit_rate, current_entry_profit, current_exit_profit, **kwargs):
        if trade.has_open_orders:
            return None
        if trade.nr_of_successful_entries < 3 and current_profit < -0.004:
            return 60, "more"
        if trade.nr_of_successful_exits < 2 and current_profit > 0.004:
            return -trade.stake_amount * 0.3, "less"
        return None
