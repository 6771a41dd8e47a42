"""Create the objects that the parts share."""

from appliance.bot.concurrency.pair_mutexes import PairMutexes
from appliance.bot.concurrency.shutdown_gate import ShutdownGate
from appliance.bot.concurrency.strategy_thread import StrategyThread
from appliance.bot.decisions.decisions import Decisions
from appliance.bot.reload import LoadedStrategy
from appliance.bot.state.audit import Audit
from appliance.bot.state.book import LockBook, TradeBook
from appliance.bot.state.books import Books
from appliance.bot.state.clock import Clock
from appliance.bot.state.context import Shared
from appliance.bot.state.dry_run_account import DryRunAccount
from appliance.bot.state.event_bus import EventBus
from appliance.bot.state.exchange_account import ExchangeAccount
from appliance.bot.state.inflight import InFlightOrders
from appliance.bot.state.markets import Markets
from appliance.bot.state.notices import Notices
from appliance.bot.state.pending_writes import PendingWrites
from appliance.bot.state.prices import Prices
from appliance.bot.state.setup import Setup
from appliance.bot.state.trade_isolation import TradeIsolation
from appliance.bot.state.wallets import Account, Wallets
from appliance.domain.enums import RunMode
from appliance.exchange.gateway import Gateway
from appliance.storage.store import Store


def shared_of(found: LoadedStrategy, store: Store, gateway: Gateway, clock: Clock) -> Shared:
    """Return the objects that the parts share, with empty books."""
    settings = found.loaded.settings
    run_mode = RunMode.DRY_RUN if settings.dry_run else RunMode.LIVE
    setup = Setup(settings, found.strategy, found.resolved, run_mode)
    events, trades = EventBus(), TradeBook(clock.monotonic)
    account: Account = DryRunAccount(settings, trades)
    if not settings.dry_run:
        account = ExchangeAccount(gateway, trades, settings.stake_currency, clock.monotonic)
    return Shared(
        setup=setup,
        clock=clock,
        books=Books(trades, LockBook(), store, PendingWrites(store, events), clock),
        markets=Markets(gateway, setup),
        prices=Prices(gateway, settings, trades, clock.monotonic),
        wallets=Wallets(settings, trades, account),
        inflight=InFlightOrders(clock.monotonic, lambda: gateway.settling_seconds),
        mutexes=PairMutexes(),
        thread=StrategyThread(),
        events=events,
        isolation=TradeIsolation(events),
        notices=Notices(events),
        audit=Audit(store.audit.add, clock.now),
        gate=ShutdownGate(),
        decisions=Decisions(clock.now, lambda: setup.resolved.timeframe, lambda: setup.can_short),
    )
