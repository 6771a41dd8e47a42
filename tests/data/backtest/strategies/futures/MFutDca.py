"""DCA and partial exits with leverage over days: funding between fills"""
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from pandas import DataFrame

from freqtrade.persistence import Trade
from freqtrade.strategy import IStrategy, informative, merge_informative_pair, stoploss_from_absolute, stoploss_from_open


class MFutDca(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    can_short = True
    minimal_roi = {"0": 0.09, "2880": 0.02}
    stoploss = -0.35
    position_adjustment_enable = True
    max_entry_position_adjustment = 4

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        d = dataframe["date"].dt
        salt = sum(map(ord, metadata["pair"]))
        dataframe["clock"] = d.day_of_year * 7 + d.hour * 12 + d.minute // 5 + salt
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        clock = dataframe["clock"]
        dataframe.loc[clock % 19 == 0, ["enter_long", "enter_tag"]] = (1, "l")
        dataframe.loc[clock % 23 == 0, ["enter_short", "enter_tag"]] = (1, "s")
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        return dataframe

    def leverage(self, pair, current_time, current_rate, proposed_leverage, max_leverage, entry_tag, side, **kwargs):
        return 4.0

    def adjust_trade_position(self, trade, current_time, current_rate, current_profit, min_stake, max_stake,
                              current_entry_rate, current_exit_rate, current_entry_profit, current_exit_profit, **kwargs):

        age = (current_time - trade.date_last_filled_utc).total_seconds() / 3600
        if age < 1.5:
            return None
        n, x = trade.nr_of_successful_entries, trade.nr_of_successful_exits
        if current_profit < -0.02 * n:
            return trade.orders[0].stake_amount_filled * (1 + 0.2 * n), f"in{n}"
        if current_profit > 0.02 and x < 3:
            return -trade.stake_amount * (0.3 + 0.1 * x), f"out{x}"
        if age > 20 and n < 6:
            return 20, "time"
