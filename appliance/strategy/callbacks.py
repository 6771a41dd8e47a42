"""Define every callback with its arguments, and a default that changes nothing.

`trade` is a copy: changes to it are lost, except custom data. Dates are UTC, rates and stakes in stake
currency, profits are ratios (0.01 is one percent, after fees and leverage), `side` is "long" or "short".
If a callback fails, the error is logged and a safe default is used.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from appliance.domain.enums import OrderKind, TradeDirection

if TYPE_CHECKING:
    from pandas import DataFrame

    from appliance.domain.order import Order
    from appliance.domain.trade import Trade


class Callbacks:
    """Hold the callbacks of a strategy, which the bot calls for each trade."""

    stoploss: float

    # -- the bot ---------------------------------------------------------------------------------------

    def version(self) -> str | None:
        """Return the version of the strategy, which the API shows."""
        return None

    def bot_start(self, **kwargs: Any) -> None:
        """Prepare the strategy: called once after loading, before parameters have their values."""

    def bot_loop_start(self, current_time: datetime, **kwargs: Any) -> None:
        """Prepare a cycle: called before any pair is analysed."""

    def informative_pairs(self) -> Sequence[tuple[str, str] | tuple[str, str, str]]:
        """Return further candles to fetch, as (pair, timeframe) or (pair, timeframe, candle type)."""
        return []

    def plot_annotations(
        self, pair: str, start_date: datetime, end_date: datetime, dataframe: "DataFrame", **kwargs: Any
    ) -> list[dict[str, Any]]:
        """Return annotations for the chart of the pair."""
        return []

    # -- entries ---------------------------------------------------------------------------------------

    def custom_entry_price(
        self,
        pair: str,
        trade: "Trade | None",
        current_time: datetime,
        proposed_rate: float,
        entry_tag: str | None,
        side: TradeDirection,
        **kwargs: Any,
    ) -> float:
        """Return the limit price of an entry. `trade` is set if the entry adds to a trade."""
        return proposed_rate

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
        side: TradeDirection,
        **kwargs: Any,
    ) -> float:
        """Return the stake of a new trade; 0 or None: no trade."""
        return proposed_stake

    def leverage(
        self,
        pair: str,
        current_time: datetime,
        current_rate: float,
        proposed_leverage: float,
        max_leverage: float,
        entry_tag: str | None,
        side: TradeDirection,
        **kwargs: Any,
    ) -> float:
        """Return the leverage of a new trade, between 1 and `max_leverage` (futures only)."""
        return 1.0

    def confirm_trade_entry(
        self,
        pair: str,
        order_type: OrderKind,
        amount: float,
        rate: float,
        time_in_force: str,
        current_time: datetime,
        entry_tag: str | None,
        side: TradeDirection,
        **kwargs: Any,
    ) -> bool:
        """Return False to cancel an entry just before its order is placed. Must be fast."""
        return True

    # -- open orders -----------------------------------------------------------------------------------

    def check_entry_timeout(
        self, pair: str, trade: "Trade", order: "Order", current_time: datetime, **kwargs: Any
    ) -> bool:
        """Return True to cancel an unfilled entry order before `unfilledtimeout` does."""
        return self.check_buy_timeout(pair=pair, trade=trade, order=order, current_time=current_time)

    def check_exit_timeout(
        self, pair: str, trade: "Trade", order: "Order", current_time: datetime, **kwargs: Any
    ) -> bool:
        """Return True to cancel an unfilled exit order before `unfilledtimeout` does."""
        return self.check_sell_timeout(pair=pair, trade=trade, order=order, current_time=current_time)

    def adjust_order_price(
        self,
        trade: "Trade",
        order: "Order | None",
        pair: str,
        current_time: datetime,
        proposed_rate: float,
        current_order_rate: float,
        entry_tag: str | None,
        side: TradeDirection,
        is_entry: bool,
        **kwargs: Any,
    ) -> float | None:
        """Return the new price of an open order; the same price leaves it as it is, None cancels it."""
        adjust = self.adjust_entry_price if is_entry else self.adjust_exit_price
        return adjust(
            trade=trade,
            order=order,
            pair=pair,
            current_time=current_time,
            proposed_rate=proposed_rate,
            current_order_rate=current_order_rate,
            entry_tag=entry_tag,
            side=side,
        )

    def adjust_entry_price(
        self,
        trade: "Trade",
        order: "Order | None",
        pair: str,
        current_time: datetime,
        proposed_rate: float,
        current_order_rate: float,
        entry_tag: str | None,
        side: TradeDirection,
        **kwargs: Any,
    ) -> float | None:
        return current_order_rate

    def adjust_exit_price(
        self,
        trade: "Trade",
        order: "Order | None",
        pair: str,
        current_time: datetime,
        proposed_rate: float,
        current_order_rate: float,
        entry_tag: str | None,
        side: TradeDirection,
        **kwargs: Any,
    ) -> float | None:
        return current_order_rate

    def order_filled(
        self, pair: str, trade: "Trade", order: "Order", current_time: datetime, **kwargs: Any
    ) -> None:
        """Handle a filled order."""

    # -- open trades -----------------------------------------------------------------------------------

    def custom_stoploss(
        self,
        pair: str,
        trade: "Trade",
        current_time: datetime,
        current_rate: float,
        current_profit: float,
        after_fill: bool,
        **kwargs: Any,
    ) -> float | None:
        """Return the stop as a ratio from `current_rate`; None leaves it. The stop only ever tightens."""
        return self.stoploss

    def custom_roi(
        self,
        pair: str,
        trade: "Trade",
        current_time: datetime,
        trade_duration: int,
        entry_tag: str | None,
        side: TradeDirection,
        **kwargs: Any,
    ) -> float | None:
        """Return the profit ratio at which to exit; None: only `minimal_roi`. `trade_duration`: minutes."""
        return None

    def custom_exit(
        self,
        pair: str,
        trade: "Trade",
        current_time: datetime,
        current_rate: float,
        current_profit: float,
        **kwargs: Any,
    ) -> str | bool | None:
        """Return True or a reason (at most 255 characters) to exit the trade."""
        return self.custom_sell(
            pair=pair,
            trade=trade,
            current_time=current_time,
            current_rate=current_rate,
            current_profit=current_profit,
            **kwargs,
        )

    def custom_exit_price(
        self,
        pair: str,
        trade: "Trade",
        current_time: datetime,
        proposed_rate: float,
        current_profit: float,
        exit_tag: str | None,
        **kwargs: Any,
    ) -> float:
        """Return the limit price of an exit."""
        return proposed_rate

    def confirm_trade_exit(
        self,
        pair: str,
        trade: "Trade",
        order_type: OrderKind,
        amount: float,
        rate: float,
        time_in_force: str,
        exit_reason: str,
        current_time: datetime,
        **kwargs: Any,
    ) -> bool:
        """Return False to cancel an exit just before its order is placed, even one by stop loss."""
        return True

    def adjust_trade_position(
        self,
        trade: "Trade",
        current_time: datetime,
        current_rate: float,
        current_profit: float,
        min_stake: float | None,
        max_stake: float,
        current_entry_rate: float,
        current_exit_rate: float,
        current_entry_profit: float,
        current_exit_profit: float,
        **kwargs: Any,
    ) -> float | tuple[float | None, str | None] | None:
        """Return the stake to add (above 0) or take out (below 0), alone or with a tag; None: no change."""
        return None

    # -- names of interface version 2 ------------------------------------------------------------------

    def check_buy_timeout(
        self, pair: str, trade: "Trade", order: "Order", current_time: datetime, **kwargs: Any
    ) -> bool:
        return False

    def check_sell_timeout(
        self, pair: str, trade: "Trade", order: "Order", current_time: datetime, **kwargs: Any
    ) -> bool:
        return False

    def custom_sell(
        self,
        pair: str,
        trade: "Trade",
        current_time: datetime,
        current_rate: float,
        current_profit: float,
        **kwargs: Any,
    ) -> str | bool | None:
        return None
