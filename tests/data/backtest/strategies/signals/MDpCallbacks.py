"""callbacks read the data provider: analyzed frame, other pairs, other timeframes, whitelist"""
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from pandas import DataFrame

from freqtrade.persistence import Trade
from freqtrade.strategy import IStrategy, informative, merge_informative_pair, stoploss_from_absolute, stoploss_from_open


class MDpCallbacks(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    minimal_roi = {"0": 0.03}
    stoploss = -0.02
    use_custom_stoploss = True
    startup_candle_count = 30

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        d = dataframe["date"].dt
        salt = sum(map(ord, metadata["pair"]))
        dataframe["clock"] = d.day_of_year * 7 + d.hour * 12 + d.minute // 5 + salt
        dataframe["mean"] = dataframe["close"].rolling(30).mean()
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        clock = dataframe["clock"]
        dataframe.loc[clock % 11 == 0, "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        return dataframe

    def informative_pairs(self):
        return [("BTC/USDT", "1h"), ("ETH/USDT", "15m")]

    def confirm_trade_entry(self, pair, order_type, amount, rate, time_in_force, current_time, entry_tag, side, **kwargs):
        df, when = self.dp.get_analyzed_dataframe(pair, self.timeframe)
        last = df.iloc[-1]
        if last["date"] + timedelta(minutes=5) != current_time:
            return False
        btc = self.dp.get_pair_dataframe("BTC/USDT", "1h")
        if btc.iloc[-1]["close"] < btc.iloc[-4]["close"] and pair != "BTC/USDT":
            return False
        wl = self.dp.current_whitelist()
        return wl.index(pair) % 2 == current_time.hour % 2 or last["close"] < last["mean"]

    def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        eth = self.dp.get_pair_dataframe("ETH/USDT", "15m")
        if eth.iloc[-1]["date"].minute == 45 and eth.iloc[-1]["close"] < eth.iloc[-2]["close"] * 0.997:
            return "eth falls"
        other, _ = self.dp.get_analyzed_dataframe("DOGE/USDT", "5m")
        if len(other) and other["close"].iloc[-1] > other["mean"].iloc[-1] * 1.006 and current_profit > 0.001:
            return f"doge {len(other)}"
        own = self.dp.get_pair_dataframe(pair)
        if own.iloc[-1]["volume"] == 0:
            return "no volume"

    def custom_stoploss(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        df, _ = self.dp.get_analyzed_dataframe(pair, self.timeframe)
        trade_candle = df.loc[df["date"] == trade.open_date_utc]
        if len(trade_candle):
            return stoploss_from_absolute(trade_candle["low"].iloc[0] * 0.995, current_rate)
        return None
