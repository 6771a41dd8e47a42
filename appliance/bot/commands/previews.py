"""Tell what a forced entry or exit would do, before it is commanded. Nothing is changed, no strategy asked.

Money in stake currency, rates in quote currency, amounts in base currency, ratios 0.01 for one percent.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import msgspec

from appliance.bot.commands.commands import Commands
from appliance.bot.state.book import LockBook
from appliance.bot.state.clock import Clock
from appliance.domain.enums import State
from appliance.domain.errors import ExchangeError, Refused
from appliance.domain.trade import Trade
from appliance.rules.entry_plan import EntryPlan
from appliance.rules.previews import (
    MUCH,
    EntryPreview,
    ExitPreview,
    entry_preview,
    exit_preview,
    limit_warnings,
    too_small,
)
from appliance.rules.trade_requests import EntryRequest, ExitRequest
from appliance.strategy.safe_call import is_overridden

RATE_SECONDS = 3.0
"""How long a fetched rate serves the next previews: who types asks often."""
_ON_ENTRY = {
    "custom_entry_price": "the rate",
    "custom_stake_amount": "the stake",
    "leverage": "the leverage",
}


@dataclass(kw_only=True, eq=False)
class Previews:
    """Tell what commands would do."""

    commands: Commands
    locks: LockBook
    clock: Clock
    monotonic: Callable[[], float] = time.monotonic
    _rates: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)

    async def entry(self, state: State, request: EntryRequest) -> EntryPreview:
        """Return what `Commands.force_enter` would do."""
        commands = self.commands
        try:
            commands.check_entry(state, request)
            commands.check_price(commands.markets.market(request.pair), request.price)
            present = await self._entry_rate(request)
            plan = await commands.entries.plan_unasked(
                self._completed(request), present or request.price or 0.0
            )
        except (Refused, ExchangeError) as error:
            return EntryPreview(refusal=str(error))
        return self._of_entry(request, plan, present)

    def _completed(self, request: EntryRequest) -> EntryRequest:
        """Return what is really ordered: what is added to a trade has its side and leverage."""
        kind = request.order_type or self.commands.forced_order_type()
        already = self.commands.trades.of_pair(request.pair)
        if already is None:
            return msgspec.structs.replace(request, order_type=kind)
        side, leverage = already.trade_direction, already.leverage
        return msgspec.structs.replace(request, order_type=kind, side=side, leverage=leverage)

    def _of_entry(self, request: EntryRequest, plan: EntryPlan, present: float | None) -> EntryPreview:
        commands = self.commands
        setup, markets = commands.setup, commands.markets
        trade = commands.entries.new_trade(plan, markets.market(plan.pair))
        trade.fee_open = markets.fee(plan.pair, maker=plan.order_type == "limit")
        trade.fee_close = markets.fee(plan.pair)
        trade.adjust_stop_loss(plan.price, setup.resolved.stoploss, initial=True)
        already = commands.trades.of_pair(plan.pair)
        shown = entry_preview(
            plan,
            trade,
            (already.stop_loss if already else 0.0) or trade.stop_loss,
            present=present,
            capital=commands.wallets.get_total_stake_amount(),
            adds_to=already.id if already else None,
            open_trades=len(commands.trades.open),
            most=setup.max_open_trades,
        )
        return msgspec.structs.replace(
            shown,
            refusal=self._no_room(request, already) or too_small(plan),
            warnings=tuple(self._entry_warnings(request, shown, plan)),
        )

    def _no_room(self, request: EntryRequest, already: Trade | None) -> str:
        """Say why no trade can be opened or added to; empty if one can."""
        setup = self.commands.setup
        if already is None:
            full = setup.free_slots(len(self.commands.trades.open)) < 1
            return "the maximum number of open trades is reached" if full else ""
        name = f"trade {already.id} in {already.pair}"
        if not setup.resolved.position_adjustment_enable:
            return f"{name} is open already, and the strategy does not add to positions"
        if already.has_open_orders:
            return f"{name} has an open order"
        return ""

    def _entry_warnings(self, request: EntryRequest, shown: EntryPreview, plan: EntryPlan) -> list[str]:
        strategy, found = self.commands.setup.strategy, []
        if request.stake and plan.stake and abs(plan.stake / request.stake - 1) > 1e-9:
            found.append(f"The stake becomes {plan.stake:.8g}, by the limits of exchange and balance.")
        if request.leverage and plan.leverage != request.leverage:
            by = "as that of the trade" if shown.adds_to else "by the limits of the exchange"
            found.append(f"The leverage becomes {plan.leverage:g}, {by}.")
        if request.side != plan.side:
            found.append(f"It is added to trade {shown.adds_to}, which is {plan.side}.")
        if plan.order_type == "limit" and request.price and shown.distance is not None:
            found += limit_warnings(shown.distance, buys=not plan.is_short)
        if shown.present is None:
            found.append("The exchange does not answer: the present rate is not known.")
        asked = [what for name, what in _ON_ENTRY.items() if self._asks(name, request)]
        if asked:
            found.append(f"The strategy may still change {' and '.join(asked)} when the order is sent.")
        if is_overridden(strategy, "confirm_trade_entry"):
            found.append("The strategy is asked to confirm the entry, and may refuse it.")
        if (lock := self.locks.holding(plan.pair, plan.side, self.clock.now())) is not None:
            reason = f" ({lock.reason})" if lock.reason else ""
            until = f"{lock.lock_end_time:%Y-%m-%d %H:%M} UTC"
            found.append(f"{plan.pair} is locked until {until}{reason}; this entry is made all the same.")
        if shown.loss < -MUCH * shown.capital:
            found.append(f"The stop risks more than {MUCH * 100:g} % of all that the bot may use.")
        return found

    def _asks(self, callback: str, request: EntryRequest) -> bool:
        if callback == "leverage" and (request.leverage or self.commands.markets.futures is None):
            return False
        return is_overridden(self.commands.setup.strategy, callback)

    async def exit(self, state: State, trade: Trade, request: ExitRequest) -> ExitPreview:
        """Return what `Commands.force_exit` would do with a trade."""
        commands = self.commands
        if not trade.is_open or state is State.STOPPED:
            why = "the trader is not running" if trade.is_open else f"trade {trade.id} is closed"
            return ExitPreview(refusal=why)
        kind = request.order_type or commands.exits.order_type(request.reason)
        present = await self._exit_rate(trade)
        try:
            commands.check_price(commands.markets.market_of(trade), request.price)
            part = commands.part_of(trade, request.amount)
            if part is not None:
                commands.check_partial(trade, part, present or request.price)
            selling = commands.exits.amounts.sellable(trade, part) if trade.amount else 0.0
        except (Refused, ExchangeError) as error:
            return ExitPreview(refusal=str(error), order_type=kind)
        rate = (request.price if kind == "limit" else None) or present
        shown = exit_preview(trade, kind, selling, rate, present=present)
        warnings = self._exit_warnings(trade, request, shown)
        return msgspec.structs.replace(shown, warnings=tuple(warnings))

    def _exit_warnings(self, trade: Trade, request: ExitRequest, shown: ExitPreview) -> list[str]:
        strategy, found = self.commands.setup.strategy, []
        if number := len(trade.all_open_orders):
            are = "Its open order is" if number == 1 else f"Its {number} open orders are"
            found.append(f"{are} cancelled first.")
        if shown.order_type == "limit" and request.price and shown.distance is not None:
            found += limit_warnings(shown.distance, buys=trade.is_short)
        if shown.order_type == "limit" and not request.price and is_overridden(strategy, "custom_exit_price"):
            found.append("The strategy may still change the rate when the order is sent.")
        if request.amount is None and is_overridden(strategy, "confirm_trade_exit"):
            found.append("The strategy is asked to confirm the exit, and may refuse it.")
        if shown.present is None:
            found.append("The present rate is not known, so what this makes cannot be told.")
        return found

    async def _entry_rate(self, request: EntryRequest) -> float | None:
        """Return the present entry rate; None if it is unknown and the request has its own."""
        prices, short = self.commands.prices, request.is_short
        try:
            return await self._recent(
                request.pair, f"entry {request.side}", lambda: prices.entry_rate(request.pair, short=short)
            )
        except ExchangeError:
            if not request.price:
                raise
            return None

    async def _exit_rate(self, trade: Trade) -> float | None:
        """Return the present exit rate; None if it is unknown."""
        prices = self.commands.prices
        try:
            return await self._recent(
                trade.pair, "exit", lambda: prices.exit_rate(trade.pair, short=trade.is_short)
            )
        except ExchangeError:
            return prices.recent(trade.pair)

    async def _recent(self, pair: str, what: str, fetch: Callable[[], Awaitable[float]]) -> float:
        """Return the rate fetched a moment ago, else fetch it."""
        now = self.monotonic()
        self._rates = {key: value for key, value in self._rates.items() if now - value[0] < RATE_SECONDS}
        if (pair, what) not in self._rates:
            self._rates[pair, what] = (now, await fetch())
        return self._rates[pair, what][1]
