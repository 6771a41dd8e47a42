"""Run one cycle: stops, pairs, candles, analysis, open orders, exits, entries."""

import logging
from collections.abc import Awaitable
from dataclasses import dataclass

from appliance.bot.balance_history import BalanceHistory
from appliance.bot.concurrency.pair_mutexes import PairMutexes
from appliance.bot.decisions.decisions import Decisions
from appliance.bot.fiat import FiatRate
from appliance.bot.orders.placing import Orders
from appliance.bot.recovery.database_watch import DatabaseWatch
from appliance.bot.recovery.disconnect_policy import DisconnectPolicy
from appliance.bot.recovery.holdings import Holdings
from appliance.bot.recovery.precision_sync import sync_precision
from appliance.bot.recovery.rechecks import Rechecks
from appliance.bot.state.books import Books
from appliance.bot.state.clock import Clock
from appliance.bot.state.event_bus import EventBus
from appliance.bot.state.price_refresh import PresentPrices
from appliance.bot.state.setup import Setup
from appliance.bot.state.trade_isolation import TradeIsolation
from appliance.bot.state.wallets import Wallets
from appliance.bot.strategy_host.analyst import Analyst
from appliance.bot.strategy_host.callbacks import StrategyCalls
from appliance.bot.strategy_host.ports import DataAnswers
from appliance.bot.trading.entries import Entries
from appliance.bot.trading.exits import Exits
from appliance.bot.trading.open_orders import OpenOrders
from appliance.bot.trading.position_adjustment import Adjustments
from appliance.bot.trading.stop_watcher import StopWatcher
from appliance.bot.trading.stoploss_on_exchange import ExchangeStops
from appliance.bot.whitelist import Pairs
from appliance.domain.decisions.kinds import Kind
from appliance.domain.enums import State
from appliance.domain.errors import StorageError
from appliance.domain.message import MessageType
from appliance.exchange.gateway import Gateway

log = logging.getLogger(__name__)


@dataclass(kw_only=True, eq=False)
class Cycle:
    """Run the steps of a cycle in order, every few seconds."""

    setup: Setup
    clock: Clock
    books: Books
    gateway: Gateway
    wallets: Wallets
    mutexes: PairMutexes
    events: EventBus
    isolation: TradeIsolation
    pairs: Pairs
    analyst: Analyst
    calls: StrategyCalls
    orders: Orders
    open_orders: OpenOrders
    stops: ExchangeStops
    exits: Exits
    adjustments: Adjustments
    entries: Entries
    data: DataAnswers
    contact: DisconnectPolicy
    rechecks: Rechecks
    holdings: Holdings
    stop_watcher: StopWatcher
    decisions: Decisions
    database_watch: DatabaseWatch
    balance_history: BalanceHistory
    fiat: FiatRate
    prices: PresentPrices

    def __post_init__(self) -> None:
        self.whitelist: list[str] = []
        self.followed: list[str] = []
        self._markets_read_at = self.clock.monotonic()

    async def run(self, state: State) -> None:
        """Run one cycle. Paused: no entries; stopped: open orders are only followed, or cancelled.

        If markets, balance or signals are not available, open trades are still protected and there are no
        entries; then the error is raised. There are no entries either while the database cannot be written.
        """
        try:
            await self._run(state)
        except Exception as error:
            self.decisions.note_everywhere(Kind.CYCLE_FAILED, str(error) or type(error).__name__)
            raise
        finally:
            self.stop_watcher.cycle_ends()

    async def _run(self, state: State) -> None:
        with self.isolation.looking_after("the database's files"):
            await self.database_watch.check()
        await self.books.pending.retry()
        if state is State.STOPPED:
            await self._run_stopped()
            return
        trouble = await _trouble_with(self._protect_first())
        trouble = await _trouble_with(self._refresh_pairs_and_balance()) or trouble
        await self.contact.watch()
        trouble = await _trouble_with(self._analyse()) or trouble
        await self._protect()
        if trouble is not None:
            raise trouble
        self.fiat.refresh_soon()
        await self._note_balances()
        if self.books.pending.in_trouble or self.books.lost:
            why = self.books.lost or "the database cannot be written"
            self.decisions.note_everywhere(Kind.DATABASE_TROUBLE, why)
            return
        await self._grow_and_enter(state)

    async def _run_stopped(self) -> None:
        """Follow open orders, or cancel them; trades are left as they are."""
        self.decisions.note_everywhere(Kind.STOPPED)
        if self.setup.settings.cancel_open_orders_on_exit:
            await self.open_orders.cancel_all()
        if any(trade.all_open_orders for trade in self.books.trades.open.values()):
            await self.prices.of_trades()  # messages about orders contain the current price
        await self.open_orders.refresh_all()
        await self.open_orders.manage_all()
        await self.orders.dust.close_all()
        await self.rechecks.run()

    async def _grow_and_enter(self, state: State) -> None:
        """Adjust positions and enter trades, as far as the state allows."""
        if self.setup.resolved.position_adjustment_enable:
            may_grow = state if self.contact.may_enter else State.PAUSED
            await self.adjustments.adjust_where_wanted(may_grow)
        if state is not State.RUNNING:
            self.decisions.note_everywhere(Kind.PAUSED)
        elif not self.contact.may_enter:
            self.decisions.note_everywhere(*self.contact.why_not())
        elif self.setup.free_slots(len(self.books.trades.open)) < 1:
            self.entries.note_no_slot()
        else:
            await self.entries.enter_on_signals(self.whitelist)

    async def _note_balances(self) -> None:
        try:
            await self.balance_history.note_if_due()
        except StorageError as error:
            self.books.pending.failed(error)

    async def _refresh_pairs_and_balance(self) -> None:
        """Refresh markets, whitelist and balances."""
        await self._refresh_markets()
        await self.refresh_whitelist()
        await self.wallets.account.refresh()

    async def _analyse(self) -> None:
        """Fetch new candles and have the strategy analyse them."""
        watched = self._watched()
        updated = await self.analyst.refresh(watched)
        await self.calls.loop_start(self.clock.now())
        await self.analyst.analyse(watched, updated)

    async def _refresh_markets(self) -> None:
        """Fetch the exchange's markets again when that is due: pairs are listed and delisted."""
        interval = self.setup.settings.exchange.markets_refresh_interval * 60
        if self.clock.monotonic() - self._markets_read_at >= interval:
            await self.gateway.load_markets(reload=True)
            self._markets_read_at = self.clock.monotonic()
            await sync_precision(self.books, self.gateway, self.mutexes, self.isolation)

    async def _protect_first(self) -> None:
        """Take over fills and check stops first: neither waits for candles or analysis."""
        await self.open_orders.refresh_all()
        await self.stops.update_all()
        if not self.stop_watcher.runs:
            await self.stop_watcher.check_and_wait()

    async def _protect(self) -> None:
        """Manage what is open: orders, stops, exits, then liquidation and funding."""
        await self.open_orders.manage_all()
        await self.orders.dust.close_all()
        await self.stops.update_all()
        await self.exits.exit_where_due()
        self.exits.forget_closed()
        await self.rechecks.run()
        with self.isolation.looking_after("what the account holds"):
            await self.holdings.watch()
        self.orders.updates.liquidation.warn_where_near()
        await self.orders.funding.refresh_where_due()

    async def refresh_whitelist(self) -> None:
        """Run the pair lists, and emit an event when the followed pairs change."""
        whitelist = await self.pairs.refresh()
        self.pairs.report_left_out()
        if whitelist != self.whitelist:
            self.whitelist = whitelist
            self.data.whitelisted = tuple(whitelist)
            log.info("Whitelist with %d pairs: %s", len(whitelist), ", ".join(whitelist) or "none")
        followed = self._watched()
        if followed != self.followed:  # consumers of our messages expect every analysed pair as the whitelist
            self.followed = followed
            self.events.emit(MessageType.WHITELIST, data=followed)

    def _watched(self) -> list[str]:
        """Return the whitelist and the pairs of open trades that are no longer on it."""
        traded = [trade.pair for trade in self.books.trades.open.values()]
        return list(dict.fromkeys([*self.whitelist, *traded]))


async def _trouble_with(work: Awaitable[None]) -> Exception | None:
    """Return the error instead of raising it: open trades must be protected first."""
    try:
        await work
    except Exception as error:  # noqa: BLE001 - the loop reports it, once the cycle has protected what is open
        return error
    return None
