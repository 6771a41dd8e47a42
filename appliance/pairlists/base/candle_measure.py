"""Filter pairs by a measure of how much their price moves, from candles."""

import asyncio
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

from appliance.pairlists.base.lookback import NeededLookbackParameters, lookback_from
from appliance.pairlists.base.pairlist import ChainRun, Fault, PairList, PairListContext
from appliance.pairlists.base.parameters import Parameters, param
from appliance.pairlists.base.ranking import offer_of
from appliance.pairlists.base.ttl_cache import TtlCache

if TYPE_CHECKING:
    from appliance.domain.market import Candles


class CandleMeasureParameters(NeededLookbackParameters, frozen=True, kw_only=True):
    sort_direction: Annotated[
        Literal["", "asc", "desc"] | None,
        param("Order", '"asc": lowest first, "desc": highest first; default: unsorted.'),
    ] = None
    refresh_period: Annotated[
        int, param("Refresh period", "Seconds until a pair's measure is refreshed.", ge=0)
    ] = 86_400


P = TypeVar("P", bound=CandleMeasureParameters)


class CandleMeasureFilter(PairList[P]):
    """Keep the pairs whose measure is within limits; measures are cached for `refresh_period`."""

    measure_name: str

    def __init__(self, parameters: Parameters, context: PairListContext, position: int = 0) -> None:
        super().__init__(parameters, context, position)
        self.lookback = lookback_from(self.params, offer_of(context), needed=True)
        self._measures: TtlCache[float] = TtlCache(self.params.refresh_period)

    def faults(self) -> Iterator[Fault]:
        yield from self.lookback.faults

    def oddities(self) -> Iterator[Fault]:
        yield from self.lookback.oddities

    def summary(self) -> str:
        least, most = self.limits
        return f"{self.name}: keeps pairs with {self.measure_name} of {least:g} to {most:g}"

    @property
    @abstractmethod
    def limits(self) -> tuple[float, float]:
        """Return the lowest and the highest measure that passes."""

    @abstractmethod
    def measure(self, candles: "Candles") -> float:
        """Return the measure of a pair from its candles (at least one); NaN if there are too few."""

    async def filter(self, pairs: list[str], run: ChainRun) -> list[str]:
        measured = await self._measured(pairs, run)
        passed = [pair for pair in pairs if self._passes(pair, measured.get(pair))]
        if self.params.sort_direction:
            passed.sort(key=lambda pair: measured[pair], reverse=self.params.sort_direction == "desc")
        return passed

    async def _measured(self, pairs: list[str], run: ChainRun) -> dict[str, float]:
        known = {pair: self._measures.get(pair, run.now) for pair in pairs}
        missing = [pair for pair, measure in known.items() if measure is None]
        if not missing:
            return {pair: measure for pair, measure in known.items() if measure is not None}
        count = self.lookback.period + 1
        candles = await self.context.candles.newest(missing, self.lookback.timeframe, count)
        fresh = await asyncio.to_thread(self._all_measured, candles)  # hundreds of pairs take long
        self._measures.put_all(fresh, run.now)
        return {pair: measure for pair, measure in known.items() if measure is not None} | fresh

    def _all_measured(self, candles: "Mapping[str, Candles]") -> dict[str, float]:
        return {pair: self.measure(found) for pair, found in candles.items()}

    def _passes(self, pair: str, measure: float | None) -> bool:
        least, most = self.limits
        if measure is None:
            self.says_removed(pair, "it has no candles")
            return False
        if not least <= measure <= most:
            found = f"{self.measure_name} over {self.lookback.in_words} is {measure:.3f}"
            self.says_removed(pair, f"{found}, not between {least:g} and {most:g}")
            return False
        return True
