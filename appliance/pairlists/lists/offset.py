"""Skip the first pairs of a list."""

from typing import Annotated

from appliance.pairlists.base.pairlist import ChainRun, InBacktest, PairList
from appliance.pairlists.base.parameters import Parameters, param


class OffsetParameters(Parameters, frozen=True, kw_only=True):
    offset: Annotated[int, param("Offset", "Number of pairs to skip at the beginning.", ge=0)] = 0
    number_assets: Annotated[
        int, param("Number of pairs", "Number of pairs to take after them; 0: all.", ge=0)
    ] = 0


class OffsetFilter(PairList[OffsetParameters]):
    """Skip the first `offset` pairs, and take `number_assets` pairs after them."""

    description = "Skips the first pairs of a list."
    parameters = OffsetParameters
    in_backtest = InBacktest.WORKS

    def summary(self) -> str:
        taken = f"{self.params.number_assets} pairs" if self.params.number_assets else "all pairs"
        return f"{self.name}: takes {taken} after the first {self.params.offset}"

    async def filter(self, pairs: list[str], run: ChainRun) -> list[str]:
        if self.params.offset > len(pairs):
            self.log.warning(
                f"{self.name}: no pairs left: offset {self.params.offset} of a list of {len(pairs)} pairs"
            )
        return part(pairs, self.params.offset, self.params.number_assets)


def part(pairs: list[str], offset: int, number: int) -> list[str]:
    """Return `number` pairs (0: all) from `offset` on."""
    rest = pairs[offset:]
    return rest[:number] if number else rest
