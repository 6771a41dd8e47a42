"""custom_stake_amount by time of day, below minimum and above maximum"""
from datetime import datetime

from pandas import DataFrame

from freqtrade.strategy import IStrategy


class PCustomStake(IStrategy):
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

    def custom_stake_amount(self, pair: str, current_time: datetime, current_rate: float,
                            proposed_stake: float, min_stake: float | None, max_stake: float,
                            leverage: float, entry_tag: str | None, side: str,
                            **kwargs) -> float:
        h = current_time.hour
        if h < 4:
            return 0
        if h < 8:
            return min_stake * 0.9
        if h < 10:
            return min_stake * 0.5
        if h < 12:
            return max_stake * 3
        if h < 16:
            return self.wallets.get_total_stake_amount() * 0.03
        return proposed_stake * (1 + h / 100)
