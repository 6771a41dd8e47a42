"""Take the pairs that another bot trades."""

from collections.abc import Iterable, Iterator
from typing import Annotated

from appliance.domain.errors import ConfigurationError
from appliance.pairlists.base.pairlist import Fault, PairList, Surroundings, Walk
from appliance.pairlists.base.parameters import Parameters, param
from appliance.pairlists.patterns.expand import Expansion
from appliance.pairlists.patterns.pattern import compiled


class ProducerParameters(Parameters, frozen=True, kw_only=True):
    number_assets: Annotated[int, param("Number of pairs", "How many pairs to take; 0: all.", ge=0)] = 0
    producer_name: Annotated[
        str, param("Producer", "Which of the bots in external_message_consumer.producers.")
    ] = "default"


class ProducerPairList(PairList[ProducerParameters]):
    """Yield the whitelist of a producer; further down the chain, add it to what comes in."""

    description = "The pairs of another bot that this one listens to."
    parameters = ProducerParameters
    generates = True

    def __init__(self, parameters: Parameters, around: Surroundings, position: int = 0) -> None:
        super().__init__(parameters, around, position)
        self._expanded = Expansion()

    def faults(self) -> Iterator[Fault]:
        if not self.around.hears_producers:
            yield "method", "expected external_message_consumer.enabled to be true"

    def summary(self) -> str:
        return f"{self.name}: the pairs of {self.set.producer_name}"

    async def generate(self, walk: Walk) -> list[str]:
        told = self._cut(list(self.around.producer_pairs(self.set.producer_name)))
        if not told:
            self.told.warning(
                f"{self.name}: the producer {self.set.producer_name} has not told any pairs yet"
            )
        return self.only_tradable(await self._meant(told, walk), walk)

    async def filter(self, pairs: list[str], walk: Walk) -> list[str]:
        told = self.around.producer_pairs(self.set.producer_name)
        added = self.only_tradable(await self._meant(told, walk), walk)
        return self._cut(list(dict.fromkeys([*pairs, *added])))

    async def _meant(self, told: Iterable[str], walk: Walk) -> list[str]:
        """Return the pairs that a producer means; what makes no sense of what it tells is left out."""
        usable = []
        for pattern in told:
            try:
                compiled(pattern)
            except ConfigurationError as error:
                self.told.warning(f"{self.name}: {self.set.producer_name} tells {error}")
            else:
                usable.append(pattern)
        return await self._expanded.in_thread(tuple(usable), walk.markets)

    def _cut(self, pairs: list[str]) -> list[str]:
        return pairs[: self.set.number_assets] if self.set.number_assets else pairs
