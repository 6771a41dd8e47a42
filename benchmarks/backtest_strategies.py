"""Strategies for the benchmark of backtests: each makes one thing expensive."""

_BEGIN = """
from datetime import timedelta
import talib.abstract as ta
from freqtrade.persistence import Trade
from freqtrade.strategy import IStrategy
from freqtrade.vendor.qtpylib import indicators as qtpylib


class Benchmarked(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    minimal_roi = {"0": 0.03, "60": 0.02, "240": 0.01}
    stoploss = -0.04
    startup_candle_count = 200
"""

_SIGNALS = """
    def populate_indicators(self, dataframe, metadata):
        dates, pair = dataframe["date"].dt, len(metadata["pair"])
        dataframe["clock"] = dates.dayofyear * 288 + dates.hour * 12 + dates.minute // 5 + pair
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["clock"] % 31 == 0, "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["clock"] % 997 == 0, "exit_long"] = 1
        return dataframe
"""

INDICATORS = (
    _BEGIN
    + """
    def populate_indicators(self, dataframe, metadata):
        dataframe["adx"] = ta.ADX(dataframe)
        dataframe["rsi"] = ta.RSI(dataframe)
        stoch = ta.STOCHF(dataframe)
        dataframe["fastd"], dataframe["fastk"] = stoch["fastd"], stoch["fastk"]
        macd = ta.MACD(dataframe)
        dataframe["macd"], dataframe["macdsignal"] = macd["macd"], macd["macdsignal"]
        dataframe["mfi"] = ta.MFI(dataframe)
        bands = qtpylib.bollinger_bands(qtpylib.typical_price(dataframe), window=20, stds=2)
        dataframe["lower"], dataframe["middle"] = bands["lower"], bands["mid"]
        dataframe["sar"] = ta.SAR(dataframe)
        dataframe["tema"] = ta.TEMA(dataframe, timeperiod=9)
        sine = ta.HT_SINE(dataframe)
        dataframe["sine"], dataframe["leadsine"] = sine["sine"], sine["leadsine"]
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        turns = qtpylib.crossed_above(dataframe["rsi"], 30) & (dataframe["tema"] <= dataframe["middle"])
        dataframe.loc[turns & (dataframe["volume"] > 0), "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        turns = qtpylib.crossed_above(dataframe["rsi"], 70) & (dataframe["tema"] > dataframe["middle"])
        dataframe.loc[turns & (dataframe["volume"] > 0), "exit_long"] = 1
        return dataframe
"""
)

CUSTOM_STOPLOSS = (
    _BEGIN
    + """    use_custom_stoploss = True
"""
    + _SIGNALS
    + """
    def custom_stoploss(self, pair, trade, current_time, current_rate, current_profit, after_fill, **kwargs):
        if current_profit > 0.015:
            return 0.008
        return 0.02 if current_time - trade.open_date_utc > timedelta(hours=4) else None
"""
)

CALLBACKS = (
    _BEGIN
    + """    use_custom_stoploss = True
    position_adjustment_enable = True
"""
    + _SIGNALS
    + """
    def custom_stoploss(self, pair, trade, current_time, current_rate, current_profit, after_fill, **kwargs):
        return 0.008 if current_profit > 0.015 else None

    def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        return "tired" if current_time - trade.open_date_utc > timedelta(hours=12) else None

    def adjust_trade_position(self, trade, current_time, current_rate, current_profit, *args, **kwargs):
        return None

    def custom_entry_price(self, pair, trade, current_time, proposed_rate, entry_tag, side, **kwargs):
        return proposed_rate

    def confirm_trade_exit(self, pair, trade, exit_reason, current_time, **kwargs):
        return exit_reason != "roi" or current_time.minute % 2 == 0
"""
)

DCA = (
    _BEGIN
    + """    position_adjustment_enable = True
    trailing_stop = True
    trailing_stop_positive = 0.01
    trailing_stop_positive_offset = 0.015
    trailing_only_offset_is_reached = True
"""
    + _SIGNALS
    + """
    def adjust_trade_position(self, trade, current_time, current_rate, current_profit, *args, **kwargs):
        if current_profit < -0.015 and trade.nr_of_successful_entries < 3:
            return trade.stake_amount / trade.nr_of_successful_entries
        if current_profit > 0.012 and not trade.nr_of_successful_exits:
            return -trade.stake_amount / 2
        return None
"""
)

TRAILING = (
    _BEGIN
    + """    trailing_stop = True
    trailing_stop_positive = 0.01
    trailing_stop_positive_offset = 0.015
    trailing_only_offset_is_reached = True
"""
    + _SIGNALS
)

_SHORT_TRADES = """    minimal_roi = {"0": 0.01, "300": -1}
    stoploss = -0.007
"""
"""With these and many signals, thousands of trades end, and protections have something to do."""
_MANY_SIGNALS = _SIGNALS.replace("% 31", "% 11")

COOLDOWN = (
    _BEGIN
    + _SHORT_TRADES
    + """    protections = [{"method": "CooldownPeriod", "stop_duration_candles": 17}]
"""
    + _MANY_SIGNALS
)

STOPLOSS_GUARD = (
    _BEGIN
    + _SHORT_TRADES
    + """    protections = [
        {"method": "StoplossGuard", "lookback_period_candles": 24, "trade_limit": 6,
         "stop_duration_candles": 6},
        {"method": "StoplossGuard", "lookback_period_candles": 120, "trade_limit": 3,
         "stop_duration_candles": 24, "only_per_pair": True},
    ]
"""
    + _MANY_SIGNALS
)
