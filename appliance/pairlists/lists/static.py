"""Take pairs from the configuration."""

from collections.abc import Mapping
from typing import Annotated

from appliance.pairlists.base.pairlist import InBacktest, PairList, Surroundings, Walk
from appliance.pairlists.base.parameters import Parameters, param
from appliance.pairlists.patterns.expand import Expansion


class StaticParameters(Parameters, frozen=True, kw_only=True):
    allow_inactive: Annotated[
        bool, param("Allow inactive pairs", "Keep pairs that the exchange does not trade at the moment.")
    ] = False


class StaticPairList(PairList[StaticParameters]):
    """Yield `exchange.pair_whitelist`; further down the chain, add it to what comes in."""

    description = "The pairs of exchange.pair_whitelist, patterns among them expanded."
    parameters = StaticParameters
    generates = True
    in_backtest = InBacktest.WORKS

    def __init__(self, parameters: Parameters, around: Surroundings, position: int = 0) -> None:
        super().__init__(parameters, around, position)
        self._expanded = Expansion(keep_unknown=True)
        self.left_out: Mapping[str, str] = {}
        """Why each pair of it cannot be traded, as of the last walk."""

    async def generate(self, walk: Walk) -> list[str]:
        wanted = await self._expanded.in_thread(tuple(self.around.whitelist), walk.markets)
        left_out: dict[str, str] = {}
        inactive_too = self.set.allow_inactive
        kept = self.only_tradable(wanted, walk, allow_inactive=inactive_too, left_out=left_out)
        self.left_out = left_out
        return kept

    async def filter(self, pairs: list[str], walk: Walk) -> list[str]:
        return list(dict.fromkeys([*pairs, *await self.generate(walk)]))
