"""Take a part out of the middle of a list."""

from typing import Annotated

from appliance.pairlists.base.pairlist import InBacktest, PairList, Walk
from appliance.pairlists.base.parameters import Parameters, param


class OffsetParameters(Parameters, frozen=True, kw_only=True):
    offset: Annotated[int, param("Offset", "How many pairs to leave out at the beginning.", ge=0)] = 0
    number_assets: Annotated[
        int, param("Number of pairs", "How many pairs to take from there on; 0 takes all.", ge=0)
    ] = 0


class OffsetFilter(PairList[OffsetParameters]):
    """Leave out the first pairs, and those after so many more."""

    description = "Leaves out the first pairs of a list."
    parameters = OffsetParameters
    in_backtest = InBacktest.WORKS

    def summary(self) -> str:
        taken = f"{self.set.number_assets} pairs" if self.set.number_assets else "all pairs"
        return f"{self.name}: takes {taken} after the first {self.set.offset}"

    async def filter(self, pairs: list[str], walk: Walk) -> list[str]:
        if self.set.offset > len(pairs):
            self.told.warning(
                f"{self.name}: an offset of {self.set.offset} leaves nothing of {len(pairs)} pairs"
            )
        return part(pairs, self.set.offset, self.set.number_assets)


def part(pairs: list[str], offset: int, number: int) -> list[str]:
    """Return `number` pairs (0: all) from `offset` on."""
    rest = pairs[offset:]
    return rest[:number] if number else rest
