"""Take the pairs that another bot trades."""

from collections.abc import Iterator
from typing import Annotated

from appliance.pairlists.expand import expand
from appliance.pairlists.pairlist import Fault, PairList, Walk
from appliance.pairlists.parameters import Parameters, param


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
        return self.only_tradable(expand(told, walk.markets), walk)

    async def filter(self, pairs: list[str], walk: Walk) -> list[str]:
        told = self.around.producer_pairs(self.set.producer_name)
        added = self.only_tradable(expand(told, walk.markets), walk)
        return self._cut(list(dict.fromkeys([*pairs, *added])))

    def _cut(self, pairs: list[str]) -> list[str]:
        return pairs[: self.set.number_assets] if self.set.number_assets else pairs
