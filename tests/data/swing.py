"""Buy dips and what breaks out; sell at the band, at a profit or at the stop."""

from datetime import datetime
from typing import Any

import freqtrade.vendor.qtpylib.indicators as qtpylib
import talib.abstract as ta
from freqtrade.persistence import Trade
from freqtrade.strategy import DecimalParameter, IntParameter, IStrategy
from pandas import DataFrame


class Swing(IStrategy):
    """Buy dips in a rising market and what breaks out."""

    INTERFACE_VERSION = 3
    timeframe = "30m"
    startup_candle_count = 60
    minimal_roi = {"0": 0.045, "240": 0.025, "720": 0.012, "1440": 0.004}
    stoploss = -0.06
    trailing_stop = True
    trailing_stop_positive = 0.01
    trailing_stop_positive_offset = 0.022
    trailing_only_offset_is_reached = True
    order_types = {"entry": "limit", "exit": "limit", "stoploss": "market", "stoploss_on_exchange": False}

    buy_rsi = IntParameter(20, 45, default=34, space="buy")
    breakout = DecimalParameter(1.0, 3.0, default=1.6, decimals=1, space="buy")
    sell_rsi = IntParameter(60, 85, default=72, space="sell")

    plot_config = {
        "main_plot": {
            "upper": {"color": "#7f8c9b", "fill_to": "lower", "fill_color": "rgba(127, 140, 155, 0.12)"},
            "lower": {"color": "#7f8c9b"},
            "trend": {"color": "#c2803a"},
        },
        "subplots": {
            "RSI": {"rsi": {"color": "#8e5ea2"}},
            "MACD": {
                "macd": {"color": "#2f7fb5"},
                "signal": {"color": "#c4543b"},
                "difference": {"color": "#8aa0b5", "type": "bar"},
            },
        },
    }

    @property
    def protections(self) -> list[dict[str, Any]]:
        return [
            {"method": "CooldownPeriod", "stop_duration_candles": 2},
            {
                "method": "StoplossGuard",
                "lookback_period_candles": 48,
                "trade_limit": 2,
                "stop_duration_candles": 24,
                "only_per_pair": True,
            },
        ]

    def populate_indicators(self, dataframe: DataFrame, metadata: dict[str, str]) -> DataFrame:
        bands = qtpylib.bollinger_bands(dataframe["close"], window=20, stds=2)
        dataframe["upper"], dataframe["lower"] = bands["upper"], bands["lower"]
        dataframe["trend"] = ta.EMA(dataframe, timeperiod=50)
        dataframe["rsi"] = ta.RSI(dataframe, timeperiod=14)
        macd = ta.MACD(dataframe)
        dataframe["macd"], dataframe["signal"] = macd["macd"], macd["macdsignal"]
        dataframe["difference"] = macd["macdhist"]
        dataframe["usual"] = dataframe["volume"].rolling(40).mean()
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict[str, str]) -> DataFrame:
        turned = qtpylib.crossed_above(dataframe["close"], dataframe["lower"])
        dip = turned & (dataframe["rsi"] < self.buy_rsi.value + 6)
        rising = dataframe["difference"] > 0
        breaks = (
            qtpylib.crossed_above(dataframe["close"], dataframe["upper"])
            & rising
            & (dataframe["volume"] > self.breakout.value * dataframe["usual"])
        )
        dataframe.loc[dip, ["enter_long", "enter_tag"]] = (1, "dip")
        dataframe.loc[dip & (dataframe["rsi"] < self.buy_rsi.value - 4), "enter_tag"] = "deep dip"
        dataframe.loc[breaks, ["enter_long", "enter_tag"]] = (1, "breakout")
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict[str, str]) -> DataFrame:
        tired = (dataframe["rsi"] > self.sell_rsi.value) & (dataframe["close"] < dataframe["close"].shift())
        dataframe.loc[tired, ["exit_long", "exit_tag"]] = (1, "tired")
        return dataframe

    def custom_exit(
        self,
        pair: str,
        trade: Trade,
        current_time: datetime,
        current_rate: float,
        current_profit: float,
        **_: Any,
    ) -> str | None:
        """Note how far a trade has come, and give up what goes nowhere."""
        best = trade.get_custom_data("best profit", default=0.0)
        if current_profit > best + 0.002:
            trade.set_custom_data("best profit", round(current_profit, 4))
        age = (current_time - trade.open_date_utc).total_seconds() / 3600
        return "goes nowhere" if age > 30 and -0.012 < current_profit < 0.004 else None
