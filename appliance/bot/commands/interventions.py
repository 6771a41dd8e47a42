"""Correct trades, orders and locks manually."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from appliance.bot.concurrency.pair_mutexes import PairMutexes
from appliance.bot.concurrency.shutdown_gate import ShutdownGate, commanded
from appliance.bot.orders.placing import Orders
from appliance.bot.recovery.holdings import Holdings
from appliance.bot.state.books import Books
from appliance.bot.state.clock import Clock
from appliance.bot.state.inflight import InFlightOrders
from appliance.bot.state.setup import Setup
from appliance.bot.state.wallets import Wallets
from appliance.domain.enums import State
from appliance.domain.errors import ExchangeError, OrderNotFound, PairNotFound, Refused
from appliance.domain.journal import journal_entry
from appliance.domain.lock import PairLock
from appliance.domain.order import Order
from appliance.domain.timeframe import next_open_ms, to_date, to_ms
from appliance.domain.trade import Trade
from appliance.exchange.gateway import Gateway
from appliance.rules.order_life import DELETED

MANUALLY = "cancelled manually"


@dataclass(kw_only=True, eq=False)
class Interventions:
    """Carry out commands on single trades, orders and locks. Refusals say why."""

    gate: ShutdownGate
    setup: Setup
    clock: Clock
    books: Books
    gateway: Gateway
    wallets: Wallets
    inflight: InFlightOrders
    mutexes: PairMutexes
    orders: Orders
    holdings: Holdings

    @commanded
    async def cancel_open_orders(self, state: State, trade_id: int) -> Trade:
        """Cancel the open orders of an open trade and return it.

        Raises `ExchangeError`; `Refused`, also if the filled part of an order would be too small to sell.
        """
        if state is State.STOPPED:
            raise Refused("the trader is not running")
        trade = self.books.trades.open.get(trade_id)
        if trade is None:
            raise Refused(f"there is no open trade with id {trade_id}")
        if not trade.has_open_orders:
            raise Refused(f"trade {trade_id} has no open order")
        async with self.mutexes.acting_on(trade.pair):
            for order in trade.open_orders if self.books.trades.has(trade) else ():
                await self.orders.refresh(trade, order)  # its fills decide whether it may be cancelled
                if order.ft_is_open and not await self.orders.cancel(trade, order, MANUALLY):
                    raise ExchangeError(
                        f"order {order.order_id} of {trade.pair} could not be cancelled: "
                        "it is still open, or its state is unknown"
                    )
            if self.books.trades.has(trade):
                await self.orders.dust.close_dust(trade)
        return trade

    @commanded
    async def delete_trade(self, trade_id: int) -> int:
        """Remove a trade from the books; from then on its position on the exchange belongs to the user.

        Its open orders are cancelled first; returns how many. Raises `Refused` if there is no such trade, or
        while one of its orders is unresolved: it would be lost with the trade; `ExchangeError` if one cannot
        be cancelled.
        """
        async with self.mutexes.acting_on((await self._trade(trade_id)).pair):
            trade = await self._trade(trade_id)  # again: it may have been closed while this waited
            if any(order.is_unresolved for order in trade.all_open_orders):
                raise Refused(f"an order of trade {trade_id} is not resolved yet: resolve it first")
            cancelled = 0
            for order in trade.all_open_orders:
                cancelled += await self._cancel_for_good(trade, order)
            lines = [journal_entry(o, self.clock.now(), DELETED) for o in trade.orders if o.client_order_id]
            self.wallets.account.outdated()
            await self.books.forget(trade, *self.inflight.record(lines))
        return cancelled

    async def _cancel_for_good(self, trade: Trade, order: Order) -> bool:
        """Cancel an order whose trade is being deleted; return whether there was something to cancel."""
        try:
            seen = await self.gateway.cancel_order(order.order_id, trade.pair)
        except (OrderNotFound, PairNotFound):  # gone already, or delisted with its pair
            order.ft_is_open, order.status = False, "canceled"
            return False
        order.apply(seen, self.clock.now())
        if order.ft_is_open:
            raise ExchangeError(f"order {order.order_id} of {trade.pair} could not be cancelled")
        return True

    async def _trade(self, trade_id: int) -> Trade:
        here = self.books.trades.open.get(trade_id) or self.books.pending.trade(trade_id)
        trade = here or await self.books.store.trade(trade_id)
        if trade is None:
            raise Refused(f"there is no trade with id {trade_id}")
        return trade

    @commanded
    async def reload_trade(self, trade_id: int) -> None:
        """Refresh a trade's orders from the exchange, and look for manual sales of its position.

        Raises `Refused` if there is no such trade, `ExchangeError`.
        """
        async with self.mutexes.acting_on((await self._trade(trade_id)).pair):
            trade = await self._trade(trade_id)
            for order in trade.all_open_orders:
                await self.orders.refresh(trade, order)
            await self.holdings.reconcile_trade(trade)

    @commanded
    async def add_lock(self, pair: str, until: datetime, side: str, reason: str | None) -> PairLock:
        """Lock a pair, or "*" for all, until the candle that contains `until` has ended.

        An active lock with the same side, end and reason is returned instead of a second one.
        """
        end = to_date(next_open_ms(self.setup.resolved.timeframe, to_ms(until)))
        wanted = (pair, side, reason, end)
        for lock in self.books.locks.active(self.clock.now()):
            if (lock.pair, lock.side, lock.reason, lock.lock_end_time) == wanted:
                return lock
        lock = await self.books.lock_pair(pair, end, reason=reason, side=side)
        if not lock.id:
            raise Refused(f"{pair} is locked for now, but the lock could not be saved: see the log")
        return lock

    @commanded
    async def delete_locks(self, *, lock_id: int | None = None, pair: str | None = None) -> None:
        """Lift the lock with this id, or all locks of a pair; a lock that does not exist is no error."""
        for lock in self._chosen(lock_id, pair):
            lock.lock_end_time = self.clock.now()
            await self.books.release(lock)

    def _chosen(self, lock_id: int | None, pair: str | None) -> Sequence[PairLock]:
        active = self.books.locks.active(self.clock.now())
        return [lock for lock in active if lock.id == lock_id or (pair is not None and lock.pair == pair)]
