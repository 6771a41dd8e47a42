"""Take pairs from the configuration."""

from typing import TYPE_CHECKING, Annotated

from appliance.pairlists.base.pairlist import ChainRun, InBacktest, PairList, PairListContext
from appliance.pairlists.base.parameters import Parameters, param
from appliance.pairlists.patterns.expand import Expansion

if TYPE_CHECKING:
    from collections.abc import Mapping


class StaticParameters(Parameters, frozen=True, kw_only=True):
    allow_inactive: Annotated[
        bool, param("Allow inactive pairs", "Keep pairs that the exchange does not trade now.")
    ] = False


class StaticPairList(PairList[StaticParameters]):
    """Generate `exchange.pair_whitelist`; further down the chain, add it to the pairs."""

    description = "The pairs of exchange.pair_whitelist, with patterns expanded."
    parameters = StaticParameters
    generates = True
    in_backtest = InBacktest.WORKS

    def __init__(self, parameters: Parameters, context: PairListContext, position: int = 0) -> None:
        super().__init__(parameters, context, position)
        self._expanded = Expansion(keep_unknown=True)
        self.left_out: Mapping[str, str] = {}
        """Why pairs of the whitelist cannot be traded, by pair, as of the last run."""

    async def generate(self, run: ChainRun) -> list[str]:
        wanted = await self._expanded.in_thread(tuple(self.context.whitelist), run.markets)
        left_out: dict[str, str] = {}
        inactive_too = self.params.allow_inactive
        tradable = self.only_tradable(wanted, run, allow_inactive=inactive_too, left_out=left_out)
        self.left_out = left_out
        return tradable

    async def filter(self, pairs: list[str], run: ChainRun) -> list[str]:
        return list(dict.fromkeys([*pairs, *await self.generate(run)]))
