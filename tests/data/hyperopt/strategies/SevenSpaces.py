"""Seven spaces: signals by a clock, a protection whose length is searched, ROI, stops and slots."""
from pandas import DataFrame

from freqtrade.strategy import BooleanParameter, CategoricalParameter, DecimalParameter, IntParameter, IStrategy


class SevenSpaces(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    minimal_roi = {"0": 0.05, "60": 0.02}
    stoploss = -0.1
    startup_candle_count = 30
    buy_step = IntParameter(10, 90, default=31)
    buy_drop = DecimalParameter(0.0, 0.02, default=0.004, decimals=3)
    buy_on = BooleanParameter(default=True)
    sell_step = IntParameter(3, 90, default=40)
    sell_kind = CategoricalParameter(["close", "open"], default="open")
    cooldown = IntParameter(1, 40, default=4, space="protection")

    @property
    def protections(self):
        return [{"method": "CooldownPeriod", "stop_duration_candles": self.cooldown.value}]

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        d = dataframe["date"].dt
        salt = sum(map(ord, metadata["pair"]))
        dataframe["clock"] = d.dayofyear * 7 + d.hour * 12 + d.minute // 5 + salt
        for step in self.buy_step.range:
            dataframe[f"low_{step}"] = dataframe["low"].rolling(step).min()
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        hit = dataframe["clock"] % self.buy_step.value == 0
        if self.buy_on.value:
            hit &= dataframe["close"] < dataframe[f"low_{self.buy_step.value}"] * (1 + self.buy_drop.value)
        dataframe.loc[hit, ["enter_long", "enter_tag"]] = (1, f"step_{self.buy_step.value}")
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        base = dataframe[self.sell_kind.value]
        hit = (dataframe["clock"] % self.sell_step.value == 0) & (base > base.shift(6))
        dataframe.loc[hit, "exit_long"] = 1
        return dataframe
