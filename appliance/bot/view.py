"""Provide what API, dashboard, Telegram and metrics read from the bot: from memory, except old trades."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from appliance.bot.cycle import Cycle
from appliance.bot.decisions.decisions import Decisions
from appliance.bot.health import health_of
from appliance.bot.loop import Loop
from appliance.bot.state.audit import Audit
from appliance.bot.state.book import LockBook, TradeBook
from appliance.bot.state.clock import Steps
from appliance.bot.state.context import Shared
from appliance.bot.state.event_bus import EventBus
from appliance.bot.state.wallets import Wallets
from appliance.bot.strategy_host.analyst import AnalyzedFrame, Key
from appliance.bot.whitelist import Pairs
from appliance.config.settings import Settings
from appliance.domain.audit import AuditChoice, AuditLine, AuditPage, Head, Judgement
from appliance.domain.enums import RunMode, State
from appliance.domain.journal import JournalEntry
from appliance.domain.order import Order
from appliance.domain.trade import Trade
from appliance.exchange.gateway import Gateway
from appliance.storage.tables.custom_data import StoredValue
from appliance.storage.tables.outbox import Outbox
from appliance.storage.tables.wallet_history import WalletRecord
from appliance.strategy.interface import IStrategy
from appliance.strategy.loading.resolve import ResolvedStrategy

if TYPE_CHECKING:
    from pandas import DataFrame


class Facts:
    """Read the state of trading, cycle and loop; change nothing."""

    def __init__(self, shared: Shared, cycle: Cycle, loop: Loop) -> None:
        self._shared = shared
        self._cycle = cycle
        self._loop = loop
        self.started_at = shared.clock.now()

    @property
    def settings(self) -> Settings:
        return self._shared.setup.settings

    @property
    def raw(self) -> Mapping[str, Any]:
        return self._shared.setup.strategy.config

    @property
    def strategy(self) -> IStrategy:
        return self._shared.setup.strategy

    @property
    def strategy_name(self) -> str:
        return self._shared.setup.resolved.name

    @property
    def resolved(self) -> ResolvedStrategy:
        return self._shared.setup.resolved

    @property
    def gateway(self) -> Gateway:
        return self._shared.markets.gateway

    @property
    def state(self) -> State:
        return self._loop.state

    @property
    def run_mode(self) -> RunMode:
        return self._shared.setup.run_mode

    @property
    def book(self) -> TradeBook:
        return self._shared.books.trades

    @property
    def locks(self) -> LockBook:
        return self._shared.books.locks

    @property
    def wallets(self) -> Wallets:
        return self._shared.wallets

    @property
    def events(self) -> EventBus:
        return self._shared.events

    @property
    def unknown_orders(self) -> list[Order]:
        """The orders whose answer was lost and that are not resolved yet, oldest first."""
        found = [order for trade in self.book.open.values() for order in trade.unknown_orders]
        return sorted(found, key=lambda order: order.order_date)

    @property
    def audit(self) -> Audit:
        """The audit log, to which each command is written first (`Audit.command`)."""
        return self._shared.audit

    @property
    def outbox(self) -> Outbox:
        return self._shared.books.store.outbox

    @property
    def whitelist(self) -> list[str]:
        return self._cycle.whitelist

    @property
    def followed_pairs(self) -> list[str]:
        """The analysed pairs: the whitelist and the pairs of open trades."""
        return self._cycle.followed

    @property
    def blacklist(self) -> list[str]:
        return list(self._cycle.pairs.blacklist.patterns)

    @property
    def pairlist_names(self) -> list[str]:
        return self._cycle.pairs.names

    @property
    def pairs(self) -> Pairs:
        return self._cycle.pairs

    @property
    def frames(self) -> Mapping[Key, AnalyzedFrame]:
        return self._cycle.analyst.frames

    @property
    def decisions(self) -> Decisions:
        """What was decided about each pair, and why."""
        return self._shared.decisions

    @property
    def max_open_trades(self) -> float:
        return self._shared.setup.max_open_trades

    @property
    def first_cycle(self) -> asyncio.Event:
        """Set as soon as a cycle has finished."""
        return self._loop.first_cycle

    @property
    def last_cycle_at(self) -> datetime | None:
        return self._loop.last_cycle_at

    @property
    def fiat_rate(self) -> float | None:
        """The price of one unit of stake in the displayed fiat currency; 0 if none is, None if unknown."""
        return self._cycle.fiat.rate

    @property
    def notices(self) -> list[str]:
        """The current notices, those that bar entries first."""
        return self._shared.notices.texts

    @property
    def bars(self) -> list[str]:
        """Why there are no entries for now; empty if entries are allowed."""
        return self._shared.notices.bars

    @property
    def findings(self) -> list[str]:
        """What the start found that a person should look at."""
        return self._shared.notices.findings

    def now(self) -> datetime:
        return self._shared.clock.now()

    @property
    def steps(self) -> Steps | None:
        """The time of a replayed market; None where time is real."""
        return self._shared.clock.steps

    @property
    def loop_age(self) -> float:
        """Seconds since the last finished cycle."""
        return self._loop.age

    @property
    def journal_lag(self) -> float:
        """For how many seconds the database could not be written; 0 if it can be."""
        return self._shared.books.pending.waiting_seconds

    @property
    def database_lost(self) -> str:
        """What happened to the database's files while the bot was running; empty if nothing did."""
        return self._shared.books.lost

    @property
    def set_aside(self) -> list[str]:
        """One line for each record that can never be written as it is."""
        return self._shared.books.pending.aside.reasons

    def is_well(self) -> bool:
        """Return whether the loop still finishes cycles."""
        return health_of(self).is_alive

    def troubles(self) -> list[str]:
        """Say what keeps the bot from trading as intended; empty if nothing does."""
        return health_of(self).troubles()

    def rate_in_stake(self, currency: str) -> float | None:
        """Return the price at which one unit of `currency` sells now, in stake currency; None if unknown."""
        return self._cycle.prices.rate_in_stake(currency)

    def refresh_soon(self) -> None:
        """Refresh outdated prices in the background."""
        self._cycle.fiat.refresh_soon()
        self._cycle.prices.ask_soon()

    async def refresh_prices(self) -> None:
        """Refresh the prices of open trades, in any state, before they are shown.

        Waits briefly at most; prices that are not known then are left out of `book.rates`.
        """
        self._cycle.fiat.refresh_soon()
        await self._cycle.prices.of_trades()

    async def refresh_account(self) -> None:
        """Refresh prices and the account: its balances and the value of each currency."""
        self._cycle.fiat.refresh_soon()
        await self._cycle.prices.of_account()

    async def trade(self, trade_id: int) -> Trade | None:
        """Return a trade, open or closed, in its newest version; None if there is none."""
        here = self.book.open.get(trade_id) or self._shared.books.pending.trade(trade_id)
        return here or await self._shared.books.store.trade(trade_id)

    async def trades(self, trade_ids: Sequence[int]) -> list[Trade]:
        """Return those of these trades that the database has."""
        return await self._shared.books.store.trades(trade_ids)

    async def custom_data(self, trade_ids: Sequence[int]) -> list[StoredValue]:
        """Return the custom data that the strategy stores with these trades."""
        return await self._shared.books.store.custom_data(trade_ids)

    async def balance_history(self) -> tuple[list[WalletRecord], datetime]:
        """Return the account's balances day by day, and since when they are recorded."""
        began = await self._shared.books.store.history_began(self.now())
        return await self._shared.books.store.wallet_history(datetime.fromtimestamp(0, UTC)), began

    async def audit_log(self, limit: int, offset: int) -> tuple[list[AuditLine], Head, str | None]:
        """Return lines of the audit log, oldest first, its head, and how that contradicts the stored one."""
        store = self._shared.books.store
        return await store.audit.lines(limit, offset), await store.audit.head(), await store.audit.fault()

    async def audit_page(self, choice: AuditChoice, limit: int, offset: int) -> AuditPage:
        """Return one page of the chosen lines of the audit log, newest first, each with its outcome."""
        return await self._shared.books.store.audit.chosen(choice, limit, offset)

    async def audit_state(self, *, verify: bool) -> tuple[Head, str | None, Judgement | None]:
        """Return the head of the audit log, how that contradicts the stored one, and the verdict on all."""
        trail = self._shared.books.store.audit
        return await trail.head(), await trail.fault(), await trail.judgement() if verify else None

    async def audit_of_trade(self, trade_id: int, limit: int) -> list[AuditLine]:
        """Return the newest lines of the audit log about a trade, oldest first."""
        return await self._shared.books.store.audit.about_trade(trade_id, limit)

    async def journal_of_trade(self, trade_id: int) -> list[JournalEntry]:
        """Return the lines of the order journal about a trade, oldest first."""
        return await self._shared.books.store.journal.of_trade(trade_id)

    async def annotations(self, pair: str, rows: "DataFrame") -> list[Any]:
        """Return the marks that the strategy wants on the chart of these analysed candles."""
        return await self._cycle.calls.annotations(pair, rows)
