"""MyStrategy: the full example and every callback, each as it behaves if you remove it.

Keep the callbacks that you need and delete the others: each one that is left is called.
"""

from datetime import datetime

import talib.abstract as ta
from freqtrade.persistence import Order, Trade
from freqtrade.strategy import IntParameter, IStrategy
from pandas import DataFrame


class MyStrategy(IStrategy):
    """Buy when momentum turns up, sell when it turns down."""

    INTERFACE_VERSION = 3

    timeframe = "5m"
    startup_candle_count = 50
    can_short = False

    minimal_roi = {"0": 0.04, "120": 0.02}
    stoploss = -0.08

    # The callbacks of these names below are only asked if this is True.
    use_custom_stoploss = False
    use_custom_roi = False
    position_adjustment_enable = False
    max_entry_position_adjustment = -1

    process_only_new_candles = True
    use_exit_signal = True

    order_types = {"entry": "limit", "exit": "limit", "stoploss": "market", "stoploss_on_exchange": False}
    order_time_in_force = {"entry": "GTC", "exit": "GTC"}

    entry_rsi = IntParameter(20, 50, default=40, space="buy")
    exit_rsi = IntParameter(50, 80, default=60, space="sell")

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        """Add columns for the conditions below."""
        dataframe["rsi"] = ta.RSI(dataframe, timeperiod=14)
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        """Set enter_long to 1 on the candles after which to buy."""
        rising = dataframe["rsi"] > dataframe["rsi"].shift()
        chosen = rising & (dataframe["rsi"] < self.entry_rsi.value) & (dataframe["volume"] > 0)
        dataframe.loc[chosen, ["enter_long", "enter_tag"]] = (1, "turns_up")
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        """Set exit_long to 1 on the candles after which to sell."""
        falling = dataframe["rsi"] < dataframe["rsi"].shift()
        chosen = falling & (dataframe["rsi"] > self.exit_rsi.value) & (dataframe["volume"] > 0)
        dataframe.loc[chosen, ["exit_long", "exit_tag"]] = (1, "turns_down")
        return dataframe

    # -- the bot's own course ------------------------------------------------------------------------

    def bot_start(self, **kwargs) -> None:
        """Prepare something once, when the strategy has been loaded."""

    def bot_loop_start(self, current_time: datetime, **kwargs) -> None:
        """Do something at the beginning of each cycle, such as reading a file. In backtests: each candle."""

    # -- entries -------------------------------------------------------------------------------------

    def custom_stake_amount(
        self,
        pair: str,
        current_time: datetime,
        current_rate: float,
        proposed_stake: float,
        min_stake: float | None,
        max_stake: float,
        leverage: float,
        entry_tag: str | None,
        side: str,
        **kwargs,
    ) -> float:
        """Return the stake, in stake currency; 0 makes no trade."""
        return proposed_stake

    def leverage(
        self,
        pair: str,
        current_time: datetime,
        current_rate: float,
        proposed_leverage: float,
        max_leverage: float,
        entry_tag: str | None,
        side: str,
        **kwargs,
    ) -> float:
        """Return the leverage of a trade on futures markets."""
        return 1.0

    def custom_entry_price(
        self,
        pair: str,
        trade: Trade | None,
        current_time: datetime,
        proposed_rate: float,
        entry_tag: str | None,
        side: str,
        **kwargs,
    ) -> float:
        """Return the limit price of an entry."""
        return proposed_rate

    def confirm_trade_entry(
        self,
        pair: str,
        order_type: str,
        amount: float,
        rate: float,
        time_in_force: str,
        current_time: datetime,
        entry_tag: str | None,
        side: str,
        **kwargs,
    ) -> bool:
        """Return False to drop an entry at the last moment. It must be quick: the order waits."""
        return True

    # -- open trades ---------------------------------------------------------------------------------

    def order_filled(self, pair: str, trade: Trade, order: Order, current_time: datetime, **kwargs) -> None:
        """Note something when an order has filled, e.g. by trade.set_custom_data("key", value)."""

    def adjust_trade_position(
        self,
        trade: Trade,
        current_time: datetime,
        current_rate: float,
        current_profit: float,
        min_stake: float | None,
        max_stake: float,
        current_entry_rate: float,
        current_exit_rate: float,
        current_entry_profit: float,
        current_exit_profit: float,
        **kwargs,
    ) -> float | tuple[float | None, str | None] | None:
        """Return a stake to buy more for, a negative one to sell a part, or None."""
        return None

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
        """Return the distance of the stop from the current rate, as a ratio; None leaves it where it is."""
        return None

    def custom_roi(
        self,
        pair: str,
        trade: Trade,
        current_time: datetime,
        trade_duration: int,
        entry_tag: str | None,
        side: str,
        **kwargs,
    ) -> float | None:
        """Return the profit, as a ratio, with which to leave; None for that of minimal_roi."""
        return None

    # -- exits ---------------------------------------------------------------------------------------

    def custom_exit(
        self,
        pair: str,
        trade: Trade,
        current_time: datetime,
        current_rate: float,
        current_profit: float,
        **kwargs,
    ) -> str | bool | None:
        """Return a reason to leave now, as a text; None stays."""
        return None

    def custom_exit_price(
        self,
        pair: str,
        trade: Trade,
        current_time: datetime,
        proposed_rate: float,
        current_profit: float,
        exit_tag: str | None,
        **kwargs,
    ) -> float:
        """Return the limit price of an exit."""
        return proposed_rate

    def confirm_trade_exit(
        self,
        pair: str,
        trade: Trade,
        order_type: str,
        amount: float,
        rate: float,
        time_in_force: str,
        exit_reason: str,
        current_time: datetime,
        **kwargs,
    ) -> bool:
        """Return False to stay in the trade. Stops ask, too: think of what happens if this is wrong."""
        return True

    # -- orders that wait ----------------------------------------------------------------------------

    def check_entry_timeout(
        self, pair: str, trade: Trade, order: Order, current_time: datetime, **kwargs
    ) -> bool:
        """Return True to cancel an entry before `unfilledtimeout` does."""
        return False

    def check_exit_timeout(
        self, pair: str, trade: Trade, order: Order, current_time: datetime, **kwargs
    ) -> bool:
        """Return True to cancel an exit before `unfilledtimeout` does."""
        return False

    def adjust_order_price(
        self,
        trade: Trade,
        order: Order | None,
        pair: str,
        current_time: datetime,
        proposed_rate: float,
        current_order_rate: float,
        entry_tag: str | None,
        side: str,
        is_entry: bool,
        **kwargs,
    ) -> float | None:
        """Return a new price of a waiting order, its own to leave it, None to cancel it. Once a candle."""
        return current_order_rate
