"""unfilledtimeout from config plus check_entry_timeout / check_exit_timeout"""
from datetime import datetime

from pandas import DataFrame

from freqtrade.strategy import IStrategy


class PTimeouts(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    minimal_roi = {"0": 0.02}
    stoploss = -0.05
    unfilledtimeout = {"entry": 60, "exit": 60, "unit": "minutes"}

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
        dataframe.loc[dataframe["clock"] % 29 == 0, "exit_long"] = 1
        return dataframe

    def custom_entry_price(self, pair: str, trade, current_time: datetime, proposed_rate: float,
                           entry_tag: str | None, side: str, **kwargs) -> float:
        return proposed_rate * 0.996

    def custom_exit_price(self, pair: str, trade, current_time: datetime, proposed_rate: float,
                          current_profit: float, exit_tag: str | None, **kwargs) -> float:
        return proposed_rate * 1.004

    def check_entry_timeout(self, pair: str, trade, order, current_time: datetime,
                            **kwargs) -> bool:
        return (current_time - order.order_date_utc).total_seconds() > 1500

    def check_exit_timeout(self, pair: str, trade, order, current_time: datetime,
                           **kwargs) -> bool:
        return (current_time - order.order_date_utc).total_seconds() > 2400
