"""Ask the strategy that is loaded now, in its own thread: `strategy/questions.py` says what is asked.

Prices in quote currency, stakes in stake currency, profits as ratios.
"""

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
from appliance.strategy.questions import ExitOrder, PositionOffer, Questions
from appliance.strategy.safe_call import is_overridden, safe_call

if TYPE_CHECKING:
    from pandas import DataFrame

    from appliance.strategy.loading.resolve import ResolvedStrategy

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

    @property
    def questions(self) -> Questions:
        """What can be asked of the strategy; to be called in its thread."""
        return Questions(self.setup.strategy)

    # -- the loop --------------------------------------------------------------------------------------

    async def loop_start(self, now: datetime) -> None:
        await self.thread.run(self.questions.loop_start, now)

    async def order_filled(self, trade: Trade, order: Order, now: datetime) -> None:
        await self.thread.run(self.questions.order_filled, trade, order, now)

    async def annotations(self, pair: str, rows: "DataFrame") -> list[Any]:
        """Return the marks that the strategy wants on the chart of these analysed candles."""
        if rows.empty or not is_overridden(self.setup.strategy, "plot_annotations"):
            return []
        try:
            first, last = (rows["date"].iloc[at].to_pydatetime() for at in (0, -1))
        except (KeyError, AttributeError, TypeError, ValueError):
            return []  # a strategy may have made anything of its dates
        asked = await self.thread.run(
            safe_call,
            self.setup.strategy,
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
        """Return the strategy's own entry rate, or `rate` where it has none."""
        return await self.thread.run(
            self.questions.entry_price, pair, trade, rate=rate, tag=tag, side=side, now=self.clock.now()
        )

    async def stake(self, plan: EntryPlan, proposed: float) -> float:
        """Return the stake that the strategy wants for an entry, else `proposed`; 0 for no trade."""
        return await self.thread.run(self.questions.stake, plan, proposed, self.clock.now(), least=plan.least)

    async def leverage(self, plan: EntryPlan) -> float:
        """Return the leverage that the strategy wants for an entry, between 1 and the largest."""
        return await self.thread.run(self.questions.leverage, plan, plan.price, self.clock.now())

    async def confirms_entry(self, plan: EntryPlan) -> bool:
        return await self.thread.run(
            self.questions.confirms_entry, plan, plan.wanted_amount, self.clock.now()
        )

    # -- open orders -----------------------------------------------------------------------------------

    async def times_out(self, trade: Trade, order: Order, now: datetime) -> bool:
        """Return whether the strategy wants an unfilled order cancelled."""
        return await self.thread.run(self.questions.times_out, trade, order, now)

    @property
    def adjusts_orders(self) -> bool:
        """Whether the strategy decides on the price of open orders at all."""
        return self.questions.adjusts_orders

    async def order_price(self, trade: Trade, order: Order, proposed: float, now: datetime) -> float | None:
        """Return the rate that the strategy wants an open order at; None to cancel it."""
        return await self.thread.run(self.questions.order_price, trade, order, proposed, now)

    async def position_change(
        self, trade: Trade, *, entry_rate: float, exit_rate: float, least: float | None, largest: float
    ) -> tuple[float, str | None]:
        """Return the stake to add (positive) or to take out (negative), and a tag; 0 changes nothing."""
        offer = PositionOffer(entry_rate, exit_rate, least, largest)
        return await self.thread.run(self.questions.position_change, trade, offer, self.clock.now())

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
        return self.questions.custom_stop(trade, now, after_fill=after_fill)

    def custom_exit(self, trade: Trade, now: datetime, rate: float, profit: float) -> str | bool | None:
        """Ask the strategy for an exit of its own."""
        return self.questions.custom_exit(trade, now, rate, profit)

    def custom_roi(self, trade: Trade, now: datetime, minutes: int) -> float | None:
        """Ask the strategy for the profit ratio at which to take it, where it uses that."""
        return self.questions.custom_roi(trade, now, minutes)

    def roi_reached(self, trade: Trade, now: datetime, profit: float) -> bool | None:
        """Ask a strategy that judges the profit itself whether it is enough; None where it does not."""
        return self.questions.roi_reached(trade, now, profit)

    async def exit_price(self, trade: Trade, rate: float, reason: str) -> float:
        """Return the strategy's own exit rate, or `rate` where it has none."""
        profit = trade.calc_profit_ratio(rate)
        question = self.thread.run(
            self.questions.exit_price, trade, rate=rate, profit=profit, reason=reason, now=self.clock.now()
        )
        return await self.unless_stuck(question, lambda: rate)

    async def confirms_exit(self, trade: Trade, order: OrderRequest) -> bool:
        """Return whether the strategy lets an exit order be placed; its tag is the reason of the exit."""
        asked = ExitOrder(order.order_type, order.time_in_force, order.amount, order.price, order.tag)
        question = self.thread.run(self.questions.confirms_exit, trade, asked, self.clock.now())
        return await self.unless_stuck(question, lambda: True)
