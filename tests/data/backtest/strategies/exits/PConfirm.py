"""confirm_trade_entry and confirm_trade_exit veto some orders"""
from datetime import datetime

from pandas import DataFrame

from freqtrade.strategy import IStrategy


class PConfirm(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    minimal_roi = {"0": 0.02, "120": 0.005, "600": -1}
    stoploss = -0.03

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        # a clock: signals depend on time and pair only, so that indicators cannot blur the test
        d = dataframe["date"].dt
        salt = sum(map(ord, metadata["pair"]))
        dataframe["clock"] = d.day_of_year * 7 + d.hour * 12 + d.minute // 5 + salt
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["clock"] % 41 == 0, "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        return dataframe

    def confirm_trade_entry(self, pair: str, order_type: str, amount: float, rate: float,
                            time_in_force: str, current_time: datetime, entry_tag: str | None,
                            side: str, **kwargs) -> bool:
        return current_time.hour % 3 != 1 and rate * amount > 99.5

    def confirm_trade_exit(self, pair: str, trade, order_type: str, amount: float, rate: float,
                           time_in_force: str, exit_reason: str, current_time: datetime,
                           **kwargs) -> bool:
        if exit_reason == "roi" and current_time.minute % 15 == 0:
            return False
        if exit_reason == "stop_loss" and current_time.hour % 2:
            return False
        return True
