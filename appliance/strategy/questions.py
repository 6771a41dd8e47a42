"""Ask a strategy: one method for each callback, called synchronously; where it fails, a safe answer is used.

Prices in quote currency, stakes in stake currency before leverage, profits as ratios, dates UTC.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from appliance.domain.enums import TradeDirection
from appliance.domain.order import Order
from appliance.domain.trade import Trade
from appliance.strategy.answers import number, truth
from appliance.strategy.base import StrategyBase
from appliance.strategy.safe_call import copy_of_trade, is_overridden, safe_call


class PlannedEntry(Protocol):
    """State an entry as far as it is planned: stakes in stake currency, before leverage."""

    @property
    def pair(self) -> str: ...
    @property
    def side(self) -> TradeDirection: ...
    @property
    def tag(self) -> str | None: ...
    @property
    def order_type(self) -> str: ...
    @property
    def time_in_force(self) -> str: ...
    @property
    def price(self) -> float: ...
    @property
    def leverage(self) -> float: ...
    @property
    def largest_leverage(self) -> float: ...
    @property
    def largest(self) -> float: ...
    @property
    def available(self) -> float: ...


class ExitOrder(NamedTuple):
    """State an exit order that a strategy is to confirm: amount in base currency, its price and reason."""

    order_type: str
    time_in_force: str
    amount: float
    price: float
    reason: str | None


class PositionOffer(NamedTuple):
    """State what a strategy may do with its position: rates to add and to reduce at, and stake limits."""

    entry_rate: float
    exit_rate: float
    least: float | None
    largest: float


@dataclass(frozen=True)
class Questions:
    """Put questions to a strategy."""

    strategy: StrategyBase

    def overrides(self, *callbacks: str) -> bool:
        """Return whether the strategy overrides any of these callbacks."""
        return any(is_overridden(self.strategy, name) for name in callbacks)

    # -- the loop --------------------------------------------------------------------------------------

    def loop_start(self, now: datetime) -> None:
        safe_call(self.strategy, "bot_loop_start", None, current_time=now)

    def order_filled(self, trade: Trade, order: Order, now: datetime) -> None:
        safe_call(
            self.strategy, "order_filled", None, pair=trade.pair, trade=trade, order=order, current_time=now
        )

    # -- entries ---------------------------------------------------------------------------------------

    def entry_price(
        self, pair: str, trade: Trade | None, *, rate: float, tag: str | None, side: str, now: datetime
    ) -> float:
        """Return the strategy's own entry rate, or `rate` where it has none."""
        asked = safe_call(
            self.strategy,
            "custom_entry_price",
            rate,
            pair=pair,
            trade=trade,
            current_time=now,
            proposed_rate=rate,
            entry_tag=tag,
            side=side,
        )
        return number(asked, rate) or rate

    def leverage(self, plan: PlannedEntry, rate: float, now: datetime) -> float:
        """Return the leverage that the strategy wants for an entry, between 1 and the largest."""
        asked = safe_call(
            self.strategy,
            "leverage",
            1.0,
            pair=plan.pair,
            current_time=now,
            current_rate=rate,
            proposed_leverage=1.0,
            max_leverage=plan.largest_leverage,
            entry_tag=plan.tag,
            side=plan.side,
        )
        return min(max(number(asked, 1.0), 1.0), plan.largest_leverage)

    def stake(self, plan: PlannedEntry, proposed: float, now: datetime, *, least: float | None) -> float:
        """Return the stake that the strategy wants for an entry, else `proposed`; 0 for no trade."""
        asked = safe_call(
            self.strategy,
            "custom_stake_amount",
            proposed,
            pair=plan.pair,
            current_time=now,
            current_rate=plan.price,
            proposed_stake=proposed,
            min_stake=least,
            max_stake=min(plan.largest, plan.available),
            leverage=plan.leverage,
            entry_tag=plan.tag,
            side=plan.side,
        )
        return number(asked, 0.0)

    def confirms_entry(self, plan: PlannedEntry, amount: float, now: datetime) -> bool:
        """Return whether the strategy wants an entry of `amount` (base currency); in doubt not."""
        asked = safe_call(
            self.strategy,
            "confirm_trade_entry",
            True,
            pair=plan.pair,
            order_type=plan.order_type,
            amount=amount,
            rate=plan.price,
            time_in_force=plan.time_in_force,
            current_time=now,
            entry_tag=plan.tag,
            side=plan.side,
        )
        return truth(asked, False)

    # -- open orders -----------------------------------------------------------------------------------

    def times_out(self, trade: Trade, order: Order, now: datetime) -> bool:
        """Return whether the strategy wants an unfilled order cancelled."""
        entering = order.ft_order_side == trade.entry_side
        callback = "check_entry_timeout" if entering else "check_exit_timeout"
        asked = safe_call(
            self.strategy, callback, False, pair=trade.pair, trade=trade, order=order, current_time=now
        )
        return truth(asked, False)

    @property
    def adjusts_orders(self) -> bool:
        """Whether the strategy decides on the price of open orders at all."""
        return self.overrides("adjust_order_price")

    def order_price(self, trade: Trade, order: Order, proposed: float, now: datetime) -> float | None:
        """Return the rate that the strategy wants an open order at; None to cancel it."""
        present = order.safe_placement_price
        asked = safe_call(
            self.strategy,
            "adjust_order_price",
            present,
            pair=trade.pair,
            trade=trade,
            order=order,
            current_time=now,
            proposed_rate=proposed,
            current_order_rate=present,
            entry_tag=trade.enter_tag,
            side=trade.trade_direction,
            is_entry=order.ft_order_side == trade.entry_side,
        )
        return number(asked, present) if truth(asked, True) else None

    def position_change(self, trade: Trade, offer: PositionOffer, now: datetime) -> tuple[float, str | None]:
        """Return the stake to add (positive) or to take out (negative), and a tag; 0 changes nothing."""
        entry_profit = trade.calc_profit_ratio(offer.entry_rate)
        same = offer.exit_rate == offer.entry_rate
        exit_profit = entry_profit if same else trade.calc_profit_ratio(offer.exit_rate)
        asked = safe_call(
            self.strategy,
            "adjust_trade_position",
            None,
            pair=trade.pair,
            trade=trade,
            current_time=now,
            current_rate=offer.entry_rate,
            current_profit=entry_profit,
            min_stake=offer.least,
            max_stake=offer.largest,
            current_entry_rate=offer.entry_rate,
            current_exit_rate=offer.exit_rate,
            current_entry_profit=entry_profit,
            current_exit_profit=exit_profit,
        )
        stake, tag = (*asked, None)[:2] if isinstance(asked, tuple) and asked else (asked, None)
        return number(stake, 0.0), str(tag) if tag else None

    # -- exits -----------------------------------------------------------------------------------------

    def custom_stop(
        self, trade: Trade, now: datetime, *, after_fill: bool = False
    ) -> Callable[[float, float], float | None]:
        """Return what asks the strategy for its stop."""

        def ask(rate: float, profit: float) -> float | None:
            asked = safe_call(
                self.strategy,
                "custom_stoploss",
                None,
                pair=trade.pair,
                trade=trade,
                current_time=now,
                current_rate=rate,
                current_profit=profit,
                after_fill=after_fill,
            )
            return None if asked is None else number(asked, 0.0)

        return ask

    def custom_exit(self, trade: Trade, now: datetime, rate: float, profit: float) -> str | bool | None:
        """Ask the strategy for an exit of its own."""
        asked = safe_call(
            self.strategy,
            "custom_exit",
            None,
            pair=trade.pair,
            trade=trade,
            current_time=now,
            current_rate=rate,
            current_profit=profit,
        )
        return asked if isinstance(asked, str) else truth(asked, False)

    def custom_roi(self, trade: Trade, now: datetime, minutes: int) -> float | None:
        """Ask the strategy for the profit ratio at which to take it, where it uses that."""
        if not self.strategy.use_custom_roi:
            return None
        asked = safe_call(
            self.strategy,
            "custom_roi",
            None,
            pair=trade.pair,
            trade=trade,
            current_time=now,
            trade_duration=minutes,
            entry_tag=trade.enter_tag,
            side=trade.trade_direction,
        )
        ratio = number(asked, math.nan)
        return None if math.isnan(ratio) else ratio

    def roi_reached(self, trade: Trade, now: datetime, profit: float) -> bool | None:
        """Ask a strategy that judges the profit itself whether it is enough; None where it does not."""
        if not self.overrides("min_roi_reached", "min_roi_reached_entry"):
            return None
        asked = safe_call(
            self.strategy,
            "min_roi_reached",
            None,
            pair=trade.pair,
            trade=copy_of_trade(trade),
            current_profit=profit,
            current_time=now,
        )
        return None if asked is None else truth(asked, None)

    def exit_price(
        self, trade: Trade, *, rate: float, profit: float, reason: str | None, now: datetime
    ) -> float:
        """Return the strategy's own exit rate, or `rate` where it has none."""
        asked = safe_call(
            self.strategy,
            "custom_exit_price",
            rate,
            pair=trade.pair,
            trade=trade,
            current_time=now,
            proposed_rate=rate,
            current_profit=profit,
            exit_tag=reason,
        )
        return number(asked, rate) or rate

    def confirms_exit(self, trade: Trade, order: ExitOrder, now: datetime) -> bool:
        """Return whether the strategy lets an exit order be placed; in doubt it does."""
        asked = safe_call(
            self.strategy,
            "confirm_trade_exit",
            True,
            pair=trade.pair,
            trade=trade,
            order_type=order.order_type,
            amount=order.amount,
            rate=order.price,
            time_in_force=order.time_in_force,
            exit_reason=order.reason,
            sell_reason=order.reason,
            current_time=now,
        )
        return truth(asked, True)
