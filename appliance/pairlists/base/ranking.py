"""Sort pairs by one measure, from tickers or candles, and take the first of them."""

import asyncio
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, TypeVar

from appliance.pairlists.base.lookback import LookbackParameters, Offer, settled
from appliance.pairlists.base.pairlist import Fault, PairList, Surroundings, Walk
from appliance.pairlists.base.parameters import Parameters, param
from appliance.pairlists.base.ttl_cache import Remembered

if TYPE_CHECKING:
    from appliance.domain.market import Candles


class RankingParameters(LookbackParameters, frozen=True, kw_only=True):
    number_assets: Annotated[int, param("Number of pairs", "How many pairs to take.", shown=30, ge=1)]
    refresh_period: Annotated[
        int, param("Refresh period", "Seconds that the list is kept before it is made anew.", ge=0)
    ] = 1800


P = TypeVar("P", bound=RankingParameters)


class RankedPairList(PairList[P]):
    """Measure pairs by ticker or, where a look back is set, by candles; the list is kept for a while."""

    generates = True

    def __init__(self, parameters: Parameters, around: Surroundings, position: int = 0) -> None:
        super().__init__(parameters, around, position)
        self.lookback = settled(self.set, offer_of(around))
        self._kept: Remembered[list[str]] = Remembered(self.set.refresh_period)

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
        least = self.lookback.seconds_per_candle if self.looks_back else 0
        if self.set.refresh_period < least:
            text = f"expected at least {least} seconds, the length of a candle"
            yield "refresh_period", f"{text}, found {self.set.refresh_period}"
        gateway = self.around.gateway
        if not self.looks_back and not gateway.tells_all_tickers:
            text = f"{gateway.name} does not tell all tickers at once; expected a look back by candles"
            yield "lookback_period", text

    def oddities(self) -> Iterator[Fault]:
        yield from self.lookback.oddities

    async def generate(self, walk: Walk) -> list[str]:
        kept = self._kept.get("pairs", walk.now)
        if not kept:
            kept = await super().generate(walk)
            self._kept.put("pairs", kept, walk.now)
        return list(kept)

    async def filter(self, pairs: list[str], walk: Walk) -> list[str]:
        if self.looks_back:
            count = self.lookback.period + 1  # a change over n candles is told by n + 1
            candles = await self.around.candles.newest(pairs, self.lookback.timeframe, count)
            measured = await asyncio.to_thread(self.by_candles, pairs, candles, walk)
        else:
            measured = self.by_ticker(pairs, walk)
        within = {pair: measure for pair, measure in measured.items() if self.is_within(measure)}
        ranked = sorted(within, key=lambda pair: within[pair], reverse=self.descending)
        free = [pair for pair in ranked if pair not in walk.barred]
        return self.only_tradable(free, walk)[: self.set.number_assets]

    @abstractmethod
    def by_ticker(self, pairs: list[str], walk: Walk) -> dict[str, float]:
        """Measure the pairs whose tickers can tell."""

    @abstractmethod
    def by_candles(self, pairs: list[str], candles: "Mapping[str, Candles]", walk: Walk) -> dict[str, float]:
        """Measure all pairs, in a thread; those without candles get a measure of nothing."""

    @abstractmethod
    def is_within(self, measure: float) -> bool:
        """Tell whether a pair of this measure is wanted."""


def offer_of(around: Surroundings) -> Offer:
    """Return what candles the exchange has."""
    gateway = around.gateway
    return Offer(gateway.name, gateway.timeframes, gateway.candle_limit)
