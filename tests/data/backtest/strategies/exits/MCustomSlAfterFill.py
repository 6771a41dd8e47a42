"""after_fill with additional entries and partial exits: stop may widen"""
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from pandas import DataFrame

from freqtrade.persistence import Trade
from freqtrade.strategy import IStrategy, informative, merge_informative_pair, stoploss_from_absolute, stoploss_from_open


class MCustomSlAfterFill(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    minimal_roi = {"0": 0.04}
    stoploss = -0.02
    use_custom_stoploss = True
    position_adjustment_enable = True

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        d = dataframe["date"].dt
        salt = sum(map(ord, metadata["pair"]))
        dataframe["clock"] = d.day_of_year * 7 + d.hour * 12 + d.minute // 5 + salt
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        clock = dataframe["clock"]
        dataframe.loc[clock % 37 == 0, "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        return dataframe

    def custom_stoploss(self, pair: str, trade, current_time: datetime, current_rate: float,
                        current_profit: float, after_fill: bool, **kwargs):
        if after_fill:
            return stoploss_from_open(-0.012 - 0.01 * trade.nr_of_successful_entries + 0.004 * trade.nr_of_successful_exits,
                                      current_profit, is_short=trade.is_short, leverage=trade.leverage)
        if current_profit > 0.012:
            return stoploss_from_open(0.004, current_profit, is_short=trade.is_short, leverage=trade.leverage)
        return None

    def adjust_trade_position(self, trade, current_time, current_rate, current_profit, min_stake, max_stake,
                              current_entry_rate, current_exit_rate, current_entry_profit, current_exit_profit, **kwargs):
        n = trade.nr_of_successful_entries
        if n < 4 and current_profit < -0.006 * n:
            return 40, f"down{n}"
        if n < 3 and current_profit > 0.007 * n:
            return 30, f"up{n}"
        if trade.nr_of_successful_exits < 1 and current_profit > 0.010:
            return -trade.stake_amount * 0.4, "part"
        return None
