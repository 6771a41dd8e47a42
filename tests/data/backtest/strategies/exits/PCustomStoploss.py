"""custom_stoploss: steps by profit and time, helper functions, after_fill"""
from datetime import datetime, timedelta

from pandas import DataFrame

from freqtrade.strategy import IStrategy, stoploss_from_absolute, stoploss_from_open


class PCustomStoploss(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    minimal_roi = {"0": 10}
    stoploss = -0.04
    use_custom_stoploss = True
    startup_candle_count = 30

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        # a clock: signals depend on time and pair only, so that indicators cannot blur the test
        d = dataframe["date"].dt
        salt = sum(map(ord, metadata["pair"]))
        dataframe["clock"] = d.day_of_year * 7 + d.hour * 12 + d.minute // 5 + salt
        dataframe["low_30"] = dataframe["low"].rolling(30).min()
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["clock"] % 41 == 0, "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        return dataframe

    def custom_stoploss(self, pair: str, trade, current_time: datetime, current_rate: float,
                        current_profit: float, after_fill: bool, **kwargs) -> float | None:
        if after_fill:
            return stoploss_from_open(0.015, current_profit, is_short=trade.is_short)
        if current_profit > 0.015:
            return stoploss_from_open(0.007, current_profit, is_short=trade.is_short,
                                      leverage=trade.leverage)
        if current_time - timedelta(minutes=300) > trade.open_date_utc:
            df, _ = self.dp.get_analyzed_dataframe(pair, self.timeframe)
            level = df.iloc[-1]["low_30"]
            return stoploss_from_absolute(level, current_rate, is_short=trade.is_short)
        if current_time - timedelta(minutes=60) > trade.open_date_utc:
            return -0.012
        return None
