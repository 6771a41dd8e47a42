"""Put pairs into random order."""

import random
from typing import Annotated, Literal

from appliance.domain.timeframe import candle_open_ms, to_ms
from appliance.pairlists.base.pairlist import ChainRun, InBacktest, PairList, PairListContext
from appliance.pairlists.base.parameters import Parameters, param

_MAX_ORDERS = 20


class ShuffleParameters(Parameters, frozen=True, kw_only=True):
    shuffle_frequency: Annotated[
        Literal["candle", "iteration"], param("How often", "Shuffle once per candle, or in each cycle.")
    ] = "candle"
    seed: Annotated[int | None, param("Seed", "Seed of the random order; without effect while trading.")] = (
        None
    )


class ShuffleFilter(PairList[ShuffleParameters]):
    """Shuffle, so that not always the same pairs come first."""

    description = "Puts pairs into random order."
    parameters = ShuffleParameters
    in_backtest = InBacktest.WORKS

    def __init__(self, parameters: Parameters, context: PairListContext, position: int = 0) -> None:
        super().__init__(parameters, context, position)
        self._random = random.Random(self.params.seed if context.seeded else None)
        self._candle = 0
        self._orders: dict[tuple[str, ...], list[str]] = {}

    def summary(self) -> str:
        return f"{self.name}: shuffles pairs each {self.params.shuffle_frequency}"

    async def filter(self, pairs: list[str], run: ChainRun) -> list[str]:
        if self.params.shuffle_frequency == "iteration" or self.context.seeded:
            return self._shuffled(pairs)
        candle = candle_open_ms(self.context.timeframe, to_ms(run.now))
        if candle != self._candle or len(self._orders) > _MAX_ORDERS:
            self._candle, self._orders = candle, {}
        key = tuple(pairs)
        if key not in self._orders:
            self._orders[key] = self._shuffled(pairs)
        return list(self._orders[key])

    def _shuffled(self, pairs: list[str]) -> list[str]:
        shuffled = list(pairs)
        self._random.shuffle(shuffled)  # in place, so that a seed gives the order that it gives freqtrade
        return shuffled
