"""futures with detail: DCA, partial exits, custom_stoploss with after_fill, limit prices"""
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from pandas import DataFrame

from freqtrade.persistence import Trade
from freqtrade.strategy import IStrategy, informative, merge_informative_pair, stoploss_from_absolute, stoploss_from_open


class MDetFutDca(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    can_short = True
    minimal_roi = {"0": 0.05, "300": 0.004}
    stoploss = -0.06
    use_custom_stoploss = True
    position_adjustment_enable = True

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        d = dataframe["date"].dt
        salt = sum(map(ord, metadata["pair"]))
        dataframe["clock"] = d.day_of_year * 7 + d.hour * 12 + d.minute // 5 + salt
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        clock = dataframe["clock"]
        dataframe.loc[clock % 13 == 0, ["enter_long", "enter_tag"]] = (1, "l")
        dataframe.loc[clock % 17 == 0, ["enter_short", "enter_tag"]] = (1, "s")
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        return dataframe

    def leverage(self, pair, current_time, current_rate, proposed_leverage, max_leverage, entry_tag, side, **kwargs):
        return 5.0

    def custom_entry_price(self, pair, trade, current_time, proposed_rate, entry_tag, side, **kwargs):
        return proposed_rate * (0.9995 if side == "long" else 1.0005)

    def custom_stoploss(self, pair, trade, current_time, current_rate, current_profit, after_fill, **kwargs):
        if after_fill:
            return stoploss_from_open(-0.04 - 0.01 * trade.nr_of_successful_entries, current_profit, trade.is_short, trade.leverage)
        if current_profit > 0.02:
            return stoploss_from_open(0.008, current_profit, trade.is_short, trade.leverage)

    def adjust_trade_position(self, trade, current_time, current_rate, current_profit, min_stake, max_stake,
                              current_entry_rate, current_exit_rate, current_entry_profit, current_exit_profit, **kwargs):

        if trade.has_open_orders:
            return None
        if current_profit < -0.012 * trade.nr_of_successful_entries and trade.nr_of_successful_entries < 4:
            return trade.stake_amount * 0.5, "again"
        if current_profit > 0.012 and trade.nr_of_successful_exits < 1:
            return -trade.stake_amount * 0.5, "half"
