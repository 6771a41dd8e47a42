"""Take the pairs of another bot."""

from collections.abc import Iterable, Iterator
from typing import Annotated

from appliance.domain.errors import ConfigurationError
from appliance.pairlists.base.pairlist import ChainRun, Fault, PairList, PairListContext
from appliance.pairlists.base.parameters import Parameters, param
from appliance.pairlists.patterns.expand import Expansion
from appliance.pairlists.patterns.pattern import compiled


class ProducerParameters(Parameters, frozen=True, kw_only=True):
    number_assets: Annotated[int, param("Number of pairs", "Number of pairs to take; 0: all.", ge=0)] = 0
    producer_name: Annotated[
        str, param("Producer", "Name of a bot in external_message_consumer.producers.")
    ] = "default"


class ProducerPairList(PairList[ProducerParameters]):
    """Generate the whitelist of a producer; further down the chain, add it to the pairs."""

    description = "The pairs of another bot (a producer)."
    parameters = ProducerParameters
    generates = True

    def __init__(self, parameters: Parameters, context: PairListContext, position: int = 0) -> None:
        super().__init__(parameters, context, position)
        self._expanded = Expansion()

    def faults(self) -> Iterator[Fault]:
        if not self.context.listens_to_producers:
            yield "method", "expected external_message_consumer.enabled to be true"

    def summary(self) -> str:
        return f"{self.name}: the pairs of {self.params.producer_name}"

    async def generate(self, run: ChainRun) -> list[str]:
        received = self._cut(list(self.context.producer_pairs(self.params.producer_name)))
        if not received:
            self.log.warning(f"{self.name}: no pairs received from producer {self.params.producer_name} yet")
        return self.only_tradable(await self._expand(received, run), run)

    async def filter(self, pairs: list[str], run: ChainRun) -> list[str]:
        received = self.context.producer_pairs(self.params.producer_name)
        added = self.only_tradable(await self._expand(received, run), run)
        return self._cut(list(dict.fromkeys([*pairs, *added])))

    async def _expand(self, received: Iterable[str], run: ChainRun) -> list[str]:
        """Return the pairs that match the patterns of a producer; invalid patterns are logged."""
        usable = []
        for pattern in received:
            try:
                compiled(pattern)
            except ConfigurationError as error:
                self.log.warning(f"{self.name}: producer {self.params.producer_name}: {error}")
            else:
                usable.append(pattern)
        return await self._expanded.in_thread(tuple(usable), run.markets)

    def _cut(self, pairs: list[str]) -> list[str]:
        return pairs[: self.params.number_assets] if self.params.number_assets else pairs
