"""Put pairs into an order of chance."""

import random
from typing import Annotated, Literal

from appliance.domain.timeframe import candle_open_ms, to_ms
from appliance.pairlists.base.pairlist import InBacktest, PairList, Surroundings, Walk
from appliance.pairlists.base.parameters import Parameters, param

_LISTS_KEPT = 20


class ShuffleParameters(Parameters, frozen=True, kw_only=True):
    shuffle_frequency: Annotated[
        Literal["candle", "iteration"], param("How often", "Shuffle anew each candle, or each cycle.")
    ] = "candle"
    seed: Annotated[
        int | None, param("Seed", "Number that the order follows from; without effect while trading.")
    ] = None


class ShuffleFilter(PairList[ShuffleParameters]):
    """Shuffle, so that not always the same pairs come first; the order stays for a candle."""

    description = "Puts pairs into an order of chance."
    parameters = ShuffleParameters
    in_backtest = InBacktest.WORKS

    def __init__(self, parameters: Parameters, around: Surroundings, position: int = 0) -> None:
        super().__init__(parameters, around, position)
        self._chance = random.Random(self.set.seed if around.seeded else None)
        self._candle = 0
        self._orders: dict[tuple[str, ...], list[str]] = {}

    def summary(self) -> str:
        return f"{self.name}: shuffles pairs each {self.set.shuffle_frequency}"

    async def filter(self, pairs: list[str], walk: Walk) -> list[str]:
        if self.set.shuffle_frequency == "iteration" or self.around.seeded:
            return self._shuffled(pairs)
        candle = candle_open_ms(self.around.timeframe, to_ms(walk.now))
        if candle != self._candle or len(self._orders) > _LISTS_KEPT:
            self._candle, self._orders = candle, {}
        key = tuple(pairs)
        if key not in self._orders:
            self._orders[key] = self._shuffled(pairs)
        return list(self._orders[key])

    def _shuffled(self, pairs: list[str]) -> list[str]:
        return self._chance.sample(pairs, len(pairs))
