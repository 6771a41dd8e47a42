"""A strategy to start from: copy it, rename the class, and change it.

It buys what is rising, and dips that turn up again, and sells when momentum is gone, when the profit table
below says so, or when the stop is hit. On one-minute candles it trades all the time: it is written to show
where things go and to give you something to watch in a dry run. Fees alone cost what it makes. Change it,
and test what you changed before you let it trade.

The import names are freqtrade's, so that this file also runs there.
"""

import freqtrade.vendor.qtpylib.indicators as qtpylib
import talib.abstract as ta
from freqtrade.strategy import DecimalParameter, IntParameter, IStrategy
from pandas import DataFrame


class SampleStrategy(IStrategy):
    """Buy what rises and dips that turn, sell when momentum is gone."""

    INTERFACE_VERSION = 3

    # The candles it works on, and how many of them its indicators need before they mean something.
    timeframe = "1m"
    startup_candle_count = 60

    # It only goes long. Set this to True, and fill enter_short and exit_short, to trade futures both ways.
    can_short = False

    # Take the profit on the right once the trade is so many minutes old (0.01 is one percent, after fees).
    minimal_roi = {"0": 0.004, "3": 0.002, "10": 0.0}

    # Give up at a loss of 2 percent. Once 0.6 percent are made, the stop follows 0.3 percent behind.
    stoploss = -0.02
    trailing_stop = True
    trailing_stop_positive = 0.003
    trailing_stop_positive_offset = 0.006
    trailing_only_offset_is_reached = True

    # Work on closed candles only, and listen to the exit signals below.
    process_only_new_candles = True
    use_exit_signal = True
    exit_profit_only = False
    ignore_roi_if_entry_signal = False

    order_types = {
        "entry": "limit",
        "exit": "limit",
        "stoploss": "market",
        "stoploss_on_exchange": False,
    }
    order_time_in_force = {"entry": "GTC", "exit": "GTC"}

    # Numbers that a parameter search may tune; a file sample_strategy.json beside this one sets them.
    buy_rsi = IntParameter(50, 90, default=80, space="buy")
    buy_band = DecimalParameter(0.0, 0.5, default=0.2, decimals=2, space="buy")
    sell_rsi = IntParameter(30, 70, default=60, space="sell")

    # What a chart draws over the candles, and below them.
    plot_config = {
        "main_plot": {
            "bb_upper": {"color": "#7f8c9b"},
            "bb_middle": {"color": "#c2a05a"},
            "bb_lower": {"color": "#7f8c9b"},
            "ema_slow": {"color": "#4a7fb5"},
        },
        "subplots": {
            "RSI": {"rsi": {"color": "#8e5ea2"}},
            "MACD": {"macd": {"color": "#3a7d44"}, "macdsignal": {"color": "#c4543b"}},
        },
    }

    def informative_pairs(self) -> list[tuple[str, str]]:
        """Name further candles to keep, as ("ETH/USDT", "15m"); read them with self.dp.get_pair_dataframe."""
        return []

    def populate_indicators(self, dataframe: DataFrame, metadata: dict[str, str]) -> DataFrame:
        """Add the columns that the signals below look at; metadata["pair"] says which pair this is."""
        # Momentum
        dataframe["rsi"] = ta.RSI(dataframe, timeperiod=14)
        dataframe["mfi"] = ta.MFI(dataframe, timeperiod=14)
        stochastic = ta.STOCHF(dataframe, fastk_period=5, fastd_period=3)
        dataframe["fastk"] = stochastic["fastk"]
        dataframe["fastd"] = stochastic["fastd"]
        macd = ta.MACD(dataframe, fastperiod=12, slowperiod=26, signalperiod=9)
        dataframe["macd"] = macd["macd"]
        dataframe["macdsignal"] = macd["macdsignal"]

        # Trend
        dataframe["adx"] = ta.ADX(dataframe, timeperiod=14)
        dataframe["ema_fast"] = ta.EMA(dataframe, timeperiod=8)
        dataframe["ema_slow"] = ta.EMA(dataframe, timeperiod=50)
        dataframe["sar"] = ta.SAR(dataframe)

        # Room to move
        dataframe["atr"] = ta.ATR(dataframe, timeperiod=14)
        bands = qtpylib.bollinger_bands(qtpylib.typical_price(dataframe), window=20, stds=2)
        dataframe["bb_lower"] = bands["lower"]
        dataframe["bb_middle"] = bands["mid"]
        dataframe["bb_upper"] = bands["upper"]
        # Where the price stands in the band: 0 at the lower edge, 1 at the upper.
        dataframe["bb_percent"] = (dataframe["close"] - bands["lower"]) / (bands["upper"] - bands["lower"])
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict[str, str]) -> DataFrame:
        """Set enter_long to 1 where to buy, and enter_tag to say why: the tag stands beside the trade."""
        traded = dataframe["volume"] > 0
        rises = (dataframe["close"] > dataframe["ema_fast"]) & (dataframe["rsi"] < self.buy_rsi.value)
        turns = (dataframe["bb_percent"] < self.buy_band.value) & (dataframe["fastk"] > dataframe["fastd"])
        dataframe.loc[traded & rises, ["enter_long", "enter_tag"]] = (1, "rise")
        dataframe.loc[traded & turns, ["enter_long", "enter_tag"]] = (1, "dip")
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict[str, str]) -> DataFrame:
        """Set exit_long to 1 where to sell, whatever the profit is."""
        falls = (dataframe["close"] < dataframe["ema_fast"]) & (dataframe["fastk"] < dataframe["fastd"])
        weak = (dataframe["rsi"] < self.sell_rsi.value) & (dataframe["volume"] > 0)
        dataframe.loc[falls & weak, ["exit_long", "exit_tag"]] = (1, "momentum_gone")
        return dataframe
