"""Reconcile the books with the exchange before the first decision.

Orders and fills are compared for every pair of the database, the account or its open orders; balances only
show differences that no order explains.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from appliance.bot.concurrency.pair_mutexes import PairMutexes
from appliance.bot.concurrency.side_by_side import side_by_side
from appliance.bot.orders.empty_trades import remove_empty_trades
from appliance.bot.orders.fault_points import passing
from appliance.bot.orders.placing import Orders
from appliance.bot.recovery.adoption import Adoption
from appliance.bot.recovery.holdings import Holdings
from appliance.bot.recovery.shared_account import OtherDatabases
from appliance.bot.state.books import Books
from appliance.bot.state.clock import Clock
from appliance.bot.state.event_bus import EventBus
from appliance.bot.state.inflight import InFlightOrders
from appliance.bot.state.setup import Setup
from appliance.bot.state.wallets import Wallets
from appliance.domain.errors import ExchangeError, TemporaryExchangeError
from appliance.domain.journal import JournalEntry
from appliance.domain.market import ExchangeOrder
from appliance.domain.order_state import UNRESOLVED, OrderState
from appliance.domain.timeframe import to_ms
from appliance.domain.trade import Trade
from appliance.exchange.gateway import Gateway
from appliance.rules.order_life import LONGEST_CHECK

log = logging.getLogger(__name__)

LOOKED_BACK = timedelta(days=3)
"""How far back orders are compared at least: for late reports and orders that were never found."""
TRADED_LATELY = timedelta(days=30)
"""How recently a pair must have been traded to be compared, if it is in neither account nor open trades."""
MARGIN = timedelta(hours=1)
"""Clocks differ, sometimes by an hour."""


@dataclass(kw_only=True, eq=False)
class Reconciliation:
    """Update the books from the exchange, adopt orders of ours, report what is unclear.

    Orders of the user and of other bots are left alone. All methods raise `ExchangeError` while the exchange
    does not answer: nothing is decided on incomplete data. An order about which it will never report (its
    pair was delisted, for example) affects its own trade only: the others must be protected.
    """

    setup: Setup
    clock: Clock
    books: Books
    gateway: Gateway
    wallets: Wallets
    inflight: InFlightOrders
    mutexes: PairMutexes
    events: EventBus
    orders: Orders
    adoption: Adoption
    holdings: Holdings
    others: OtherDatabases

    async def at_start(self, pairs: Sequence[str]) -> None:
        """Compare everything before the first decision; report holdings beyond the trades for `pairs`."""
        passing("reconcile.begun")
        since = await self._since()
        await self.load_inflight(since)
        await side_by_side(self._refresh, list(self.books.trades.open.values()))
        await remove_empty_trades(self.books, self.mutexes)
        await self._resolve_orphans()
        open_orders = await self.gateway.fetch_open_orders()
        await self.wallets.account.refresh()
        await side_by_side(lambda pair: self._compare(pair, since), await self._pairs(open_orders))
        for seen in open_orders:
            self.others.note(seen)
        for seen in open_orders:  # after the comparison, which books what they sell
            with self._concerning(seen.id, seen.pair):
                await self.adoption.reconcile(seen)
        await self.wallets.account.catch_up()
        await self.holdings.begin(pairs)

    async def _refresh(self, trade: Trade) -> None:
        """Refresh the open orders of a trade."""
        for order in trade.all_open_orders:
            with self._concerning(order.order_id, trade.pair):
                if order.ft_is_open:
                    await self.orders.refresh(trade, order)

    async def in_dry_run(self) -> None:
        """Resolve what was in flight when the program ended: the dry-run exchange ended with it."""
        await self.load_inflight(await self._since())
        await self._resolve_orphans()

    async def load_inflight(self, since: datetime) -> None:
        """Load from the journal what was in flight when the program ended, however long ago that was.

        Orders placed `since` then are compared in lists; older ones that were still to be rechecked when the
        program ended are fetched one by one.
        """
        now = self.clock.now()
        changed = min(await self.books.store.journal.last_change() or now, now)
        checked_from = changed - timedelta(seconds=LONGEST_CHECK)
        lines = await self.books.store.journal.since(min(now - LOOKED_BACK, checked_from))
        missed = {
            line.client_order_id
            for line in lines
            if line.created_at < since
            and line.updated_at >= checked_from
            and line.state is not OrderState.FILLED
        }
        self.inflight.load(lines, now, missed)

    async def _since(self) -> datetime:
        """Return from when on orders are compared: the database may be older than the exchange's data."""
        newest = await self.books.store.journal.newest_order()
        lately = self.clock.now() - LOOKED_BACK
        return (min(newest, lately) if newest else lately) - MARGIN

    async def _pairs(self, open_orders: Sequence[ExchangeOrder]) -> list[str]:
        """Return every pair of the database, the account or its open orders, open trades first."""
        markets = self.gateway.markets
        stake = self.setup.settings.stake_currency
        held = [f"{currency}/{stake}" for currency in self.wallets.get_all_balances() if currency != stake]
        named = [
            *(trade.pair for trade in self.books.trades.open.values()),
            *(seen.pair for seen in open_orders),
            *held,
            *await self.books.store.journal.traded_pairs(self.clock.now() - TRADED_LATELY),
        ]
        return [pair for pair in dict.fromkeys(named) if pair in markets and markets[pair].spot]

    async def _compare(self, pair: str, since: datetime) -> None:
        """Compare the orders of a pair and their fills with the books."""
        try:
            listed = await self.gateway.fetch_orders_since(pair, to_ms(since))
        except TemporaryExchangeError:
            raise
        except ExchangeError as error:
            log.warning("Orders of %s cannot be compared with the exchange: %s", pair, error)
            return
        for seen in listed:
            self.others.note(seen)
            with self._concerning(seen.id, pair):
                await self.adoption.reconcile(seen)

    async def _resolve_orphans(self) -> None:
        """Resolve orders that are unresolved in the journal and belong to no open trade."""
        open_ids = {
            o.client_order_id for trade in self.books.trades.open.values() for o in trade.all_open_orders
        }
        for line in self.inflight.unresolved():
            if line.client_order_id in open_ids or line.pair not in self.gateway.markets:
                continue
            with self._concerning(line.client_order_id, line.pair):
                await self._resolve_orphan(line)

    async def _resolve_orphan(self, line: JournalEntry) -> None:
        found = await self.gateway.find_order(line.client_order_id, line.pair, to_ms(line.created_at))
        if found is not None:
            await self.adoption.adopt_found(found)
        elif line.state in UNRESOLVED:  # it is rechecked once before it is given up
            self.inflight.ask_again(line, self.gateway.settling_seconds)

    @contextmanager
    def _concerning(self, order_id: str, pair: str) -> Iterator[None]:
        """Report an error with one order and go on, unless trying again may help."""
        try:
            yield
        except TemporaryExchangeError:
            raise
        except ExchangeError as error:
            self.events.warn(f"The outcome of order {order_id} of {pair} is unknown: {error}")
