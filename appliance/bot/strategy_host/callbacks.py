"""Call the strategy's callbacks. Its code runs in its own thread; if it fails, a safe default is used.

Prices in quote currency, stakes in stake currency, profits as ratios.
"""

import logging
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from appliance.bot.concurrency.strategy_thread import StrategyThread
from appliance.bot.state.clock import Clock
from appliance.bot.state.setup import Setup
from appliance.bot.strategy_host.stop_patience import unless_stuck
from appliance.domain.market import OrderRequest
from appliance.domain.order import Order
from appliance.domain.trade import Trade
from appliance.rules.entry_plan import EntryPlan
from appliance.rules.exits import ExitPolicy
from appliance.rules.stop import CustomStop, StopPolicy
from appliance.strategy.answers import number, truth
from appliance.strategy.safe_call import copy_of_trade, is_overridden, safe_call

if TYPE_CHECKING:
    from pandas import DataFrame

    from appliance.strategy.loading.resolve import ResolvedStrategy

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")


@dataclass(kw_only=True, eq=False)
class StrategyCalls:
    """Call the callbacks of the strategy that is loaded now."""

    setup: Setup
    clock: Clock
    thread: StrategyThread

    async def unless_stuck(self, asked: Awaitable[Answer], otherwise: Callable[[], Answer]) -> Answer:
        """Return the strategy's answer, or that of `otherwise` if a stop cannot wait any longer."""
        return await unless_stuck(self.setup.strategy, asked, otherwise)

    async def _ask(self, callback: str, default: Any, **arguments: Any) -> Any:
        return await self.thread.run(safe_call, self.setup.strategy, callback, default, **arguments)

    # -- the loop --------------------------------------------------------------------------------------

    async def loop_start(self, now: datetime) -> None:
        await self._ask("bot_loop_start", None, current_time=now)

    async def order_filled(self, trade: Trade, order: Order, now: datetime) -> None:
        await self._ask("order_filled", None, pair=trade.pair, trade=trade, order=order, current_time=now)

    async def annotations(self, pair: str, rows: "DataFrame") -> list[Any]:
        """Return the marks that the strategy wants on the chart of these analysed candles."""
        if rows.empty or not is_overridden(self.setup.strategy, "plot_annotations"):
            return []
        try:
            first, last = (rows["date"].iloc[at].to_pydatetime() for at in (0, -1))
        except (KeyError, AttributeError, TypeError, ValueError):
            return []  # a strategy may have changed the dates
        asked = await self._ask(
            "plot_annotations",
            [],
            pair=pair,
            start_date=first,
            end_date=last,
            dataframe=rows.copy(),
        )
        return [*asked] if isinstance(asked, list | tuple) else []

    # -- entries ---------------------------------------------------------------------------------------

    async def entry_price(
        self, pair: str, trade: Trade | None, rate: float, tag: str | None, side: str
    ) -> float:
        """Return the strategy's own entry rate, or `rate` if it has none."""
        asked = await self._ask(
            "custom_entry_price",
            rate,
            pair=pair,
            trade=trade,
            current_time=self.clock.now(),
            proposed_rate=rate,
            entry_tag=tag,
            side=side,
        )
        return number(asked, rate) or rate

    async def stake(self, plan: EntryPlan, proposed: float) -> float:
        """Return the stake that the strategy wants for an entry, else `proposed`; 0 for no trade."""
        asked = await self._ask(
            "custom_stake_amount",
            proposed,
            pair=plan.pair,
            current_time=self.clock.now(),
            current_rate=plan.price,
            proposed_stake=proposed,
            min_stake=plan.least,
            max_stake=min(plan.largest, plan.available),
            leverage=plan.leverage,
            entry_tag=plan.tag,
            side=plan.side,
        )
        return number(asked, 0.0)

    async def leverage(self, plan: EntryPlan) -> float:
        """Return the leverage that the strategy wants for an entry, between 1 and the largest."""
        asked = await self._ask(
            "leverage",
            1.0,
            pair=plan.pair,
            current_time=self.clock.now(),
            current_rate=plan.price,
            proposed_leverage=1.0,
            max_leverage=plan.largest_leverage,
            entry_tag=plan.tag,
            side=plan.side,
        )
        return min(max(number(asked, 1.0), 1.0), plan.largest_leverage)

    async def confirms_entry(self, plan: EntryPlan) -> bool:
        asked = await self._ask(
            "confirm_trade_entry",
            True,
            pair=plan.pair,
            order_type=plan.order_type,
            amount=plan.wanted_amount,
            rate=plan.price,
            time_in_force=plan.time_in_force,
            current_time=self.clock.now(),
            entry_tag=plan.tag,
            side=plan.side,
        )
        return truth(asked, False)  # in doubt, no entry

    # -- open orders -----------------------------------------------------------------------------------

    async def gives_up(self, trade: Trade, order: Order, now: datetime) -> bool:
        """Return whether the strategy wants an unfilled order cancelled."""
        entering = order.ft_order_side == trade.entry_side
        callback = "check_entry_timeout" if entering else "check_exit_timeout"
        asked = await self._ask(callback, False, pair=trade.pair, trade=trade, order=order, current_time=now)
        return truth(asked, False)

    @property
    def adjusts_orders(self) -> bool:
        """Whether the strategy adjusts the price of open orders at all."""
        return is_overridden(self.setup.strategy, "adjust_order_price")

    async def order_price(self, trade: Trade, order: Order, proposed: float, now: datetime) -> float | None:
        """Return the rate that the strategy wants an open order at; None to cancel it."""
        current = order.safe_placement_price
        asked = await self._ask(
            "adjust_order_price",
            current,
            pair=trade.pair,
            trade=trade,
            order=order,
            current_time=now,
            proposed_rate=proposed,
            current_order_rate=current,
            entry_tag=trade.enter_tag,
            side=trade.trade_direction,
            is_entry=order.ft_order_side == trade.entry_side,
        )
        return number(asked, current) if truth(asked, True) else None

    async def position_change(
        self, trade: Trade, *, entry_rate: float, exit_rate: float, least: float | None, largest: float
    ) -> tuple[float, str | None]:
        """Return the stake to add (positive) or to take out (negative), and a tag; 0 changes nothing."""
        entry_profit, exit_profit = trade.calc_profit_ratio(entry_rate), trade.calc_profit_ratio(exit_rate)
        asked = await self._ask(
            "adjust_trade_position",
            None,
            pair=trade.pair,
            trade=trade,
            current_time=self.clock.now(),
            current_rate=entry_rate,
            current_profit=entry_profit,
            min_stake=least,
            max_stake=largest,
            current_entry_rate=entry_rate,
            current_exit_rate=exit_rate,
            current_entry_profit=entry_profit,
            current_exit_profit=exit_profit,
        )
        stake, tag = (*asked, None)[:2] if isinstance(asked, tuple) and asked else (asked, None)
        return number(stake, 0.0), str(tag) if tag else None

    # -- exits: called inside the strategy's thread, all callbacks of a decision in one call ---------------

    @property
    def stop_policy(self) -> StopPolicy:
        """The stop's settings, from strategy and configuration."""
        resolved = self.setup.resolved
        return StopPolicy(
            stoploss=resolved.stoploss,
            trailing=resolved.trailing_stop,
            positive=resolved.trailing_stop_positive,
            offset=resolved.trailing_stop_positive_offset,
            only_from_offset=resolved.trailing_only_offset_is_reached,
        )

    @property
    def exit_policy(self) -> ExitPolicy:
        """The settings of exits, from strategy and configuration."""
        resolved: ResolvedStrategy = self.setup.resolved
        return ExitPolicy(
            minimal_roi=resolved.minimal_roi,
            use_exit_signal=resolved.use_exit_signal,
            profit_only=resolved.exit_profit_only,
            profit_offset=resolved.exit_profit_offset,
            ignore_roi_on_entry_signal=resolved.ignore_roi_if_entry_signal,
        )

    @property
    def stop_asked_after_fill(self) -> bool:
        """Whether `custom_stoploss` is called after each fill: only if it has the argument `after_fill`."""
        return self.setup.resolved.use_custom_stoploss and self.setup.resolved.stop_uses_after_fill

    def custom_stop(self, trade: Trade, now: datetime, *, after_fill: bool = False) -> CustomStop | None:
        """Return a function that calls `custom_stoploss`; None if the strategy does not use it."""
        if not self.setup.resolved.use_custom_stoploss:
            return None

        def ask(rate: float, profit: float) -> float | None:
            asked = safe_call(
                self.setup.strategy,
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
            self.setup.strategy,
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
        """Ask the strategy for the profit ratio at which to exit, if it uses that."""
        if not self.setup.strategy.use_custom_roi:
            return None
        asked = safe_call(
            self.setup.strategy,
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
        """Ask a strategy that overrides `min_roi_reached` whether the profit is enough; None for others."""
        strategy = self.setup.strategy
        if not any(is_overridden(strategy, name) for name in ("min_roi_reached", "min_roi_reached_entry")):
            return None
        asked = safe_call(
            strategy,
            "min_roi_reached",
            None,
            pair=trade.pair,
            trade=copy_of_trade(trade),
            current_profit=profit,
            current_time=now,
        )
        return None if asked is None else truth(asked, None)

    async def exit_price(self, trade: Trade, rate: float, reason: str) -> float:
        """Return the strategy's own exit rate, or `rate` if it has none."""
        question = self._ask(
            "custom_exit_price",
            rate,
            pair=trade.pair,
            trade=trade,
            current_time=self.clock.now(),
            proposed_rate=rate,
            current_profit=trade.calc_profit_ratio(rate),
            exit_tag=reason,
        )
        asked = await self.unless_stuck(question, lambda: rate)
        return number(asked, rate) or rate

    async def confirms_exit(self, trade: Trade, order: OrderRequest) -> bool:
        """Return whether the strategy confirms an exit order; its tag is the exit reason."""
        question = self._ask(
            "confirm_trade_exit",
            True,
            pair=trade.pair,
            trade=trade,
            order_type=order.order_type,
            amount=order.amount,
            rate=order.price,
            time_in_force=order.time_in_force,
            exit_reason=order.tag,
            sell_reason=order.tag,
            current_time=self.clock.now(),
        )
        return truth(await self.unless_stuck(question, lambda: True), True)
