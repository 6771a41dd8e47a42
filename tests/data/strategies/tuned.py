"""Parameters of every kind; tuned.json beside this file sets some of them."""

from freqtrade.strategy import (
    BooleanParameter,
    CategoricalParameter,
    DecimalParameter,
    IntParameter,
    IStrategy,
    RealParameter,
)
from pandas import DataFrame


class Tuned(IStrategy):
    timeframe = "5m"
    minimal_roi = {"0": 0.5}
    stoploss = -0.5

    buy_params = {"buy_length": 21, "buy_drop": 0.123456}
    sell_params = {"sell_kind": "low"}

    buy_length = IntParameter(10, 14, default=12, space="buy")
    buy_drop = DecimalParameter(0.0, 0.2, default=0.1, decimals=3)
    buy_on = BooleanParameter(default=True, space="buy", load=False)
    sell_kind = CategoricalParameter(["open", "high", "low"], default="open", space="sell")
    risk = RealParameter(0.0, 1.0, default=0.25, space="protection", optimize=False)

    @property
    def protections(self):
        return [{"method": "CooldownPeriod", "stop_duration_candles": int(self.risk.value * 8)}]

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        for length in self.buy_length.range:
            dataframe[f"mean_{length}"] = dataframe["close"].rolling(length).mean()
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        return dataframe
