"""Other time frames and pairs, by decorator and by hand."""

from freqtrade.strategy import IStrategy, informative, merge_informative_pair
from pandas import DataFrame


class SlowerCandles(IStrategy):
    timeframe = "5m"
    minimal_roi = {"0": 0.1}
    stoploss = -0.1

    def informative_pairs(self):
        return [("ETH/USDT", "15m"), ("ETH/USDT", "1h", "mark")]

    @informative("1h")
    @informative("4h")
    def populate_slow(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe["mean"] = dataframe["close"].rolling(3).mean()
        return dataframe

    @informative("1h", "BTC/{stake}")
    def populate_btc(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe["up"] = dataframe["close"] > dataframe["close"].shift(1)
        self.btc_calls = getattr(self, "btc_calls", 0) + 1
        return dataframe

    @informative("1h", "BTC/{stake}", "{column}_of_{BASE}", cache=False)
    def populate_named(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        self.named_calls = getattr(self, "named_calls", 0) + 1
        return dataframe

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        eth = self.dp.get_pair_dataframe("ETH/USDT", "15m")
        return merge_informative_pair(dataframe, eth, self.timeframe, "15m", ffill=True)

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["close"] > dataframe["mean_1h"], "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        return dataframe
