"""order_filled and custom data drive stop and exits; changes of trade and order objects"""
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from pandas import DataFrame

from freqtrade.persistence import Trade
from freqtrade.strategy import IStrategy, informative, merge_informative_pair, stoploss_from_absolute, stoploss_from_open


class MOrderFilled(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    minimal_roi = {"0": 0.03}
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
        clock = dataframe["clock"]
        dataframe.loc[clock % 203 == 0, "exit_long"] = 1
        return dataframe

    def order_filled(self, pair, trade, order, current_time, **kwargs):
        n = trade.get_custom_data("fills", default=0)
        trade.set_custom_data("fills", n + 1)
        trade.set_custom_data("last", {"rate": order.safe_price, "side": order.ft_order_side})
        trade.set_custom_data(key="when", value=current_time.timestamp())
        trade.stop_loss = 1.0            # a copy: no effect
        if n == 2:
            trade.set_custom_data("flag", True)
            raise ValueError("third fill")

    def custom_stoploss(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        last = trade.get_custom_data("last")
        if last and current_rate > last["rate"] * 1.008:
            return stoploss_from_absolute(last["rate"] * 1.001, current_rate)
        return None

    def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        if trade.get_custom_data("flag", default=False) and current_profit > 0.002:
            return f"after_{trade.get_custom_data('fills')}"
        if current_time.timestamp() - trade.get_custom_data("when", 0) > 36000:
            trade.exit_reason = "lost"
            return "stale"

    def adjust_trade_position(self, trade, current_time, current_rate, current_profit, min_stake, max_stake,
                              current_entry_rate, current_exit_rate, current_entry_profit, current_exit_profit, **kwargs):

        fills = trade.get_custom_data("fills")
        if fills < 3 and abs(current_rate / trade.get_custom_data("last")["rate"] - 1) > 0.005:
            return 45, f"fill_{fills}"
        if fills == 3 and current_profit > 0.006:
            return -60
