"""Rank pairs by a measure from tickers or candles, and take the first."""

import asyncio
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, TypeVar

from appliance.pairlists.base.lookback import LookbackParameters, Offer, lookback_from
from appliance.pairlists.base.pairlist import ChainRun, Fault, PairList, PairListContext
from appliance.pairlists.base.parameters import Parameters, param
from appliance.pairlists.base.ttl_cache import TtlCache

if TYPE_CHECKING:
    from appliance.domain.market import Candles


class RankingParameters(LookbackParameters, frozen=True, kw_only=True):
    number_assets: Annotated[int, param("Number of pairs", "How many pairs to take.", shown=30, ge=1)]
    refresh_period: Annotated[int, param("Refresh period", "Seconds until the list is refreshed.", ge=0)] = (
        1800
    )


P = TypeVar("P", bound=RankingParameters)


class RankedPairList(PairList[P]):
    """Rank pairs by ticker or, with a lookback, by candles; the result is cached for `refresh_period`."""

    generates = True

    def __init__(self, parameters: Parameters, context: PairListContext, position: int = 0) -> None:
        super().__init__(parameters, context, position)
        self.lookback = lookback_from(self.params, offer_of(context))
        self._cache: TtlCache[list[str]] = TtlCache(self.params.refresh_period)

    @property
    def looks_back(self) -> bool:
        return self.lookback.period > 0

    @property
    def needs_tickers(self) -> bool:
        return not self.looks_back

    @property
    def descending(self) -> bool:
        return True

    def faults(self) -> Iterator[Fault]:
        yield from self.lookback.faults
        if self.lookback.faults:
            return
        minimum = self.lookback.seconds_per_candle if self.looks_back else 0
        if self.params.refresh_period < minimum:
            text = f"expected at least {minimum} seconds, the length of a candle"
            yield "refresh_period", f"{text}, found {self.params.refresh_period}"
        gateway = self.context.gateway
        if not self.looks_back and not gateway.tells_all_tickers:
            text = f"{gateway.name} does not return all tickers at once; expected a lookback by candles"
            yield "lookback_period", text

    def oddities(self) -> Iterator[Fault]:
        yield from self.lookback.oddities

    async def generate(self, run: ChainRun) -> list[str]:
        pairs = self._cache.get("pairs", run.now)
        if not pairs:
            pairs = await super().generate(run)
            self._cache.put("pairs", pairs, run.now)
        return list(pairs)

    async def filter(self, pairs: list[str], run: ChainRun) -> list[str]:
        if self.looks_back:
            count = self.lookback.period + 1  # a change over n candles needs n + 1
            candles = await self.context.candles.newest(pairs, self.lookback.timeframe, count)
            measured = await asyncio.to_thread(self.by_candles, pairs, candles, run)
        else:
            measured = self.by_ticker(pairs, run)
        within = {pair: measure for pair, measure in measured.items() if self.is_within(measure)}
        ranked = sorted(within, key=lambda pair: within[pair], reverse=self.descending)
        free = [pair for pair in ranked if pair not in run.blacklisted]
        return self.only_tradable(free, run)[: self.params.number_assets]

    @abstractmethod
    def by_ticker(self, pairs: list[str], run: ChainRun) -> dict[str, float]:
        """Return the measure of each pair whose ticker has it."""

    @abstractmethod
    def by_candles(
        self, pairs: list[str], candles: "Mapping[str, Candles]", run: ChainRun
    ) -> dict[str, float]:
        """Return the measure of each pair, 0 without candles. Called in a thread."""

    @abstractmethod
    def is_within(self, measure: float) -> bool:
        """Return whether a pair with this measure is within the limits."""


def offer_of(context: PairListContext) -> Offer:
    """Return which candles the exchange offers."""
    gateway = context.gateway
    return Offer(gateway.name, gateway.timeframes, gateway.candle_limit)
