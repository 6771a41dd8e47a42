"""Lock pairs after exits, as the protections of the strategy or the configuration decide."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from appliance.bot.decisions.decisions import Decisions
from appliance.bot.state.books import Books
from appliance.bot.state.clock import Clock
from appliance.bot.state.event_bus import EventBus
from appliance.bot.state.setup import Setup
from appliance.bot.state.wallets import Wallets
from appliance.config.loading import LoadedSettings
from appliance.config.validation.list_items import Fault, refused
from appliance.config.validation.values import dotted
from appliance.domain.decisions.kinds import Kind
from appliance.domain.enums import RunMode
from appliance.domain.errors import ConfigurationError
from appliance.domain.lock import PairLock
from appliance.domain.message import MessageType
from appliance.domain.timeframe import minutes, next_open_ms, to_date, to_ms
from appliance.domain.trade import Trade
from appliance.rules.protections.locking import ALL_PAIRS, wished_lock
from appliance.rules.protections.reading import read_protections
from appliance.rules.protections.window import Moment, Protection
from appliance.strategy.loading.resolve import ResolvedStrategy

log = logging.getLogger(__name__)


def protections_of(resolved: ResolvedStrategy, loaded: LoadedSettings) -> tuple[Protection, ...]:
    """Return the strategy's protections, or the configuration's if it has none.

    Raises `ConfigurationError` with everything that is wrong in them; oddities are logged.
    """
    own = resolved.protections
    found, reading = read_protections(own or loaded.settings.protections)

    def described(faults: Iterable[Fault]) -> list[str]:
        return [
            f"{f'strategy {resolved.name}' if own else loaded.gathered.place(fault.path)}: "
            f"{dotted(fault.path)}: {fault.text}"
            for fault in faults
        ]

    if wrong := refused(reading, live=not own and loaded.runmode is RunMode.LIVE):
        raise ConfigurationError(*described(wrong))
    for line in described(reading.oddities):
        log.warning("%s", line)
    return found


@dataclass(kw_only=True, eq=False)
class Protections:
    """Run every protection after each closed trade: first for its pair, then for all pairs."""

    setup: Setup
    clock: Clock
    books: Books
    wallets: Wallets
    events: EventBus
    decisions: Decisions

    def __post_init__(self) -> None:
        self.active: tuple[Protection, ...] = ()

    def adopt(self, protections: tuple[Protection, ...]) -> None:
        """Replace the active protections; existing locks stay."""
        for protection in protections:
            log.info("Protection: %s", protection.summary())
        self.active = protections

    async def after_exit(self, trade: Trade) -> None:
        """Lock what protections forbid after `trade` was closed; emit the last lock of each kind."""
        if not self.active:
            return
        moment = Moment(
            now=self.clock.now(),
            pair=trade.pair,
            side=trade.trade_direction,
            candle_minutes=minutes(self.setup.resolved.timeframe),
            starting_balance=self.wallets.get_starting_balance(),
        )
        of_pair = await self._lock(trade.pair, moment)
        if of_pair is not None:
            self._report(MessageType.PROTECTION_TRIGGER, of_pair, trade.safe_base_currency)
        of_all = await self._lock(ALL_PAIRS, moment)
        if of_all is not None:
            self._report(MessageType.PROTECTION_TRIGGER_GLOBAL, of_all, "")

    async def _lock(self, pair: str, moment: Moment) -> PairLock | None:
        """Set the wanted locks that last longer than existing ones; return the last."""
        lock = None
        for protection in self.active:
            wish = wished_lock(protection, pair, self.books.trades.closed, moment, self.books.locks.locks)
            if wish is None:
                continue
            until = to_date(next_open_ms(self.setup.resolved.timeframe, to_ms(wish.until)))
            if until > moment.now:
                lock = await self.books.lock_pair(pair, until, reason=wish.reason, side=wish.side)
                self.decisions.note(pair, Kind.PROTECTION, protection.name, until, wish.reason)
        return lock

    def _report(self, kind: MessageType, lock: PairLock, base_currency: str) -> None:
        log.warning(
            "%s locked until %s: %s",
            "All pairs are" if lock.pair == ALL_PAIRS else f"{lock.pair} is",
            lock.lock_end_time.strftime("%Y-%m-%d %H:%M:%S"),
            lock.reason,
        )
        self.events.emit(kind, **lock.to_json(), base_currency=base_currency)
