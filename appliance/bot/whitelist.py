"""Keep the whitelist up to date by running the chain of pair lists in the background."""

import asyncio
import contextlib
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from appliance.bot.state.book import TradeBook
from appliance.bot.state.clock import Clock
from appliance.bot.state.event_bus import EventBus
from appliance.bot.state.notices import Notices
from appliance.bot.state.setup import Setup
from appliance.config.loading import LoadedSettings
from appliance.config.validation.list_items import Fault, read_item, refused
from appliance.config.validation.values import dotted
from appliance.domain.closed_trades.summary import ClosedTrade
from appliance.domain.enums import RunMode
from appliance.domain.errors import ConfigurationError, PairListError
from appliance.domain.message import MessageType
from appliance.exchange.gateway import Gateway
from appliance.pairlists.base.markets import UNKNOWN, likely_meant
from appliance.pairlists.base.pairlist import PairListContext
from appliance.pairlists.blacklist import Blacklist
from appliance.pairlists.chain import Chain, read_chain
from appliance.pairlists.patterns.pattern import compiled
from appliance.pairlists.sources.candles import CandleSource
from appliance.pairlists.sources.coingecko import CoinGeckoAccess
from appliance.strategy.loading.resolve import ResolvedStrategy

if TYPE_CHECKING:
    from appliance.bot.state.context import Shared
    from appliance.bot.strategy_host.ports import DataAnswers

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 2.0
"""How long a cycle waits for the pair lists; some fetch candles of hundreds of pairs."""
LEFT_OUT = "pairs left out"
"""The notice about pairs of the configuration that are not traded."""
MOST_NAMED = 20
RETRY_SECONDS = 60
"""How long a source that could not be asked is left alone."""


def chain_of(
    loaded: LoadedSettings, resolved: ResolvedStrategy, shared: "Shared", data: "DataAnswers"
) -> Chain:
    """Make the chain that the configuration describes, for this strategy.

    Raises `ConfigurationError` with everything that is wrong in it; what is odd is logged.
    """
    settings = loaded.settings
    access, reading = read_item(CoinGeckoAccess, settings.coingecko, ("coingecko",))
    context = PairListContext(
        gateway=shared.markets.gateway,
        trades=_TradesNow(setup=shared.setup, trades=shared.books.trades),
        now=shared.clock.now,
        stake_currency=settings.stake_currency,
        timeframe=resolved.timeframe,
        stoploss=resolved.stoploss,
        whitelist=_sound_patterns(settings.exchange.pair_whitelist),
        blacklist=Blacklist(settings.exchange.pair_blacklist),
        trading_mode=settings.trading_mode,
        candles=CandleSource(shared.markets.gateway),
        coingecko=access or CoinGeckoAccess(),
        listens_to_producers=settings.external_message_consumer.enabled,
        producer_pairs=data.producer_pairs,
        delisting=data.delisting,
    )
    chain, of_chain = read_chain(settings.pairlists, context)
    ignored = _broken_patterns(settings.exchange.pair_whitelist, "pair_whitelist")
    faults = [*_broken_patterns(settings.exchange.pair_blacklist, "pair_blacklist")]
    live = loaded.runmode is RunMode.LIVE
    faults += [*refused(reading, live=live), *refused(of_chain, live=live)]
    for line in _placed(loaded, [*reading.oddities, *of_chain.oddities]):
        log.warning("%s", line)
    for line in _placed(loaded, ignored):
        shared.events.warn(f"{line}. It is left out of the whitelist.")
    if chain is None or faults:
        raise ConfigurationError(*_placed(loaded, faults))
    return chain


def pairs_of(shared: "Shared", chain: Chain) -> "Pairs":
    """Return what answers the whitelist of a chain."""
    return Pairs(
        setup=shared.setup,
        clock=shared.clock,
        gateway=shared.markets.gateway,
        events=shared.events,
        notices=shared.notices,
        chain=chain,
    )


def without_pairs(loaded: LoadedSettings) -> LoadedSettings:
    """Return settings whose whitelist is empty, whatever was wrong with their pair lists."""
    none = msgspec.structs.replace(loaded.settings.exchange, pair_whitelist=(), pair_blacklist=())
    lists = ({"method": "StaticPairList"},)
    settings = msgspec.structs.replace(loaded.settings, exchange=none, pairlists=lists, coingecko={})
    return replace(loaded, settings=settings)


@dataclass(kw_only=True, eq=False)
class Pairs:
    """Answer the whitelist that the chain made last.

    A walk along the chain that takes long goes on in the background. Where a source outside the exchange
    cannot be asked, the last whitelist stays, and it is asked again after a while: trades that are open have
    to be looked after in any case.
    """

    setup: Setup
    clock: Clock
    gateway: Gateway
    events: EventBus
    notices: Notices
    chain: Chain

    def __post_init__(self) -> None:
        self.whitelist: list[str] = []
        self._told: dict[str, str] | None = None
        self._walk: asyncio.Task[list[str]] | None = None
        self._not_before = self.clock.now()
        self._is_failing = False

    @property
    def blacklist(self) -> Blacklist:
        return self.chain.context.blacklist

    @property
    def names(self) -> list[str]:
        return self.chain.names

    async def refresh(self) -> list[str]:
        """Return the whitelist, made anew if that does not take long. Raises as `Chain.whitelist` does."""
        try:
            await self.walk()
        except PairListError as error:
            self._not_before = self.clock.now() + timedelta(seconds=RETRY_SECONDS)
            if not self._is_failing:
                self._is_failing = True
                pairs = "1 pair" if len(self.whitelist) == 1 else f"{len(self.whitelist)} pairs"
                text = f"The whitelist stays at {pairs} for now: {error}"
                log.warning("%s", text)
                self.events.announce(MessageType.WARNING, status=text)
        return self.whitelist

    async def walk(self) -> None:
        """Go along the chain, or wait for the walk that is under way; but not for long.

        Raises `PairListError`, too, where a source cannot be asked.
        """
        if self._walk is None:
            if self.clock.now() < self._not_before:
                return
            self._walk = asyncio.create_task(self.chain.whitelist(), name="pair lists")
        await asyncio.wait({self._walk}, timeout=PATIENCE_SECONDS)
        if not self._walk.done():
            return
        walk, self._walk = self._walk, None
        self.whitelist = walk.result()
        if self._is_failing:
            self._is_failing = False
            log.info("The pair lists can be asked again")

    def report_left_out(self) -> None:
        """Say which pairs of the configuration are not traded, and why; news alone is announced."""
        left_out, notices = self.chain.left_out, self.notices
        if self.setup.settings.exchange.skip_pair_validation:
            left_out = {pair: why for pair, why in left_out.items() if why != UNKNOWN}
        if left_out == self._told:
            return
        self._told = dict(left_out)
        if not left_out:
            notices.take_back(LEFT_OUT)
            return
        unknown = [pair for pair, why in left_out.items() if why == UNKNOWN]
        hints = {
            pair: f"; did you mean {meant}?"
            for pair, meant in likely_meant(unknown, self.gateway.markets).items()
        }
        named = [f"{pair} ({why}{hints.get(pair, '')})" for pair, why in left_out.items()]
        shown = "; ".join(named[:MOST_NAMED]) + (
            f"; and {more} more" if (more := len(named) - MOST_NAMED) > 0 else ""
        )
        text = f"Left out of the whitelist: {shown}."
        if not self.whitelist:
            text += " Nothing is left of it: nothing is entered, open trades are looked after."
        notices.put(LEFT_OUT, text)

    async def close(self) -> None:
        """Stop a walk that is under way."""
        walk, self._walk = self._walk, None
        if walk is not None:
            walk.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):  # its result is no longer needed
                await walk


@dataclass(kw_only=True, eq=False)
class _TradesNow:
    """Tell pair lists what the bot has traded and trades."""

    setup: Setup
    trades: TradeBook

    @property
    def open_count(self) -> int:
        return len(self.trades.open)

    @property
    def max_open_trades(self) -> float:
        return self.setup.max_open_trades

    @property
    def closed(self) -> Sequence[ClosedTrade]:
        return self.trades.closed


def _broken_patterns(patterns: Sequence[str], key: str) -> list[Fault]:
    found = []
    for index, pattern in enumerate(patterns):
        try:
            compiled(pattern)
        except ConfigurationError as error:
            found.append(Fault(("exchange", key, index), str(error)))
    return found


def _sound_patterns(patterns: Sequence[str]) -> tuple[str, ...]:
    broken = {fault.path[-1] for fault in _broken_patterns(patterns, "")}
    return tuple(pattern for index, pattern in enumerate(patterns) if index not in broken)


def _placed(loaded: LoadedSettings, faults: Iterable[Fault]) -> list[str]:
    return [f"{loaded.gathered.place(path)}: {dotted(path)}: {text}" for path, text in faults]
