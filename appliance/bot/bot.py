"""Be the bot: what the API and the dashboard read and command. All that is read is answered from memory."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from appliance.bot.analysis import AnalyzedFrame, Key
from appliance.bot.announcer import Announcer
from appliance.bot.auditing import PROGRAM, Audit
from appliance.bot.book import LockBook, TradeBook
from appliance.bot.commands import Commands
from appliance.bot.cycle import Cycle
from appliance.bot.greeting import greeting
from appliance.bot.interventions import Interventions
from appliance.bot.loop import Loop
from appliance.bot.pairs import Pairs
from appliance.bot.reloading import Reloader
from appliance.bot.settling_by_hand import SettlingByHand
from appliance.bot.standing import standing
from appliance.bot.trading import Trading
from appliance.bot.vitals import vitals_of
from appliance.bot.wallets import Wallets
from appliance.config.settings import Settings
from appliance.domain.audit import AuditLine, Head
from appliance.domain.enums import RunMode, State
from appliance.domain.errors import ConfigurationError, StorageError
from appliance.domain.message import MessageType
from appliance.domain.order import Order
from appliance.domain.trade import Trade
from appliance.exchange.gateway import Gateway
from appliance.storage.custom_data import StoredValue
from appliance.storage.outbox import Outbox
from appliance.storage.wallet_history import WalletRecord
from appliance.strategy.interface import IStrategy
from appliance.strategy.ports import plug
from appliance.strategy.resolve import ResolvedStrategy

if TYPE_CHECKING:
    from pandas import DataFrame

log = logging.getLogger(__name__)

RELOAD_PATIENCE_SECONDS = 5.0
"""How long an answer waits for a reload; what turns out later is told by message."""


class Bot:
    """Hold the running parts together: trading, the cycle, the loop, people's commands."""

    def __init__(
        self, trading: Trading, cycle: Cycle, reloader: Reloader, *, first_started_at: datetime
    ) -> None:
        self._t = trading
        self._cycle = cycle
        self._reloader = reloader
        self._commands = Commands(trading, cycle)
        self.interventions = Interventions(trading, cycle.orders)
        self.settling = SettlingByHand(trading, cycle.orders)
        self.started_at = trading.now()
        self.first_started_at = first_started_at
        self._loop = Loop(
            cycle.run,
            self._reload,
            trading.announcer,
            pace_seconds=lambda: self.settings.internals.process_throttle_secs,
            now=trading.now,
            ticks=trading.ticks,
            state=State(trading.settings.initial_state),
        )
        self._state_after_reload = self._loop.state
        self._reload_is_wanted = False
        self._last_things: list[Callable[[], Awaitable[None]]] = []

    # -- what is read ----------------------------------------------------------------------------------

    @property
    def settings(self) -> Settings:
        return self._t.settings

    @property
    def raw(self) -> Mapping[str, Any]:
        return self._t.strategy.config

    @property
    def strategy(self) -> IStrategy:
        return self._t.strategy

    @property
    def strategy_name(self) -> str:
        return self._t.resolved.name

    @property
    def resolved(self) -> ResolvedStrategy:
        return self._t.resolved

    @property
    def gateway(self) -> Gateway:
        return self._t.gateway

    @property
    def state(self) -> State:
        return self._loop.state

    @property
    def run_mode(self) -> RunMode:
        return self._t.run_mode

    @property
    def book(self) -> TradeBook:
        return self._t.book

    @property
    def locks(self) -> LockBook:
        return self._t.locks

    @property
    def wallets(self) -> Wallets:
        return self._t.wallets

    @property
    def announcer(self) -> Announcer:
        return self._t.announcer

    @property
    def unknown_orders(self) -> list[Order]:
        """The orders whose answer was lost and that are not settled yet, first placed first."""
        found = [order for trade in self.book.open.values() for order in trade.unknown_orders]
        return sorted(found, key=lambda order: order.order_date)

    @property
    def audit(self) -> Audit:
        """Where whoever commands the bot writes that down first (`Audit.command`)."""
        return self._t.audit

    @property
    def outbox(self) -> Outbox:
        return self._t.store.outbox

    @property
    def whitelist(self) -> list[str]:
        return self._cycle.whitelist

    @property
    def followed_pairs(self) -> list[str]:
        """The whitelist, and the pairs of open trades besides: what is analysed."""
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
    def max_open_trades(self) -> float:
        return self._t.max_open_trades

    @property
    def last_cycle_at(self) -> datetime | None:
        return self._loop.last_cycle_at

    @property
    def fiat_rate(self) -> float:
        """What one of stake costs in the fiat currency that is shown; 0 where none is."""
        return self._cycle.fiat.rate

    @property
    def findings(self) -> list[str]:
        """What somebody should look at of what the start found on the exchange; live only."""
        return self._t.findings

    def now(self) -> datetime:
        return self._t.now()

    @property
    def loop_age(self) -> float:
        """Seconds since a cycle was finished."""
        return self._loop.age

    @property
    def journal_lag(self) -> float:
        """Seconds since something waits to be written down; 0 where nothing does."""
        return self._t.unsaved.waiting_seconds

    def is_well(self) -> bool:
        """Tell whether the loop has finished a cycle lately."""
        return vitals_of(self).is_alive

    def rate_in_stake(self, currency: str) -> float | None:
        """Return what one unit of `currency` is worth in stake currency, as far as the bot knows."""
        return self._t.rate_in_stake(currency)

    async def trade(self, trade_id: int) -> Trade | None:
        return self.book.open.get(trade_id) or await self._t.store.trade(trade_id)

    async def trades(self, trade_ids: Sequence[int]) -> list[Trade]:
        """Return these trades as the database has them, as far as they exist."""
        return await self._t.store.trades(trade_ids)

    async def custom_data(self, trade_ids: Sequence[int]) -> list[StoredValue]:
        """Return what the strategy keeps beside these trades."""
        return await self._t.store.custom_data(trade_ids)

    async def balance_history(self) -> tuple[list[WalletRecord], datetime]:
        """Return what the account held day by day, and when that began to be noted."""
        began = await self._t.store.history_began(self.now())
        return await self._t.store.wallet_history(datetime.fromtimestamp(0, UTC)), began

    async def audit_log(self, limit: int, offset: int) -> tuple[list[AuditLine], Head, str | None]:
        """Return lines of the audit log, first first, its head, and how that contradicts the one kept."""
        store = self._t.store
        return await store.audit(limit, offset), await store.audit_head(), await store.audit_fault()

    async def annotations(self, pair: str, rows: "DataFrame") -> list[Any]:
        """Return the marks that the strategy wants on the chart of these analysed candles."""
        return await self._cycle.calls.annotations(pair, rows)

    # -- what is commanded -----------------------------------------------------------------------------

    def start(self) -> str:
        """Let the bot trade; return what to tell the one who asked."""
        if self.state is State.RUNNING:
            return "already running"
        self._change(State.RUNNING)
        return "starting trader ..."

    def stop(self) -> str:
        """Stop trading; open trades are no longer looked after."""
        if self.state is State.STOPPED:
            return "already stopped"
        self._change(State.STOPPED)
        if left := len(self.book.open):
            text = f"{left} open trades are left as they are: nobody sells them while the bot is stopped"
            self.announcer.announce(MessageType.WARNING, status=text)
        return "stopping trader ..."

    def pause(self) -> str:
        """Open no more trades; those that are open are looked after."""
        if self.state is State.STOPPED:
            self._change(State.PAUSED)
            return "starting trader without entries. Use start to allow entries."
        if self.state is State.PAUSED:
            return "already paused"
        self._change(State.PAUSED)
        return "paused: no more entries from now on. Use start to allow them again."

    def request_reload(self, origin: str = "") -> str:
        """Have configuration and strategy read again; the running ones stay if the new ones are wrong.

        `origin` says why, for the audit log, where it is nobody's command.
        """
        self._reloader.asked(origin)
        if self.state is not State.RELOAD_CONFIG:
            self._state_after_reload = self.state
        self._reload_is_wanted = True
        self._change(State.RELOAD_CONFIG)
        return "Reloading config ..."

    async def reload(self) -> str:
        """Reload, and wait a little for how that ends. Raises `ConfigurationError` with what is wrong."""
        outcome = self._reloader.outcome()
        said, wrong = self.request_reload(), ""
        with contextlib.suppress(TimeoutError):
            wrong = await asyncio.wait_for(asyncio.shield(outcome), RELOAD_PATIENCE_SECONDS)
        if wrong:
            raise ConfigurationError(f"Not reloaded, the running configuration stays: {wrong}")
        return said

    async def force_enter(
        self,
        pair: str,
        side: str,
        *,
        price: float | None = None,
        order_type: str | None = None,
        stake_amount: float | None = None,
        enter_tag: str | None = None,
        leverage: float | None = None,
    ) -> Trade:
        """Open a trade at once. Raises `Refused`, `ExchangeError`."""
        return await self._commands.force_enter(
            self.state,
            pair,
            side,
            price=price,
            order_type=order_type,
            stake_amount=stake_amount,
            enter_tag=enter_tag,
            leverage=leverage,
        )

    async def force_exit(
        self,
        trade_id: str,
        *,
        order_type: str | None = None,
        amount: float | None = None,
        price: float | None = None,
    ) -> str:
        """Exit one trade, or "all". Raises `Refused`, `ExchangeError`."""
        return await self._commands.force_exit(
            self.state, trade_id, order_type=order_type, amount=amount, price=price
        )

    # -- the loop --------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Trade until cancelled."""
        self.announcer.announce(MessageType.STATUS, status=self.state.value)
        self.announcer.announce(MessageType.STARTUP, status=greeting(self))
        for finding in self.findings:
            self.announcer.announce(MessageType.WARNING, status=finding)
        await self._loop.run()

    async def run_one_cycle(self) -> None:
        """Go through everything once, as the loop does again and again."""
        await self._loop.run_once()

    def before_closing(self, finish: Callable[[], Awaitable[None]]) -> None:
        """Have `finish` awaited when nothing more will happen, and the database is still there."""
        self._last_things.append(finish)

    async def close(self) -> None:
        """Cancel open orders if configured so, then let go of strategy, exchange and database."""
        if self.settings.cancel_open_orders_on_exit:
            await self._cycle.open_orders.cancel_all()
        for finish in self._last_things:
            await finish()
        plug(None)
        with contextlib.suppress(StorageError):
            await self.audit.note(PROGRAM, "ended", before=standing(self))
        await self._cycle.pairs.close()
        await self._cycle.data.producers.close()
        await self._cycle.fiat.close()
        self._t.thread.close()
        await self._t.gateway.close()
        await self._t.unsaved.try_again()
        await self._t.store.close()

    async def _reload(self) -> None:
        self._reload_is_wanted = False
        try:
            await self._reloader.reload()
        finally:
            # Whoever asked while it went on has changed something since: then it is done once more.
            if self._loop.state is State.RELOAD_CONFIG and not self._reload_is_wanted:
                self._loop.state = self._state_after_reload

    def _change(self, state: State) -> None:
        self._loop.change(state)
        self.announcer.announce(MessageType.STATUS, status=state.value)
        log.info("State is now %s", state.value)
