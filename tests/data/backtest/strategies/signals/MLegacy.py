"""names of interface version 2: buy, sell, buy_tag, custom_sell, sell_profit_only"""
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from pandas import DataFrame

from freqtrade.persistence import Trade
from freqtrade.strategy import IStrategy, informative, merge_informative_pair, stoploss_from_absolute, stoploss_from_open


class MLegacy(IStrategy):
    INTERFACE_VERSION = 2
    timeframe = "5m"
    minimal_roi = {"0": 0.02}
    stoploss = -0.02
    use_sell_signal = True
    sell_profit_only = True
    sell_profit_offset = 0.002
    ignore_roi_if_buy_signal = True
    order_types = {"buy": "limit", "sell": "limit", "stoploss": "market", "stoploss_on_exchange": False}
    order_time_in_force = {"buy": "gtc", "sell": "gtc"}

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        d = dataframe["date"].dt
        salt = sum(map(ord, metadata["pair"]))
        dataframe["clock"] = d.day_of_year * 7 + d.hour * 12 + d.minute // 5 + salt
        return dataframe

    def populate_buy_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["clock"] % 23 == 0, ["buy", "buy_tag"]] = (1, "old")
        dataframe.loc[dataframe["clock"] % 15 == 0, "buy_tag"] = "no signal"
        return dataframe

    def populate_sell_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["clock"] % 5 == 0, "sell"] = 1
        return dataframe

    def check_buy_timeout(self, pair, trade, order, current_time, **kwargs):
        return current_time.minute == 15

    def check_sell_timeout(self, pair, trade, order, current_time, **kwargs):
        return current_time.minute == 45

    def custom_entry_price(self, pair, current_time, proposed_rate, entry_tag, **kwargs):
        return proposed_rate * 0.998

    def custom_sell(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        if current_profit > 0.01:
            return "legacy " + str(trade.buy_tag)
