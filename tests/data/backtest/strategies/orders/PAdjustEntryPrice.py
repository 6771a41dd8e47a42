"""adjust_entry_price / adjust_exit_price (the split form)"""
from datetime import datetime

from pandas import DataFrame

from freqtrade.strategy import IStrategy


class PAdjustEntryPrice(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    minimal_roi = {"0": 0.02}
    stoploss = -0.05

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
        dataframe.loc[dataframe["clock"] % 31 == 0, "exit_long"] = 1
        return dataframe

    def custom_entry_price(self, pair: str, trade, current_time: datetime, proposed_rate: float,
                           entry_tag: str | None, side: str, **kwargs) -> float:
        return proposed_rate * 0.994

    def adjust_entry_price(self, trade, order, pair: str, current_time: datetime,
                           proposed_rate: float, current_order_rate: float,
                           entry_tag: str | None, side: str, **kwargs) -> float | None:
        if (current_time - trade.open_date_utc).total_seconds() > 3600:
            return None
        return proposed_rate * 0.997

    def adjust_exit_price(self, trade, order, pair: str, current_time: datetime,
                          proposed_rate: float, current_order_rate: float,
                          entry_tag: str | None, side: str, **kwargs) -> float | None:
        return proposed_rate
