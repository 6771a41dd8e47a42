"""Hold what the parts of the bot share; the wiring gives each part only the objects that it needs."""

from dataclasses import dataclass

from appliance.bot.concurrency.pair_mutexes import PairMutexes
from appliance.bot.concurrency.shutdown_gate import ShutdownGate
from appliance.bot.concurrency.strategy_thread import StrategyThread
from appliance.bot.decisions.decisions import Decisions
from appliance.bot.state.audit import Audit
from appliance.bot.state.books import Books
from appliance.bot.state.clock import Clock
from appliance.bot.state.dry_run_account import DryRunAccount
from appliance.bot.state.event_bus import EventBus
from appliance.bot.state.inflight import InFlightOrders
from appliance.bot.state.markets import Markets
from appliance.bot.state.notices import Notices
from appliance.bot.state.prices import Prices
from appliance.bot.state.setup import Setup
from appliance.bot.state.trade_isolation import TradeIsolation
from appliance.bot.state.wallets import Wallets
from appliance.config.settings import Settings
from appliance.strategy.interface import IStrategy
from appliance.strategy.loading.resolve import ResolvedStrategy


@dataclass(frozen=True, kw_only=True)
class Shared:
    """Hold the shared objects, for assembly, reload and the bot itself; no other part receives them all."""

    setup: Setup
    clock: Clock
    books: Books
    markets: Markets
    prices: Prices
    wallets: Wallets
    inflight: InFlightOrders
    mutexes: PairMutexes
    thread: StrategyThread
    events: EventBus
    isolation: TradeIsolation
    notices: Notices
    audit: Audit
    gate: ShutdownGate
    decisions: Decisions

    def apply(self, settings: Settings, strategy: IStrategy, resolved: ResolvedStrategy) -> None:
        """Replace settings and strategy."""
        setup = self.setup
        setup.settings, setup.strategy, setup.resolved = settings, strategy, resolved
        self.wallets.settings = settings
        if isinstance(self.wallets.account, DryRunAccount):
            self.wallets.account.settings = settings
        self.prices.settings = settings
