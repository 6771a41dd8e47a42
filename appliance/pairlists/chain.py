"""Link pair lists to a chain: the first yields pairs, each further one filters them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from appliance.config.jsonc import KeyPath
from appliance.config.validation.list_items import Fault, Reading, nearest, read_item, shown
from appliance.domain.errors import ExchangeError, PairListError
from appliance.domain.market import Ticker
from appliance.pairlists.base.pairlist import PairList, Surroundings, Walk
from appliance.pairlists.base.ttl_cache import Remembered, Told
from appliance.pairlists.lists.static import StaticPairList
from appliance.pairlists.registry import PAIR_LISTS

_TICKERS_KEPT_SECONDS = 1_800.0
_EVERYWHERE = ("method", "refresh_period")
"""Keys that any entry may have; not every list has something to keep."""

Link = PairList[Any]


class Chain:
    """Make the whitelist."""

    def __init__(self, links: Sequence[Link], around: Surroundings) -> None:
        self.links = list(links)
        self.around = around
        self._told = Told(__name__, around.now)
        self._tickers: Remembered[Mapping[str, Ticker]] = Remembered(_TICKERS_KEPT_SECONDS)

    @property
    def names(self) -> list[str]:
        return [link.name for link in self.links]

    def summaries(self) -> list[str]:
        return [link.summary() for link in self.links]

    @property
    def left_out(self) -> Mapping[str, str]:
        """Why pairs of the configuration are not traded, by pair, if a list goes by them."""
        lists = [link for link in self.links if isinstance(link, StaticPairList)]
        return lists[0].left_out if lists else {}

    async def whitelist(self) -> list[str]:
        """Go along the chain, and leave out what is blacklisted.

        Raises `ExchangeError` where not even markets can be had, `PairListError` where something else that
        lists go by cannot, and `ConfigurationError` for what only turns out now.
        """
        walk = await self._walk()
        pairs = await self.links[0].generate(walk)
        for link in self.links[1:]:
            pairs = await link.filter(_known(pairs, walk), walk)
        for pair in pairs:
            if pair in walk.barred:
                self._told.warning(f"Leaving {pair} out of the whitelist: it is blacklisted")
        return [pair for pair in _known(pairs, walk) if pair not in walk.barred]

    async def _walk(self) -> Walk:
        now = self.around.now()
        markets = await self.around.gateway.load_markets()
        barred = frozenset(await self.around.blacklist.expanded_in_thread(markets))
        needed = any(link.needs_tickers for link in self.links)
        tickers = await self._fresh_tickers(now) if needed else {}
        return Walk(now=now, markets=markets, barred=barred, tickers=tickers)

    async def _fresh_tickers(self, now: datetime) -> Mapping[str, Ticker]:
        kept = self._tickers.get("all", now)
        if kept is not None:
            return kept
        try:
            fresh = await self.around.gateway.fetch_tickers()
        except ExchangeError as error:
            raise PairListError(f"the pair lists need all tickers: {error}") from error
        self._tickers.put("all", fresh, now)
        return fresh


def read_chain(entries: Sequence[Any], around: Surroundings) -> tuple[Chain | None, Reading]:
    """Make a chain of what `pairlists` says; None where something is wrong with it.

    Key paths begin with `pairlists`.
    """
    whole = Reading([], [])
    links: list[Link] = []
    for index, entry in enumerate(entries):
        link, reading = _read(entry, index, around)
        whole.faults.extend(reading.faults)
        whole.oddities.extend(reading.oddities)
        if link is not None:
            links.append(link)
    if not entries:
        whole.faults.append(Fault(("pairlists",), "expected at least one list, found none"))
    return (None if whole.faults else Chain(links, around)), whole


def _read(entry: Any, index: int, around: Surroundings) -> tuple[Link | None, Reading]:
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
    link = kind(parameters, around, index)
    reading.faults.extend(Fault((*path, key), text) for key, text in link.faults())
    reading.oddities.extend(Fault((*path, key), text) for key, text in link.oddities())
    return (None if reading.faults else link), reading


def _no_such(method: Any) -> str:
    if not isinstance(method, str):
        found = "missing" if method is None else f"found {shown((), method)}"
        return f'{found}; expected the name of a pair list, e.g. "StaticPairList"'
    hint = nearest(method, list(PAIR_LISTS)) or f"; there are {', '.join(PAIR_LISTS)}"
    return f'expected a pair list, found "{method}"{hint}'


def _known(pairs: Sequence[str], walk: Walk) -> list[str]:
    """Leave out what the exchange took off its list since a link remembered it."""
    return [pair for pair in pairs if pair in walk.markets]
