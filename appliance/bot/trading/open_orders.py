"""Follow unfilled orders: apply fills, cancel orders that time out, re-price them as the strategy wants."""

import logging
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta

from appliance.bot.concurrency.pair_mutexes import PairMutexes
from appliance.bot.concurrency.side_by_side import side_by_side
from appliance.bot.orders.empty_trades import remove_empty_trades
from appliance.bot.orders.placing import Orders
from appliance.bot.state.books import Books
from appliance.bot.state.clock import Clock
from appliance.bot.state.markets import Markets
from appliance.bot.state.prices import Prices
from appliance.bot.state.setup import Setup
from appliance.bot.state.trade_isolation import TradeIsolation
from appliance.bot.state.wallets import Wallets
from appliance.bot.strategy_host.analyst import Analyst
from appliance.bot.strategy_host.callbacks import StrategyCalls
from appliance.bot.trading.exits import REPLACED, Exits
from appliance.bot.trading.stake_limits import StakeLimits
from appliance.domain.enums import ExitType, RunMode
from appliance.domain.errors import ExchangeError, InvalidOrder
from appliance.domain.market import ExchangeOrder, OrderRequest
from appliance.domain.order import Order
from appliance.domain.trade import Trade
from appliance.rules.exits import ExitReason
from appliance.rules.stake import allowed_stake, bought_with
from appliance.rules.timeouts import timed_out
from appliance.rules.trade_requests import ExitRequest

log = logging.getLogger(__name__)

TIMED_OUT = "not filled in time"
AT_THE_END = "cancelled when the bot was stopped"
BY_STRATEGY = "cancelled by the strategy"
LISTED_FROM = 15
"""From this number of open orders on, one list of all costs less of the rate limit than one request each."""


@dataclass(kw_only=True, eq=False)
class OpenOrders:
    """Manage the open orders of all trades."""

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
    analyst: Analyst

    async def refresh_all(self) -> None:
        """Refresh every open order once; an error with one does not affect the others.

        If there are many, their list is fetched first, and then only those that differ.
        """
        await remove_empty_trades(self.books, self.mutexes)
        unchanged = await self._unchanged()

        async def refresh(trade: Trade) -> None:
            for order in trade.all_open_orders:
                with self.isolation.looking_after(f"order {order.order_id} of {trade.pair}"):
                    async with self.mutexes.acting_on(trade.pair):
                        if self._is_open(trade, order) and order.order_id not in unchanged:
                            await self.orders.refresh(trade, order)

        await side_by_side(refresh, [trade for trade in self._all if trade.all_open_orders])

    async def manage_all(self) -> None:
        """Decide on every unfilled order; an error with one does not affect the others."""

        async def manage(trade: Trade) -> None:
            for order in trade.open_orders:
                with self.isolation.looking_after(f"order {order.order_id} of {trade.pair}"):
                    await self._manage(trade, order)

        await side_by_side(manage, [trade for trade in self._all if trade.has_open_orders])

    @property
    def _all(self) -> list[Trade]:
        return list(self.books.trades.open.values())

    async def _unchanged(self) -> set[str]:
        """Return the ids of orders whose state in the exchange's list equals the books."""
        orders = {order.order_id: order for trade in self._all for order in trade.all_open_orders}
        if self.setup.run_mode is not RunMode.LIVE or len(orders) < LISTED_FROM:
            return set()
        try:
            listed = await self.markets.gateway.fetch_open_orders()
        except ExchangeError as error:
            log.info("Orders are fetched one by one: %s", error)
            return set()
        return {seen.id for seen in listed if seen.id in orders and _is_unchanged(orders[seen.id], seen)}

    async def cancel_all(self) -> None:
        """Cancel every unfilled entry and exit, because the bot stops. Stop orders stay."""
        for trade in list(self.books.trades.open.values()):
            for order in trade.open_orders:
                with self.isolation.looking_after(
                    f"order {order.order_id} of {trade.pair}, which stays open"
                ):
                    async with self.mutexes.acting_on(trade.pair):
                        is_open = order.ft_is_open and self.books.trades.has(trade)
                        if is_open and not await self._must_stay(trade, order):
                            await self.orders.cancel(trade, order, AT_THE_END)

    async def _manage(self, trade: Trade, order: Order) -> None:
        async with self.mutexes.acting_on(trade.pair):
            if not self._is_open(trade, order) or not await self._may_wait(trade, order):
                return
        if not self.calls.adjusts_orders:
            return
        # Replacing an entry decides on a stake.
        deciding = self.mutexes.entering if order.ft_order_side == trade.entry_side else nullcontext()
        async with deciding, self.mutexes.acting_on(trade.pair):
            if self._is_open(trade, order) and not order.is_unresolved:
                await self._move(trade, order, self.clock.now())

    def _is_open(self, trade: Trade, order: Order) -> bool:
        return order.ft_is_open and self.books.trades.has(trade)

    async def _may_wait(self, trade: Trade, order: Order) -> bool:
        """Return whether an order may continue to wait for fills; cancel it if not."""
        if order.is_unresolved:
            return False
        if await self._waited_too_long(trade, order, self.clock.now()):
            await self._give_up(trade, order, TIMED_OUT)
            return False
        return True

    async def _waited_too_long(self, trade: Trade, order: Order, now: datetime) -> bool:
        timeouts = self.setup.unfilled_timeout
        entering = order.ft_order_side == trade.entry_side
        if timed_out(order, now, timeouts.entry if entering else timeouts.exit, timeouts.unit):
            return True
        return await self.calls.times_out(trade, order, now)

    async def _give_up(self, trade: Trade, order: Order, reason: str) -> None:
        """Cancel an order; after `exit_timeout_count` cancelled exits, do an emergency exit."""
        if await self._must_stay(trade, order):
            return
        left = order.safe_remaining
        await self.orders.cancel(trade, order, reason)
        limit = self.setup.unfilled_timeout.exit_timeout_count
        exiting = trade.is_open and order.ft_order_side == trade.exit_side and order.status != "closed"
        if not exiting or not limit or trade.canceled_exit_order_count < limit:
            return
        log.warning("Emergency exit of %s: its exit did not fill %d times", trade.pair, limit)
        rate = await self.prices.exit_rate(trade.pair, short=trade.is_short)
        request = ExitRequest(
            trade_id=str(trade.id),
            reason=ExitReason(ExitType.EMERGENCY_EXIT, ExitType.EMERGENCY_EXIT.value),
            amount=left if left < trade.amount else None,
        )
        await self.exits.exit(trade, request, rate)

    async def _must_stay(self, trade: Trade, order: Order) -> bool:
        """Return whether cancelling would leave a position that is too small to sell."""
        why = await self.orders.dust.stranded_by(trade, order)
        if why is not None:
            log.info("Not cancelled: %s", why)
        return why is not None

    async def _move(self, trade: Trade, order: Order, now: datetime) -> None:
        """Let the strategy re-price an order that was placed before the newest candle closed."""
        signal = self.analyst.signal(trade.pair)
        if signal is not None:  # without an analysis, the strategy is asked anyway
            closed = signal.candle_date + timedelta(seconds=self.analyst.timeframe_seconds)
            if order.order_date >= closed:
                return
        entering = order.ft_order_side == trade.entry_side
        ask = self.prices.entry_rate if entering else self.prices.exit_rate
        proposed = await ask(trade.pair, short=trade.is_short)
        wanted = await self.calls.order_price(trade, order, proposed, now)
        if wanted is None:
            await self._give_up(trade, order, BY_STRATEGY)
        elif wanted != order.safe_placement_price and not await self._must_stay(trade, order):
            await self._replace(trade, order, trade.price_rounded(wanted), entering=entering)

    async def _replace(self, trade: Trade, order: Order, rate: float, *, entering: bool) -> None:
        """Replace the unfilled part of an order at another rate: an entry's stake, an exit's amount."""
        placed_at = order.safe_placement_price
        if not await self.orders.cancel(trade, order, REPLACED, replacing=True) or order.status == "closed":
            return
        left = order.safe_remaining  # it may have filled further while it was cancelled
        try:
            if entering:
                await self._enter_again(trade, order, left * placed_at / trade.leverage, rate)
            else:
                reason = ExitReason(ExitType.CUSTOM_EXIT, order.ft_order_tag or ExitType.CUSTOM_EXIT.value)
                request = ExitRequest(trade_id=str(trade.id), reason=reason, amount=left, order_type="limit")
                await self.exits.exit(trade, request, rate)
        except InvalidOrder as error:
            log.warning("Could not replace an order of %s: %s", trade.pair, error)

    async def _enter_again(self, trade: Trade, order: Order, stake: float, rate: float) -> None:
        """Place an entry of `stake` at `rate`, within the current limits.

        If nothing fits, an order of amount 0 is refused, and an unfilled trade is removed with it.
        """
        await self.wallets.account.catch_up()
        unfilled = trade.nr_of_successful_entries == 0
        least, largest = await self.stake_limits.of(
            trade.pair,
            rate,
            stoploss=self.setup.resolved.stoploss if unfilled else 0.0,
            leverage=trade.leverage,
        )
        # The stake of a trade without a position is that of this order.
        available = self.wallets.get_available_stake_amount() + (trade.stake_amount if unfilled else 0.0)
        stake = allowed_stake(
            stake,
            least=least,
            largest=largest,
            available=available,
            in_trade=None if unfilled else trade.stake_amount,
        )
        request = OrderRequest(
            pair=trade.pair,
            side=trade.entry_side,
            order_type=self.setup.resolved.order_types["entry"],
            amount=bought_with(stake, rate, trade.leverage, self.markets.market(trade.pair)),
            price=rate,
            leverage=trade.leverage,
            tag=order.ft_order_tag,
            time_in_force=self.setup.resolved.order_time_in_force["entry"],
        )
        await self.orders.place(trade, request)


def _is_unchanged(order: Order, seen: ExchangeOrder) -> bool:
    return seen.is_open and seen.filled == order.safe_filled and not order.is_unresolved
