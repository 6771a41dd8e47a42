"""Run the bot: the commands of clients and the loop that trades."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from appliance.bot.commands.controls import Controls
from appliance.bot.concurrency.shutdown_gate import ENDING
from appliance.bot.cycle import Cycle
from appliance.bot.heartbeat import Heartbeat
from appliance.bot.loop import Loop
from appliance.bot.reload import Reloader
from appliance.bot.startup_message import greeting
from appliance.bot.state.audit import PROGRAM
from appliance.bot.state.context import Shared
from appliance.bot.state.notifications import Notifications
from appliance.bot.state_summary import state_summary
from appliance.bot.view import Facts
from appliance.config.loading import LoadedSettings
from appliance.domain.enums import State
from appliance.domain.errors import ConfigurationError, Refused, StorageError
from appliance.domain.message import MessageType
from appliance.domain.trade import Trade
from appliance.rules.previews import EntryPreview, ExitPreview
from appliance.rules.trade_requests import EntryRequest, ExitRequest
from appliance.strategy.ports import plug

log = logging.getLogger(__name__)

RELOAD_PATIENCE_SECONDS = 5.0
"""How long an answer waits for a reload; a later outcome is sent as a message."""


class Bot(Facts):
    """Hold the running parts together: the cycle, the loop, clients' commands."""

    def __init__(
        self,
        shared: Shared,
        cycle: Cycle,
        reloader: Reloader,
        controls: Controls,
        *,
        first_started_at: datetime,
    ) -> None:
        loop = Loop(
            cycle=cycle.run,
            reload=self._reload,
            events=shared.events,
            pace_seconds=lambda: self.settings.internals.process_throttle_secs,
            clock=shared.clock,
            state=State(shared.setup.settings.initial_state),
            heartbeat=Heartbeat(
                lambda: self.settings.internals.heartbeat_interval,
                shared.clock.of_the_machine,
                lambda: shared.setup.resolved.version,
            ),
        )
        super().__init__(shared, cycle, loop)
        self._reloader = reloader
        self._commands = controls.commands
        self._previews = controls.previews
        self.interventions = controls.interventions
        self.manual_resolution = controls.manual_resolution
        self.first_started_at = first_started_at
        self._state_after_reload = self._loop.state
        self._reload_is_wanted = False
        self.notifications: Notifications | None = None
        """What sends messages; None where that could not be started."""
        self._shutdown_hooks: list[Callable[[], Awaitable[None]]] = []

    @property
    def loaded(self) -> LoadedSettings:
        """The settings in use, with their sources."""
        return self._reloader.loaded

    def put_notice(self, topic: str, text: str, *, bars_entries: bool = False) -> None:
        """Show a notice about the program around the bot until `end_notice`."""
        self._shared.notices.put(topic, text, bars_entries=bars_entries)

    def end_notice(self, topic: str) -> None:
        self._shared.notices.take_back(topic)

    # -- commands --------------------------------------------------------------------------------------

    def start(self) -> str:
        """Start trading; return the answer to the client."""
        if self.state is State.RUNNING:
            return "already running"
        self._change(State.RUNNING)
        return "starting trader ..."

    def stop(self) -> str:
        """Stop trading; open trades are no longer managed."""
        if self.state is State.STOPPED:
            return "already stopped"
        self._change(State.STOPPED)
        if left := len(self.book.open):
            text = f"{left} open trades stay as they are: they are not sold while the bot is stopped"
            self.events.emit(MessageType.WARNING, status=text)
        return "stopping trader ..."

    def pause(self) -> str:
        """Open no more trades; those that are open are still managed."""
        if self.state is State.STOPPED:
            self._change(State.PAUSED)
            return "starting trader without entries. Use start to allow entries."
        if self.state is State.PAUSED:
            return "already paused"
        self._change(State.PAUSED)
        return "paused: no more entries from now on. Use start to allow them again."

    def request_reload(self, origin: str = "") -> str:
        """Have configuration and strategy read again; if they are invalid, the running ones stay in use.

        `origin` is the reason for the audit log, if no client has commanded it.
        """
        self._reloader.note_request(origin)
        if self.state is not State.RELOAD_CONFIG:
            self._state_after_reload = self.state
        self._reload_is_wanted = True
        self._change(State.RELOAD_CONFIG)
        return "Reloading config ..."

    async def reload(self) -> str:
        """Reload, and wait briefly for the outcome. Raises `ConfigurationError` with what is wrong."""
        if self._shared.gate.closing:
            raise Refused(ENDING)
        outcome = self._reloader.outcome()
        said, wrong = self.request_reload(), ""
        with contextlib.suppress(TimeoutError):
            wrong = await asyncio.wait_for(asyncio.shield(outcome), RELOAD_PATIENCE_SECONDS)
        if wrong:
            raise ConfigurationError(f"Reload failed, the running configuration stays in use: {wrong}")
        return said

    async def force_enter(self, request: EntryRequest) -> Trade:
        """Open a trade at once. Raises `Refused`, `ExchangeError`."""
        return await self._commands.force_enter(self.state, request)

    async def force_exit(self, request: ExitRequest) -> str:
        """Exit one trade, or all. Raises `Refused`, `ExchangeError`."""
        return await self._commands.force_exit(self.state, request)

    async def preview_entry(self, request: EntryRequest) -> EntryPreview:
        """Return what `force_enter` would do, and cost."""
        return await self._previews.entry(self.state, request)

    async def preview_exit(self, trade: Trade, request: ExitRequest) -> ExitPreview:
        """Return what `force_exit` would do with a trade."""
        return await self._previews.exit(self.state, trade, request)

    # -- the loop --------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Trade until cancelled."""
        self.events.begin()
        self.events.emit(MessageType.STATUS, status=self.state.value)
        self._greet()
        beside = []
        if self._shared.clock.steps is None:  # a market that waits for the cycle changes in no other moment
            watching = self._cycle.stop_watcher.run(self._watches_stops)
            beside.append(asyncio.create_task(watching, name="stops"))
        try:
            await self._loop.run()
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)

    def _watches_stops(self) -> bool:
        state = self._state_after_reload if self.state is State.RELOAD_CONFIG else self.state
        return state in (State.RUNNING, State.PAUSED)

    async def run_one_cycle(self) -> None:
        """Run a single cycle, as the loop does repeatedly."""
        await self._loop.run_once()

    def before_closing(self, finish: Callable[[], Awaitable[None]]) -> None:
        """Have `finish` awaited when trading has ended and the database is still open."""
        self._shutdown_hooks.append(finish)

    async def close(self) -> None:
        """Cancel open orders if so configured, then close strategy, exchange and database."""
        self._shared.gate.closing = True
        if self.settings.cancel_open_orders_on_exit:
            await self._cycle.open_orders.cancel_all()
        self.events.emit(MessageType.STATUS, status="The program ends")
        for finish in self._shutdown_hooks:
            await finish()
        plug(None)
        with contextlib.suppress(StorageError):
            await self.audit.note(PROGRAM, "ended", before=state_summary(self))
        await self._cycle.pairs.close()
        await self._cycle.data.producers.close()
        await self._cycle.fiat.close()
        await self._cycle.prices.close()
        self._shared.thread.close()
        await self._shared.markets.gateway.close()
        await self._shared.books.pending.retry()
        self._shared.books.pending.log_unwritten()
        await self._shared.books.store.close()

    async def _reload(self) -> None:
        self._reload_is_wanted = False
        try:
            if not await self._reloader.reload():
                self._greet()
        finally:
            # A request during the reload means that something has changed since: then reload once more.
            if self._loop.state is State.RELOAD_CONFIG and not self._reload_is_wanted:
                self._loop.state = self._state_after_reload

    def _change(self, state: State) -> None:
        was = self.state
        self._loop.change(state)
        self.events.emit(MessageType.STATUS, status=state.value)
        if was is State.STOPPED and state is State.RUNNING:
            self._greet()
        log.info("State is now %s", state.value)

    def _greet(self) -> None:
        self.events.emit(MessageType.STARTUP, status=greeting(self))
