"""Keep the whitelist up to date by running the chain of pair lists in the background."""

import asyncio
import contextlib
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from appliance.bot.decisions.decisions import Decisions
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
"""How long a cycle waits for the pair lists; some fetch candles for hundreds of pairs."""
LEFT_OUT = "pairs left out"
"""The topic of the notice about configured pairs that are not traded."""
MOST_NAMED = 20
RETRY_SECONDS = 60
"""How long to wait before a source that did not answer is asked again."""


def chain_of(
    loaded: LoadedSettings, resolved: ResolvedStrategy, shared: "Shared", data: "DataAnswers"
) -> Chain:
    """Create the chain that the configuration describes, for this strategy.

    Raises `ConfigurationError` with everything that is wrong in it; oddities are logged.
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
    """Return the object that provides the whitelist of a chain."""
    return Pairs(
        setup=shared.setup,
        clock=shared.clock,
        gateway=shared.markets.gateway,
        events=shared.events,
        notices=shared.notices,
        chain=chain,
        decisions=shared.decisions,
    )


def without_pairs(loaded: LoadedSettings) -> LoadedSettings:
    """Return settings whose whitelist is empty, whatever was wrong with their pair lists."""
    none = msgspec.structs.replace(loaded.settings.exchange, pair_whitelist=(), pair_blacklist=())
    lists = ({"method": "StaticPairList"},)
    settings = msgspec.structs.replace(loaded.settings, exchange=none, pairlists=lists, coingecko={})
    return replace(loaded, settings=settings)


@dataclass(kw_only=True, eq=False)
class Pairs:
    """Provide the newest whitelist of the chain.

    A slow chain run continues in the background. If a source outside the exchange does not answer, the last
    whitelist stays in use, and the source is asked again after a while: open trades must be managed in any
    case.
    """

    setup: Setup
    clock: Clock
    gateway: Gateway
    events: EventBus
    notices: Notices
    chain: Chain
    decisions: Decisions

    def __post_init__(self) -> None:
        self.whitelist: list[str] = []
        self._reported: dict[str, str] | None = None
        self._chain_run: asyncio.Task[list[str]] | None = None
        self._not_before = self.clock.now()
        self._is_failing = False

    @property
    def blacklist(self) -> Blacklist:
        return self.chain.context.blacklist

    @property
    def names(self) -> list[str]:
        return self.chain.names

    async def refresh(self) -> list[str]:
        """Return the whitelist, rebuilt if that does not take long. Raises what `Chain.whitelist` raises."""
        try:
            await self.run_chain()
        except PairListError as error:
            self._not_before = self.clock.now() + timedelta(seconds=RETRY_SECONDS)
            if not self._is_failing:
                self._is_failing = True
                pairs = "1 pair" if len(self.whitelist) == 1 else f"{len(self.whitelist)} pairs"
                text = f"The whitelist stays at {pairs} for now: {error}"
                log.warning("%s", text)
                self.events.emit(MessageType.WARNING, status=text)
        return self.whitelist

    async def run_chain(self) -> None:
        """Run the chain, or wait for the run under way, but not for long.

        Also raises `PairListError` if a source does not answer.
        """
        if self._chain_run is None:
            if self.clock.now() < self._not_before:
                return
            self._chain_run = asyncio.create_task(self.chain.whitelist(), name="pair lists")
        await asyncio.wait({self._chain_run}, timeout=PATIENCE_SECONDS)
        if not self._chain_run.done():
            return
        run, self._chain_run = self._chain_run, None
        self.whitelist = run.result()
        self.decisions.chosen(self.whitelist, self._left_out())
        if self._is_failing:
            self._is_failing = False
            log.info("The pair lists work again")

    def _left_out(self) -> dict[str, tuple[str, str]]:
        """Return which list leaves out a pair, and why; configured pairs that cannot be traded included."""
        first = self.names[0]
        return {pair: (first, why) for pair, why in self.chain.left_out.items()} | self.chain.dropped

    def report_left_out(self) -> None:
        """Report which configured pairs are not traded, and why; each change is reported once."""
        left_out, notices = self.chain.left_out, self.notices
        if self.setup.settings.exchange.skip_pair_validation:
            left_out = {pair: why for pair, why in left_out.items() if why != UNKNOWN}
        if left_out == self._reported:
            return
        self._reported = dict(left_out)
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
            text += " The whitelist is empty: no entries, open trades are managed."
        notices.put(LEFT_OUT, text)

    async def close(self) -> None:
        """Cancel a chain run that is under way."""
        run, self._chain_run = self._chain_run, None
        if run is not None:
            run.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):  # its result is no longer needed
                await run


@dataclass(kw_only=True, eq=False)
class _TradesNow:
    """Give pair lists the bot's open and closed trades."""

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
