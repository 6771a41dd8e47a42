"""Add to open trades and reduce them, as the strategy or a forced entry requests."""

import logging
from dataclasses import dataclass

from appliance.bot.concurrency.pair_mutexes import PairMutexes
from appliance.bot.decisions.decisions import Decisions
from appliance.bot.orders.placing import Orders
from appliance.bot.state.books import Books
from appliance.bot.state.clock import Clock
from appliance.bot.state.markets import Markets
from appliance.bot.state.prices import Prices
from appliance.bot.state.setup import Setup
from appliance.bot.state.trade_isolation import TradeIsolation
from appliance.bot.state.wallets import Wallets
from appliance.bot.strategy_host.callbacks import StrategyCalls
from appliance.bot.trading.exits import REPLACED, Exits
from appliance.bot.trading.stake_limits import StakeLimits
from appliance.bot.trading.trade_prices import TradePrices, entry_rates, exit_rates
from appliance.domain.decisions.kinds import Kind
from appliance.domain.enums import ExitType, State
from appliance.domain.market import OrderRequest
from appliance.domain.money import exact, product, quotient
from appliance.domain.trade import Trade
from appliance.rules.exits import ExitReason
from appliance.rules.pricing import within_distance
from appliance.rules.stake import allowed_stake, bought_with
from appliance.rules.trade_requests import EntryRequest, ExitRequest

log = logging.getLogger(__name__)


@dataclass(kw_only=True, eq=False)
class Adjustments:
    """Change the size of open positions."""

    setup: Setup
    clock: Clock
    books: Books
    markets: Markets
    prices: Prices
    wallets: Wallets
    mutexes: PairMutexes
    isolation: TradeIsolation
    stake_limits: StakeLimits
    calls: StrategyCalls
    orders: Orders
    exits: Exits
    decisions: Decisions

    async def adjust_where_wanted(self, state: State) -> None:
        """Ask the strategy about every open trade; an error with one does not affect the others."""
        trades = list(self.books.trades.open.values())
        known = self.prices, self.books.trades, self.clock, trades
        rates = entry_rates(*known), exit_rates(*known)
        for trade in trades:
            with self.isolation.looking_after(f"the size of the position in {trade.pair}"):
                async with self.mutexes.entering, self.mutexes.acting_on(trade.pair):
                    if self.books.trades.has(trade) and (trade.has_open_position or trade.has_open_orders):
                        await self._adjust(trade, state, *rates)

    async def _adjust(self, trade: Trade, state: State, entries: TradePrices, exits: TradePrices) -> None:
        entry_rate, exit_rate = await entries.of(trade), await exits.of(trade)
        least, largest = await self.stake_limits.of(
            trade.pair, entry_rate, stoploss=0.0, leverage=trade.leverage
        )
        available = self.wallets.get_available_stake_amount()
        stake, tag = await self.calls.position_change(
            trade, entry_rate=entry_rate, exit_rate=exit_rate, least=least, largest=min(largest, available)
        )
        if trade.changed_custom_data:
            await self.books.save(trade)
        if stake:
            self.decisions.note(trade.pair, Kind.ADJUSTMENT_WANTED, trade.id, stake, tag)
        if stake > 0 and (why := self._why_not_grown(trade, state)):
            self.decisions.note(trade.pair, Kind.NOT_ADJUSTED, trade.id, why)
        elif stake > 0:
            request = EntryRequest(
                pair=trade.pair, side=trade.trade_direction, price=entry_rate, stake=stake, tag=tag or ""
            )
            await self.add(trade, request)
        elif stake < 0 and trade.amount > 0:
            await self._reduce(trade, -stake, exit_rate, tag)

    def _why_not_grown(self, trade: Trade, state: State) -> str:
        """Return why a position may not grow now; empty if it may."""
        if state is not State.RUNNING:
            return "no entries now"
        most = self.setup.resolved.max_entry_position_adjustment
        if most < 0 or trade.nr_of_successful_entries <= most:
            return ""
        return f"max_entry_position_adjustment is {most}"

    async def add(self, trade: Trade, request: EntryRequest) -> bool:
        """Place another entry order; the caller holds `entering` and the pair. Stake and price are stated.

        Return False if the stake does not fit the limits or an equal order is open already.
        """
        await self.wallets.account.catch_up()
        stake, rate, tag = request.stake or 0.0, request.price or 0.0, request.tag
        asked = await self.calls.entry_price(trade.pair, trade, rate, tag, trade.trade_direction)
        if asked != rate:
            rate = within_distance(asked, rate, self.setup.settings.custom_price_max_distance_ratio)
        rate = trade.price_rounded(rate)
        least, largest = await self.stake_limits.of(trade.pair, rate, stoploss=0.0, leverage=trade.leverage)
        available = self.wallets.get_available_stake_amount()
        stake = allowed_stake(
            stake, least=least, largest=largest, available=available, in_trade=trade.stake_amount
        )
        amount = bought_with(stake, rate, trade.leverage, self.markets.market(trade.pair))
        if amount <= 0:
            fits = f"{least or 0:.8g} to {min(largest, available):.8g} may be added"
            self.decisions.note(trade.pair, Kind.NOT_ADJUSTED, trade.id, fits)
        if amount <= 0 or not await self._make_room(trade, rate, amount):
            return False
        wanted = OrderRequest(
            pair=trade.pair,
            side=trade.entry_side,
            order_type=request.order_type or self.setup.resolved.order_types["entry"],
            amount=amount,
            price=rate,
            leverage=trade.leverage,
            tag=tag,
            time_in_force=self.setup.resolved.order_time_in_force["entry"],
        )
        order = await self.orders.place(trade, wanted)
        if order.ft_is_open:
            await self._rebase_stop(trade)
        return True

    async def _rebase_stop(self, trade: Trade) -> None:
        """Tighten the stop to its distance from the open rate, as freqtrade does with each such order.

        An order that filled at once has done so already, and the strategy may have moved the stop since.
        """
        before = trade.stop_loss
        if trade.is_open and trade.amount > 0:
            trade.adjust_stop_loss(trade.open_rate, trade.stop_loss_pct)
        if trade.stop_loss != before:
            await self.books.save(trade)

    async def _reduce(self, trade: Trade, stake: float, rate: float, tag: str | None) -> None:
        """Sell the share of the position that `stake` is of its stake, unless the rest would be too small."""
        share = quotient(product(stake, trade.amount), exact(trade.stake_amount))
        amount = self.exits.amounts.sellable(trade, float(share))
        remaining = (trade.amount - amount) * rate
        stoploss = self.setup.resolved.stoploss
        least, _ = await self.stake_limits.of(trade.pair, rate, stoploss=stoploss, leverage=trade.leverage)
        if float(share) > trade.amount or (least is not None and 0 < remaining < least):
            log.info(
                "%s: not reducing the stake of %.8g by %.8g: the rest must be 0, or at least %.8g",
                trade.pair,
                trade.stake_amount,
                stake,
                least or 0.0,
            )
            rest = f"the rest of the stake would be {remaining:.8g}, less than {least or 0:.8g}"
            self.decisions.note(trade.pair, Kind.NOT_ADJUSTED, trade.id, rest)
            return
        reason = ExitReason(ExitType.PARTIAL_EXIT, tag or ExitType.PARTIAL_EXIT.value)
        request = ExitRequest(trade_id=str(trade.id), reason=reason, amount=amount)
        await self.exits.exit(trade, request, rate)

    async def _make_room(self, trade: Trade, rate: float, amount: float) -> bool:
        for order in sorted(trade.open_orders, key=lambda order: order.is_unresolved, reverse=True):
            if (order.ft_order_side, order.price, order.amount) == (trade.entry_side, rate, amount):
                return False
            if not await self.orders.cancel(trade, order, REPLACED, replacing=True):
                return False
        return trade.is_open
