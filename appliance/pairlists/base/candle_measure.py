"""Judge pairs by a measure of how much they move, from candles."""

import asyncio
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

from appliance.pairlists.base.lookback import NeededLookbackParameters, settled
from appliance.pairlists.base.pairlist import Fault, PairList, Surroundings, Walk
from appliance.pairlists.base.parameters import Parameters, param
from appliance.pairlists.base.ranking import offer_of
from appliance.pairlists.base.ttl_cache import Remembered

if TYPE_CHECKING:
    from appliance.domain.market import Candles


class CandleMeasureParameters(NeededLookbackParameters, frozen=True, kw_only=True):
    sort_direction: Annotated[
        Literal["", "asc", "desc"] | None,
        param("Order", 'The least ("asc") or the most ("desc") moving first; default: as they come.'),
    ] = None
    refresh_period: Annotated[
        int, param("Refresh period", "Seconds that a pair's measure is kept.", ge=0)
    ] = 86_400


P = TypeVar("P", bound=CandleMeasureParameters)


class CandleMeasureFilter(PairList[P]):
    """Keep the pairs whose measure lies within limits; each pair's measure is kept for a while."""

    measure_name: str

    def __init__(self, parameters: Parameters, around: Surroundings, position: int = 0) -> None:
        super().__init__(parameters, around, position)
        self.lookback = settled(self.set, offer_of(around), needed=True)
        self._measures: Remembered[float] = Remembered(self.set.refresh_period)

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
        """The least and the most that is wanted."""

    @abstractmethod
    def measure(self, candles: "Candles") -> float:
        """Measure a pair by its candles, of which there is at least one; NaN where they are too few."""

    async def filter(self, pairs: list[str], walk: Walk) -> list[str]:
        measured = await self._measured(pairs, walk)
        kept = [pair for pair in pairs if self._is_wanted(pair, measured.get(pair))]
        if self.set.sort_direction:
            kept.sort(key=lambda pair: measured[pair], reverse=self.set.sort_direction == "desc")
        return kept

    async def _measured(self, pairs: list[str], walk: Walk) -> dict[str, float]:
        known = {pair: self._measures.get(pair, walk.now) for pair in pairs}
        missing = [pair for pair, measure in known.items() if measure is None]
        if not missing:
            return {pair: measure for pair, measure in known.items() if measure is not None}
        count = self.lookback.period + 1
        candles = await self.around.candles.newest(missing, self.lookback.timeframe, count)
        fresh = await asyncio.to_thread(self._all_measured, candles)  # of hundreds, it takes its time
        self._measures.put_all(fresh, walk.now)
        return {pair: measure for pair, measure in known.items() if measure is not None} | fresh

    def _all_measured(self, candles: "Mapping[str, Candles]") -> dict[str, float]:
        return {pair: self.measure(found) for pair, found in candles.items()}

    def _is_wanted(self, pair: str, measure: float | None) -> bool:
        least, most = self.limits
        if measure is None:
            self.told.info(f"{self.name} removes {pair}: there are no candles of it")
            return False
        if not least <= measure <= most:
            over = f"{self.measure_name} over {self.lookback.in_words} is {measure:.3f}"
            self.told.info(f"{self.name} removes {pair}: {over}, not within {least:g} and {most:g}")
            return False
        return True
