"""adjust_trade_position: averaging down and partial exits with tags"""
from datetime import datetime

from pandas import DataFrame

from freqtrade.strategy import IStrategy


class PDca(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    minimal_roi = {"0": 0.016, "720": 0.002}
    stoploss = -0.06
    position_adjustment_enable = True
    max_entry_position_adjustment = 3

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

    def adjust_trade_position(self, trade, current_time: datetime, current_rate: float,
                              current_profit: float, min_stake: float | None, max_stake: float,
                              current_entry_rate: float, current_exit_rate: float,
                              current_entry_profit: float, current_exit_profit: float, **kwargs):
        if trade.has_open_orders:
            return None
        entries = trade.nr_of_successful_entries
        if current_profit < -0.008 * entries and entries < 4:
            return trade.orders[0].stake_amount_filled * (1 + 0.25 * entries), f"dca_{entries}"
        if current_profit > 0.006 and trade.nr_of_successful_exits == 0:
            return -trade.stake_amount / 2, "half_out"
        if current_profit > 0.010 and trade.nr_of_successful_exits == 1:
            return -trade.stake_amount / 3
        return None
