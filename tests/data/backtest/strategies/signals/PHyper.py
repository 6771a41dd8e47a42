"""hyperoptable parameters: defaults for one space, a params file for the others"""
from pandas import DataFrame

from freqtrade.strategy import (
    BooleanParameter,
    CategoricalParameter,
    DecimalParameter,
    IntParameter,
    IStrategy,
    RealParameter,
)


class PHyper(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    minimal_roi = {"0": 0.5}
    stoploss = -0.5
    buy_step = IntParameter(10, 90, default=31, space="buy")
    buy_drop = DecimalParameter(0.0, 0.02, default=0.004, decimals=3, space="buy")
    buy_on = BooleanParameter(default=True, space="buy")
    sell_step = IntParameter(3, 90, default=40, space="sell")
    sell_kind = CategoricalParameter(["close", "open"], default="open", space="sell")
    guard = RealParameter(0.0, 1.0, default=0.25, space="protection", optimize=False)

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        # a clock: signals depend on time and pair only, so that indicators cannot blur the test
        d = dataframe["date"].dt
        salt = sum(map(ord, metadata["pair"]))
        dataframe["clock"] = d.day_of_year * 7 + d.hour * 12 + d.minute // 5 + salt
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        hit = dataframe["clock"] % self.buy_step.value == 0
        if self.buy_on.value:
            hit &= dataframe["close"] < dataframe["close"].shift(12) * (1 - self.buy_drop.value)
        dataframe.loc[hit, "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        base = dataframe[self.sell_kind.value]
        hit = (dataframe["clock"] % self.sell_step.value == 0) & (base > base.shift(6))
        dataframe.loc[hit, "exit_long"] = 1
        return dataframe
