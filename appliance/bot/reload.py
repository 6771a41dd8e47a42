"""Load strategy and settings, at the start and while running; invalid ones never replace working ones."""

import asyncio
import hashlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from appliance.bot.degraded_start import START
from appliance.bot.exchange_needs import check_against_exchange, needs_of
from appliance.bot.orders.protections import protections_of
from appliance.bot.state.audit import PROGRAM, commander
from appliance.bot.strategy_host.ports import LockAnswers, LoopCalls, TradesAnswers
from appliance.bot.whitelist import Pairs, chain_of, pairs_of
from appliance.config.changes import changes, changes_that_need_a_restart, fingerprint
from appliance.config.loading import LoadedSettings, reload, with_strategy
from appliance.config.settings import Settings
from appliance.domain.audit import Commander
from appliance.domain.errors import ApplianceError, ConfigurationError
from appliance.domain.message import MessageType
from appliance.strategy.data_provider import DataProvider
from appliance.strategy.failures import Failure
from appliance.strategy.interface import IStrategy
from appliance.strategy.loading.loader import load_strategy, search_folders
from appliance.strategy.loading.packages import make_importable, package_folder
from appliance.strategy.loading.resolve import ResolvedStrategy, resolved
from appliance.strategy.loading.stand_in import stand_in
from appliance.strategy.ports import Ports, plug

if TYPE_CHECKING:
    from appliance.bot.cycle import Cycle
    from appliance.bot.state.context import Shared
    from appliance.bot.state.event_bus import EventBus

log = logging.getLogger(__name__)

_NEXT_START = ("enabled", "listen_ip_address", "listen_port")
"""Keys of `api_server` that take effect at the next start: the server is listening already."""

Learn = Callable[[LoadedSettings], None]
"""Receives settings as soon as they are read, before any of them can be logged: they contain new secrets."""


class LoadedStrategy(msgspec.Struct, frozen=True):
    """Hold a strategy that is ready to be wired, and the settings as merged with it.

    `code` is the beginning of the SHA-256 of its file and its parameters, as hex. `is_stand_in`: this is not
    the configured strategy, but the one that protects open trades without it.
    """

    strategy: IStrategy
    resolved: ResolvedStrategy
    loaded: LoadedSettings
    code: str
    is_stand_in: bool = False

    @property
    def in_words(self) -> str:
        """Identify what trades, for the audit log: configuration, strategy and its code."""
        configuration = fingerprint(self.loaded.gathered.values)
        return f"configuration {configuration}, strategy {self.resolved.name} {self.code}"


def load_with_settings(loaded: LoadedSettings) -> LoadedStrategy:
    """Load the configured strategy. Blocks: not for the event loop. Raises `ApplianceError`."""
    settings = loaded.settings
    extra = Path(settings.strategy_path).expanduser() if settings.strategy_path else None
    make_importable(package_folder(loaded.user_data_dir))
    folders = search_folders(loaded.user_data_dir, extra, recursive=settings.recursive_strategy_search)
    strategy = load_strategy(settings.strategy or "", dirs=folders, config=loaded.raw)
    found = resolved(strategy)
    return LoadedStrategy(strategy, found, with_strategy(loaded, found.name), code_of(Path(found.file)))


def load_stand_in(loaded: LoadedSettings) -> LoadedStrategy:
    """Return the strategy that protects open trades when the configured one cannot be loaded."""
    strategy = stand_in(loaded.raw)
    return LoadedStrategy(strategy, resolved(strategy), loaded, "none", is_stand_in=True)


def code_of(file: Path) -> str:
    """Return 16 hex digits that identify a strategy's file and its parameter file (blocks)."""
    digest = hashlib.sha256()
    for part in (file, file.with_suffix(".json")):
        if part.is_file():
            digest.update(part.read_bytes())
    return digest.hexdigest()[:16]


async def wire(shared: "Shared", cycle: "Cycle", loaded: LoadedSettings) -> None:
    """Connect the strategy to data, trades and locks, and call its `bot_start`.

    Raises `StrategyError` if that fails, `ConfigurationError` if its protections are invalid.
    """
    loop_calls = LoopCalls(asyncio.get_running_loop())
    strategy = shared.setup.strategy
    strategy.dp = DataProvider(loaded.raw, cycle.data)
    strategy.wallets = shared.wallets
    strategy.failures.announce = lambda failure: loop_calls.soon(_emit_failure, shared.events, failure)
    plug(
        Ports(
            TradesAnswers(books=shared.books, wallets=shared.wallets, calls=loop_calls),
            LockAnswers(setup=shared.setup, clock=shared.clock, books=shared.books, calls=loop_calls),
        )
    )
    await shared.thread.run(strategy.ft_bot_start)
    # `bot_start` may set what decides the protections, so they are read after it.
    after_start = await shared.thread.run(resolved, strategy)
    cycle.orders.updates.post_fill.protections.adopt(protections_of(after_start, loaded))


async def follow_stoploss(shared: "Shared") -> None:
    """Apply a changed stop loss to open trades whose stop has not moved yet."""
    ratio = shared.setup.resolved.stoploss
    for trade in list(shared.books.trades.open.values()):
        if trade.is_stop_loss_trailing or trade.initial_stop_loss_pct in (None, ratio):
            continue
        with shared.isolation.looking_after(f"the stop loss of {trade.pair}"):
            trade.restart_stop(ratio)
            log.info("%s: the stop is at %.8g now: the stop loss has changed", trade.pair, trade.stop_loss)
            await shared.books.save(trade)


def _emit_failure(events: "EventBus", failure: Failure) -> None:
    events.emit(MessageType.WARNING, status=str(failure))


class Reloader:
    """Replace settings and strategy of a running bot."""

    def __init__(
        self, shared: "Shared", cycle: "Cycle", found: LoadedStrategy, learn: Learn = lambda _: None
    ) -> None:
        self._shared = shared
        self._cycle = cycle
        self._found = found
        self._learn = learn
        self._requested_by = PROGRAM
        self._waiting: asyncio.Future[str] | None = None

    @property
    def loaded(self) -> LoadedSettings:
        """The settings in use, with their sources."""
        return self._found.loaded

    def outcome(self) -> asyncio.Future[str]:
        """Return the outcome of the next reload: what was wrong, or "" if it was applied."""
        if self._waiting is None:
            self._waiting = asyncio.get_running_loop().create_future()
        return self._waiting

    def note_request(self, origin: str) -> None:
        """Note who requested the next reload: the commander, else the program for the reason `origin`."""
        by = commander()
        self._requested_by = Commander(by.who, origin) if by is PROGRAM and origin else by

    async def reload(self) -> str:
        """Read everything again; apply it, or report what is wrong and change nothing.

        Returns what is wrong, empty if it was applied.
        """
        waiting, self._waiting = self._waiting, None
        wrong = await self._try_to_reload()
        if waiting is not None:
            waiting.set_result(wrong)
        return wrong

    async def _try_to_reload(self) -> str:
        before = self._shared.setup.settings
        try:
            fresh = await asyncio.to_thread(self._read)
            self._check(fresh)
            await self._take_over(fresh, await self._fresh_pairs(fresh))
        except ApplianceError as error:
            log.error("Reload failed, the running configuration stays in use: %s", error)
            self._shared.events.emit(MessageType.WARNING, status=f"Not reloaded: {error}")
            return str(error) or type(error).__name__
        except Exception as error:  # strategy code may raise anything: the bot goes on as before
            log.exception("Reload failed, the running configuration stays in use")
            wrong = f"{type(error).__name__}: {error}"
            self._shared.events.emit(MessageType.EXCEPTION, status=f"Not reloaded: {wrong}")
            return wrong
        for warning in _next_start(before, fresh.loaded.settings):
            log.warning("%s", warning)
            self._shared.events.emit(MessageType.WARNING, status=warning)
        log.info("The configuration was reloaded")
        self._shared.events.emit(MessageType.STATUS, status="The configuration was reloaded")
        return ""

    def _read(self) -> LoadedStrategy:
        loaded = reload(self._found.loaded)
        self._learn(loaded)
        self._shared.audit.learn(loaded.raw)
        for warning in loaded.warnings:
            log.warning("%s", warning)
        return load_with_settings(loaded)

    def _check(self, fresh: LoadedStrategy) -> None:
        old, new = self._shared.setup.settings, fresh.loaded.settings
        if changed := changes_that_need_a_restart(old, new):
            raise ConfigurationError(f"{', '.join(changed)} cannot change while the bot runs: restart it")
        check_against_exchange(fresh, self._shared.markets.gateway)
        if missing := self._shared.markets.gateway.missing(needs_of(fresh.resolved)):
            raise ConfigurationError(*missing)

    async def _fresh_pairs(self, fresh: LoadedStrategy) -> Pairs:
        """Create the pair lists and run them once: some faults show only then."""
        pairs = pairs_of(self._shared, chain_of(fresh.loaded, fresh.resolved, self._shared, self._cycle.data))
        pairs.whitelist = self._cycle.whitelist
        await pairs.run_chain()
        return pairs

    async def _take_over(self, fresh: LoadedStrategy, pairs: Pairs) -> None:
        shared = self._shared
        async with shared.mutexes.standstill():
            await self._note(fresh)
            before = (shared.setup.settings, shared.setup.strategy, shared.setup.resolved)
            shared.apply(fresh.loaded.settings, fresh.strategy, fresh.resolved)
            try:
                await wire(shared, self._cycle, fresh.loaded)
            except Exception:  # whatever fails: the bot must not trade with half of the new configuration
                shared.apply(*before)
                await pairs.close()
                await shared.audit.note(self._requested_by, "the previous configuration is in use again")
                raise
            self._found = fresh
            await self._cycle.pairs.close()
            self._cycle.pairs = pairs
            self._cycle.analyst.forget()
            shared.notices.take_back(START)
            await self._cycle.data.producers.adopt(fresh.loaded.settings.external_message_consumer)
            await follow_stoploss(shared)

    async def _note(self, fresh: LoadedStrategy) -> None:
        """Record in the audit log what is about to change, or that nothing changes."""
        was, becomes = changes(self._found.loaded.gathered.values, fresh.loaded.gathered.values)
        same = self._found.in_words == fresh.in_words and not (was or becomes)
        await self._shared.audit.note(
            self._requested_by,
            "configuration reloaded" + (", nothing has changed" if same else ""),
            before=None if same else _changed(self._found, was),
            after=None if same else _changed(fresh, becomes),
        )


def _next_start(before: Settings, now: Settings) -> list[str]:
    """Return a line for each changed setting that takes effect at the next start only."""
    changed = [
        name for name in _NEXT_START if getattr(before.api_server, name) != getattr(now.api_server, name)
    ]
    return [f"api_server.{name} takes effect at the next start" for name in changed]


def _changed(found: LoadedStrategy, values: dict[str, Any]) -> str:
    return f"{found.in_words}: {msgspec.json.encode(values, enc_hook=str).decode()}"
