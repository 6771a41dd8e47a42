"""every callback raises or answers oddly at times"""
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from pandas import DataFrame

from freqtrade.persistence import Trade
from freqtrade.strategy import IStrategy, informative, merge_informative_pair, stoploss_from_absolute, stoploss_from_open


class MRaise(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    minimal_roi = {"0": 0.02, "300": 0.0}
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
        dataframe.loc[clock % 23 == 0, ["enter_long", "enter_tag"]] = (1, "t")
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        clock = dataframe["clock"]
        dataframe.loc[clock % 67 == 0, ["exit_long", "exit_tag"]] = (1, "ünï, q")
        return dataframe

    def _maybe(self, t, k):
        if (t.minute // 5 + t.hour * 5 + k) % 7 == 0:
            raise ValueError(f"planned {k}")
        if (t.minute // 5 + t.hour * 3 + k) % 11 == 0:
            raise KeyError(k)

    def bot_loop_start(self, current_time, **kwargs):
        self._maybe(current_time, 0)

    def custom_entry_price(self, pair, trade, current_time, proposed_rate, entry_tag, side, **kwargs):
        self._maybe(current_time, 1)
        return proposed_rate * 0.999

    def custom_exit_price(self, pair, trade, current_time, proposed_rate, current_profit, exit_tag, **kwargs):
        self._maybe(current_time, 2)
        return None if current_time.hour % 2 else proposed_rate * 1.001

    def custom_stake_amount(self, pair, current_time, current_rate, proposed_stake, min_stake, max_stake,
                            leverage, entry_tag, side, **kwargs):
        self._maybe(current_time, 3)
        return proposed_stake * 0.6

    def confirm_trade_entry(self, pair, order_type, amount, rate, time_in_force, current_time, entry_tag, side, **kwargs):
        self._maybe(current_time, 4)
        return (True, 1, "yes", None, 0, "", [0])[current_time.hour % 7]

    def confirm_trade_exit(self, pair, trade, order_type, amount, rate, time_in_force, exit_reason, current_time, **kwargs):
        self._maybe(current_time, 5)
        return None if current_time.hour == 6 else True

    def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        self._maybe(current_time, 6)
        if current_profit > 0.007:
            return ("", 0, ("a", "b"), "dash - comma, line\nend", 5)[current_time.minute // 5 % 5]

    def custom_stoploss(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        self._maybe(current_time, 7)
        return -0.018

    def check_entry_timeout(self, pair, trade, order, current_time, **kwargs):
        self._maybe(current_time, 8)
        return "x" if current_time.minute == 10 else None

    def check_exit_timeout(self, pair, trade, order, current_time, **kwargs):
        self._maybe(current_time, 9)
        return current_time.minute == 20

    def adjust_entry_price(self, trade, order, pair, current_time, proposed_rate, current_order_rate, entry_tag, side, **kwargs):
        self._maybe(current_time, 10)
        return proposed_rate * 0.9993

    def order_filled(self, pair, trade, order, current_time, **kwargs):
        self._maybe(current_time, 11)

    def adjust_trade_position(self, trade, current_time, current_rate, current_profit, min_stake, max_stake,
                              current_entry_rate, current_exit_rate, current_entry_profit, current_exit_profit, **kwargs):

        self._maybe(current_time, 12)
        return -10 if current_profit > 0.004 and trade.nr_of_successful_exits < 3 else None
