"""Evaluate a chain of pair lists: the first generates pairs, the others filter them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from appliance.config.validation.list_items import Fault, Reading, nearest, read_item, shown
from appliance.domain.errors import ExchangeError, PairListError
from appliance.domain.market import Ticker
from appliance.pairlists.base.pairlist import ChainRun, PairList, PairListContext
from appliance.pairlists.base.throttled_log import ThrottledLog
from appliance.pairlists.base.ttl_cache import TtlCache
from appliance.pairlists.evaluation import ChainStep, Evaluation, step_of
from appliance.pairlists.lists.static import StaticPairList
from appliance.pairlists.registry import PAIR_LISTS

if TYPE_CHECKING:
    from appliance.config.jsonc import KeyPath

_TICKERS_CACHED_SECONDS = 1_800.0
BLACKLIST = "Blacklist"
"""Names the step after all lists."""
NOT_TRADED = "the exchange no longer trades it"
_EVERYWHERE = ("method", "refresh_period")
"""Keys that every list accepts, used or not."""

Link = PairList[Any]


class Chain:
    """Evaluate the chain that the configuration describes."""

    def __init__(self, links: Sequence[Link], context: PairListContext) -> None:
        self.links = list(links)
        self.context = context
        self.dropped: dict[str, tuple[str, str]] = {}
        """Which list left out a pair in the last run, and why, for pairs that a list before it had."""
        self.last: Evaluation | None = None
        """What each list did in the last run; None before the first."""
        self._log = ThrottledLog(__name__, context.now)
        self._tickers: TtlCache[Mapping[str, Ticker]] = TtlCache(_TICKERS_CACHED_SECONDS)

    @property
    def names(self) -> list[str]:
        return [link.name for link in self.links]

    def summaries(self) -> list[str]:
        return [link.summary() for link in self.links]

    @property
    def left_out(self) -> Mapping[str, str]:
        """Return why pairs of `exchange.pair_whitelist` are not traded; empty without StaticPairList."""
        lists = [link for link in self.links if isinstance(link, StaticPairList)]
        return lists[0].left_out if lists else {}

    async def whitelist(
        self, *, generator_only: bool = False, among: Collection[str] | None = None
    ) -> list[str]:
        """Return the pairs to trade, without blacklisted ones.

        `generator_only` leaves out the filters; `among`: the only pairs that they are given (in a backtest,
        those that have candles).

        Raises `ExchangeError` if the markets cannot be fetched, `PairListError` if another source of a list
        cannot, and `ConfigurationError` for settings that only a source shows to be wrong.
        """
        run = await self._new_run()
        dropped: dict[str, tuple[str, str]] = {}
        pairs = await self.links[0].generate(run)
        if among is not None:
            pairs = [pair for pair in pairs if pair in among]
        first = self.links[0]
        refused = first.left_out if isinstance(first, StaticPairList) else {}
        steps = [step_of(first.name, _does(first), None, pairs, refused)]
        for link in self.links[1:] if not generator_only else ():
            given = _known(pairs, run)
            pairs = await link.filter(list(given), run)
            gone = set(given).difference(pairs)
            reasons = {pair: link.removed.get(pair) or _usual(link) for pair in gone}
            dropped.update((pair, (link.name, reason)) for pair, reason in reasons.items())
            steps.append(step_of(link.name, _does(link), given, pairs, reasons))
        steps.append(self._without_blacklisted(pairs, run, dropped))
        self.dropped, self.last = dropped, Evaluation(at=run.now, steps=steps)
        return [pair for pair in _known(pairs, run) if pair not in run.blacklisted]

    def _without_blacklisted(
        self, pairs: Sequence[str], run: ChainRun, dropped: dict[str, tuple[str, str]]
    ) -> ChainStep:
        """Add the blacklisted ones to `dropped`, with a warning; return the step."""
        blacklisted = [pair for pair in pairs if pair in run.blacklisted]
        for pair in blacklisted:
            self._log.warning(f"Leaving {pair} out of the whitelist: it is blacklisted")
            dropped[pair] = ("the blacklist", "it is blacklisted")
        kept = [pair for pair in _known(pairs, run) if pair not in run.blacklisted]
        reasons = dict.fromkeys(pairs, NOT_TRADED) | dict.fromkeys(blacklisted, "it is blacklisted")
        return step_of(BLACKLIST, "removes what is never traded", pairs, kept, reasons)

    async def _new_run(self) -> ChainRun:
        now = self.context.now()
        markets = await self.context.gateway.load_markets()
        blacklisted = frozenset(await self.context.blacklist.expanded_in_thread(markets))
        needed = any(link.needs_tickers for link in self.links)
        tickers = await self._fresh_tickers(now) if needed else {}
        return ChainRun(now=now, markets=markets, blacklisted=blacklisted, tickers=tickers)

    async def _fresh_tickers(self, now: datetime) -> Mapping[str, Ticker]:
        cached = self._tickers.get("all", now)
        if cached is not None:
            return cached
        try:
            fresh = await self.context.gateway.fetch_tickers()
        except ExchangeError as error:
            raise PairListError(f"the pair lists need the tickers of all pairs: {error}") from error
        self._tickers.put("all", fresh, now)
        return fresh


def _usual(link: Link) -> str:
    """Return what a list does, for a pair of which it did not say more."""
    return link.summary().removeprefix(f"{link.name}: ")


def _does(link: Link) -> str:
    """Return the same in words even for a list without parameters."""
    return link.description if link.summary() == link.name else _usual(link)


def read_chain(entries: Sequence[Any], context: PairListContext) -> tuple[Chain | None, Reading]:
    """Return the chain that the setting `pairlists` describes, and its faults; None if there are faults.

    Key paths begin with `pairlists`.
    """
    whole = Reading([], [])
    links: list[Link] = []
    for index, entry in enumerate(entries):
        link, reading = _read(entry, index, context)
        whole.faults.extend(reading.faults)
        whole.oddities.extend(reading.oddities)
        if link is not None:
            links.append(link)
    if not entries:
        whole.faults.append(Fault(("pairlists",), "expected at least one list, found none"))
    return (None if whole.faults else Chain(links, context)), whole


def _read(entry: Any, index: int, context: PairListContext) -> tuple[Link | None, Reading]:
    path: KeyPath = ("pairlists", index)
    if not isinstance(entry, Mapping):
        return None, Reading([Fault(path, f"expected an object, found {shown(path, entry)}")], [])
    kind = PAIR_LISTS.get(str(entry.get("method")))
    if kind is None:
        return None, Reading([Fault((*path, "method"), _no_such(entry.get("method")))], [])
    parameters, reading = read_item(kind.parameters, entry, path, also=_EVERYWHERE)
    if index == 0 and not kind.generates:
        sources = ", ".join(name for name, other in PAIR_LISTS.items() if other.generates)
        text = f"{kind.__name__} only filters; expected first in the chain one of {sources}"
        reading.faults.append(Fault((*path, "method"), text))
    if parameters is None:
        return None, reading
    link = kind(parameters, context, index)
    reading.faults.extend(Fault((*path, key), text) for key, text in link.faults())
    reading.oddities.extend(Fault((*path, key), text) for key, text in link.oddities())
    return (None if reading.faults else link), reading


def _no_such(method: Any) -> str:
    if not isinstance(method, str):
        found = "missing" if method is None else f"found {shown((), method)}"
        return f'{found}; expected the name of a pair list, e.g. "StaticPairList"'
    hint = nearest(method, list(PAIR_LISTS)) or f"; available: {', '.join(PAIR_LISTS)}"
    return f'expected a pair list, found "{method}"{hint}'


def _known(pairs: Sequence[str], run: ChainRun) -> list[str]:
    """Remove pairs that the exchange has delisted since a list cached them."""
    return [pair for pair in pairs if pair in run.markets]
