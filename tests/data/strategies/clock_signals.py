"""Signals that depend on the time alone, and callbacks that answer with what they are asked."""

from datetime import datetime

from freqtrade.persistence import Order, Trade
from freqtrade.strategy import IStrategy, stoploss_from_open
from pandas import DataFrame


class ClockSignals(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    minimal_roi = {"60": 0.01, "0": 0.03}
    stoploss = -0.05
    use_custom_stoploss = True
    position_adjustment_enable = True

    def version(self) -> str:
        return "clock 1"

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe["minute"] = dataframe["date"].dt.minute
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["minute"] % 15 == 0, ["enter_long", "enter_tag"]] = (1, "quarter")
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["minute"] % 20 == 0, ["exit_long", "exit_tag"]] = (1, "twenty")
        return dataframe

    def custom_stoploss(
        self,
        pair: str,
        trade: Trade,
        current_time: datetime,
        current_rate: float,
        current_profit: float,
        after_fill: bool,
        **kwargs,
    ) -> float | None:
        if after_fill:
            return None
        return stoploss_from_open(0.01, current_profit, is_short=trade.is_short, leverage=trade.leverage)

    def custom_exit(self, pair: str, trade: Trade, current_time: datetime, current_rate: float,
                    current_profit: float, **kwargs):
        trade.stake_amount = 0.0
        trade.set_custom_data("seen", trade.get_custom_data("seen", 0) + 1)
        return "enough" if current_profit > 0.02 else None

    def order_filled(self, pair: str, trade: Trade, order: Order, current_time: datetime, **kwargs) -> None:
        self.lock_pair(pair, until=current_time, reason=f"filled {order.order_id}")
