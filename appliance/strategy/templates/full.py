"""MyStrategy: an example that trades, with the usual settings and indicators. Change everything in it.

It buys dips within a rising trend. It is not meant to earn money: test what you make of it
(`backtesting`) before you let it trade.
"""

import talib.abstract as ta
from freqtrade.strategy import DecimalParameter, IntParameter, IStrategy
from pandas import DataFrame
from technical import qtpylib


class MyStrategy(IStrategy):
    """Buy dips while the trend points up, sell when the price is far above it."""

    INTERFACE_VERSION = 3

    # Candles, and how many the slowest indicator needs before it is right.
    timeframe = "5m"
    startup_candle_count = 200

    # True on futures markets, for a strategy that also sets enter_short and exit_short.
    can_short = False

    # Leave with this profit (0.01 is one percent, after fees) from this age in minutes on.
    minimal_roi = {"0": 0.04, "60": 0.02, "180": 0.01}

    # Leave at this loss. With trailing_stop, the stop follows the price once the offset is reached.
    stoploss = -0.08
    trailing_stop = False
    trailing_stop_positive = 0.01
    trailing_stop_positive_offset = 0.02
    trailing_only_offset_is_reached = True

    # Analyse when a candle has closed, and not in between.
    process_only_new_candles = True

    # Exit signals count, also those at a loss; the profit table counts while entry signals go on.
    use_exit_signal = True
    exit_profit_only = False
    ignore_roi_if_entry_signal = False

    order_types = {"entry": "limit", "exit": "limit", "stoploss": "market", "stoploss_on_exchange": False}
    order_time_in_force = {"entry": "GTC", "exit": "GTC"}

    # Values that a parameter search may try; in indicators and conditions, read them by `.value`.
    dip = IntParameter(20, 60, default=45, space="buy")
    distance = DecimalParameter(0.0, 0.03, default=0.0, decimals=3, space="buy")
    hot = IntParameter(55, 90, default=72, space="sell")

    # What charts draw over the candles, and what below them.
    plot_config = {
        "main_plot": {
            "trend": {"color": "#4a7fb5"},
            "band_upper": {"color": "#7f8c9b"},
            "band_lower": {"color": "#7f8c9b"},
        },
        "subplots": {
            "RSI": {"rsi": {"color": "#8e5ea2"}},
            "MACD": {"macd": {"color": "#3a7d44"}, "macd_signal": {"color": "#c4543b"}},
        },
    }

    @property
    def protections(self) -> list[dict]:
        """Pause after losses; an empty list switches this off."""
        return [
            {"method": "CooldownPeriod", "stop_duration_candles": 3},
            {
                "method": "StoplossGuard",
                "lookback_period_candles": 48,
                "trade_limit": 3,
                "stop_duration_candles": 24,
                "only_per_pair": False,
            },
        ]

    def informative_pairs(self) -> list[tuple[str, str]]:
        """Name other candles that the conditions need, such as ("BTC/USDT", "1h").

        `self.dp.get_pair_dataframe(pair, timeframe)` has them.
        """
        return []

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        """Add columns for the conditions below. `metadata["pair"]` is the pair."""
        # Trend
        dataframe["trend"] = ta.EMA(dataframe, timeperiod=100)
        dataframe["fast"] = ta.EMA(dataframe, timeperiod=12)
        dataframe["adx"] = ta.ADX(dataframe, timeperiod=14)

        # Momentum
        dataframe["rsi"] = ta.RSI(dataframe, timeperiod=14)
        macd = ta.MACD(dataframe, fastperiod=12, slowperiod=26, signalperiod=9)
        dataframe["macd"] = macd["macd"]
        dataframe["macd_signal"] = macd["macdsignal"]
        dataframe["mfi"] = ta.MFI(dataframe, timeperiod=14)

        # Range
        bands = qtpylib.bollinger_bands(qtpylib.typical_price(dataframe), window=20, stds=2)
        dataframe["band_lower"] = bands["lower"]
        dataframe["band_upper"] = bands["upper"]
        dataframe["atr"] = ta.ATR(dataframe, timeperiod=14)

        # Volume
        dataframe["volume_mean"] = dataframe["volume"].rolling(30).mean()
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        """Set enter_long to 1 on the candles after which to buy; enter_tag names the reason."""
        in_trend = dataframe["close"] > dataframe["trend"] * (1 + self.distance.value)
        turned = qtpylib.crossed_above(dataframe["rsi"], self.dip.value)
        traded = dataframe["volume"] > 0
        dataframe.loc[in_trend & turned & traded, ["enter_long", "enter_tag"]] = (1, "dip_in_trend")
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        """Set exit_long to 1 on the candles after which to sell; exit_tag names the reason."""
        is_hot = qtpylib.crossed_below(dataframe["rsi"], self.hot.value)
        above = dataframe["close"] > dataframe["band_upper"]
        traded = dataframe["volume"] > 0
        dataframe.loc[(is_hot | above) & traded, ["exit_long", "exit_tag"]] = (1, "hot")
        return dataframe
