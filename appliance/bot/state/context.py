"""Hold what every part of the bot works with. A reload replaces settings and strategy; the rest stays."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from appliance.bot.state.audit import Audit
from appliance.bot.state.book import LockBook, TradeBook
from appliance.bot.state.dry_run_account import PlayMoney
from appliance.bot.state.event_bus import EventBus
from appliance.bot.state.inflight import InFlightOrders
from appliance.bot.state.notices import Notices
from appliance.bot.state.pair_mutexes import PairLocks
from appliance.bot.state.pending_writes import PendingWrites
from appliance.bot.state.prices import Rates
from appliance.bot.state.strategy_thread import StrategyThread
from appliance.bot.state.trade_isolation import TradeIsolation
from appliance.bot.state.wallets import Wallets
from appliance.config.settings import Settings, UnfilledTimeout
from appliance.domain.enums import PrecisionMode, RunMode, TradingMode
from appliance.domain.errors import PairNotFound
from appliance.domain.journal import JournalEntry
from appliance.domain.lock import PairLock
from appliance.domain.market import Market
from appliance.domain.trade import Trade
from appliance.exchange.gateway import FuturesData, Gateway
from appliance.storage.store import Store
from appliance.strategy.interface import IStrategy
from appliance.strategy.loading.resolve import ResolvedStrategy


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Trading:
    """Hold settings, strategy, exchange, store and books together.

    `now` is the time of day (UTC), `ticks` counts seconds whatever happens to that. `order_mark` is in the
    client ids of all orders of this bot. `findings` has what the start found on the exchange, for people.
    `closing`: the program ends, and no command is carried out any more. `lost` says what became of the
    database under the running bot: then nothing is entered until the next start.

    Locks, always taken in this order: `entering` is held by whoever decides stakes (entries, additions), so
    that no money is spent twice; then `acting_on` a pair by whoever changes its trade, one pair at a time.
    Exits and stops take the pair's alone. `pair_locks.standstill` is taken by who holds neither.
    """

    settings: Settings
    strategy: IStrategy
    resolved: ResolvedStrategy
    gateway: Gateway
    store: Store
    book: TradeBook
    locks: LockBook
    wallets: Wallets
    rates: Rates
    announcer: EventBus
    thread: StrategyThread
    run_mode: RunMode = RunMode.DRY_RUN
    now: Callable[[], datetime] = utc_now
    ticks: Callable[[], float] = time.monotonic
    entering: asyncio.Lock = field(default_factory=asyncio.Lock)
    pair_locks: PairLocks = field(default_factory=PairLocks)
    order_mark: str = ""
    findings: list[str] = field(default_factory=list)
    closing: bool = False
    lost: str = ""
    unsaved: PendingWrites = field(init=False)
    inflight: InFlightOrders = field(init=False)
    apart: TradeIsolation = field(init=False)
    audit: Audit = field(init=False)
    notices: Notices = field(init=False)

    def __post_init__(self) -> None:
        self.unsaved = PendingWrites(self.store, self.announcer)
        self.inflight = InFlightOrders(lambda: self.ticks(), lambda: self.gateway.settling_seconds)
        self.apart = TradeIsolation(self.announcer)
        self.notices = Notices(self.announcer)
        self.audit = Audit(self.store.audit.add, lambda: self.now())

    def acting_on(self, pair: str) -> AbstractAsyncContextManager[None]:
        """Hold what allows to change the trade of `pair`; others wait for it, other pairs do not."""
        return self.pair_locks.of(pair)

    @property
    def max_open_trades(self) -> float:
        return self.resolved.max_open_trades

    @property
    def gateway_futures(self) -> FuturesData | None:
        """What futures markets can be asked besides; None where spot markets are traded."""
        return self.gateway.futures if self.settings.trading_mode is TradingMode.FUTURES else None

    @property
    def is_played(self) -> bool:
        """Whether orders are matched here, with play money (dry-run)."""
        return self.run_mode is not RunMode.LIVE

    def market(self, pair: str) -> Market:
        """Return the market of a pair. Raises `PairNotFound` where the exchange has it no more."""
        found = self.gateway.markets.get(pair)
        if found is None:
            raise PairNotFound(f"{self.gateway.name} has no pair {pair}")
        return found

    def market_of(self, trade: Trade) -> Market:
        """Return the market of a trade; where the exchange has it no more, what the trade knows of it."""
        return self.gateway.markets.get(trade.pair) or Market(
            pair=trade.pair,
            base=trade.safe_base_currency,
            quote=trade.safe_quote_currency,
            active=False,
            amount_precision=trade.amount_precision,
            price_precision=trade.price_precision,
            precision_mode=PrecisionMode(trade.precision_mode),
            contract_size=trade.contract_size,
        )

    @property
    def unfilled_timeout(self) -> UnfilledTimeout:
        """How long orders may wait, as configuration or strategy have it."""
        return msgspec.convert(self.resolved.unfilledtimeout, UnfilledTimeout)

    @property
    def free_slots(self) -> float:
        """How many more trades may be opened."""
        return max(self.max_open_trades - len(self.book.open), 0)

    def adopt(self, settings: Settings, strategy: IStrategy, resolved: ResolvedStrategy) -> None:
        """Go on with other settings and another strategy."""
        self.settings, self.strategy, self.resolved = settings, strategy, resolved
        self.wallets.settings = settings
        if isinstance(self.wallets.purse, PlayMoney):
            self.wallets.purse.settings = settings
        self.rates.settings = settings

    def fee(self, pair: str, *, maker: bool = False) -> float:
        """Return the fee as a ratio of an order's cost: the configured one, else the exchange's."""
        if self.settings.fee is not None:
            return self.settings.fee
        return self.gateway.fee_rate(pair, maker=maker)

    async def lock_pair(self, pair: str, until: datetime, *, reason: str | None, side: str = "*") -> PairLock:
        """Keep `pair` ("*": all) from being entered until then (UTC).

        A lock that says the same and holds already is returned as it is.
        """
        for standing in self.locks.active(self.now()):
            same = (standing.pair, standing.side, standing.reason, standing.lock_end_time)
            if same == (pair, side, reason, until):
                return standing
        lock = PairLock(pair=pair, side=side, reason=reason, lock_time=self.now(), lock_end_time=until)
        self.locks.locks.append(lock)
        await self.unsaved.keep_lock(lock)
        return lock

    async def release(self, lock: PairLock) -> None:
        """Lift a lock."""
        lock.active = False
        await self.unsaved.keep_lock(lock)

    async def keep(self, trade: Trade, *lines: JournalEntry) -> None:
        """Write a changed trade down, with `lines` of the journal, then let everybody see it.

        What cannot be written now stays in `unsaved`: it is true all the same.
        """
        await self.unsaved.keep(trade, lines)
        self.book.touch(trade)

    async def write_first(self, trade: Trade, *lines: JournalEntry) -> None:
        """Write a new or changed trade down before something is done. Raises `StorageError`: do not do it."""
        await self.unsaved.write_first(trade, lines)
        self.book.touch(trade)

    async def forget(self, trade: Trade, *lines: JournalEntry) -> None:
        """Take a trade that never came to be out of the books; `lines` of the journal stay behind it."""
        await self.unsaved.delete(trade.id, lines)
        self.book.forget(trade.id)
