"""custom_stoploss with leverage on both sides, after_fill, from open and absolute"""
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from pandas import DataFrame

from freqtrade.persistence import Trade
from freqtrade.strategy import IStrategy, informative, merge_informative_pair, stoploss_from_absolute, stoploss_from_open


class MFutCustomSl(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    can_short = True
    minimal_roi = {"0": 0.2}
    stoploss = -0.08
    use_custom_stoploss = True
    startup_candle_count = 30

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        d = dataframe["date"].dt
        salt = sum(map(ord, metadata["pair"]))
        dataframe["clock"] = d.day_of_year * 7 + d.hour * 12 + d.minute // 5 + salt
        dataframe["hi"] = dataframe["high"].rolling(30).max()
        dataframe["lo"] = dataframe["low"].rolling(30).min()
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        clock = dataframe["clock"]
        dataframe.loc[clock % 19 == 0, ["enter_long", "enter_tag"]] = (1, "l")
        dataframe.loc[clock % 23 == 0, ["enter_short", "enter_tag"]] = (1, "s")
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        return dataframe

    def leverage(self, pair, current_time, current_rate, proposed_leverage, max_leverage, entry_tag, side, **kwargs):
        return 5.0


    def custom_stoploss(self, pair, trade, current_time, current_rate, current_profit, after_fill, **kwargs):
        if after_fill:
            return stoploss_from_open(-0.05, current_profit, is_short=trade.is_short, leverage=trade.leverage)
        if current_profit > 0.05:
            return stoploss_from_open(0.02, current_profit, is_short=trade.is_short, leverage=trade.leverage)
        if current_profit > 0.03:
            return stoploss_from_open(0.004, current_profit, trade.is_short)        # leverage forgotten
        if current_time - timedelta(hours=6) > trade.open_date_utc:
            last = self.dp.get_analyzed_dataframe(pair, self.timeframe)[0].iloc[-1]
            level = last["hi"] * 1.0005 if trade.is_short else last["lo"] * 0.9995
            return stoploss_from_absolute(level, current_rate, is_short=trade.is_short, leverage=trade.leverage)
        return 1
