"""Choose pairs by whether their coin is also on the other market (spot, futures) of the exchange."""

from collections.abc import Set as AbstractSet
from typing import Annotated, Literal

from appliance.domain.enums import TradingMode
from appliance.pairlists.base.markets import SIZE_PREFIXES
from appliance.pairlists.base.pairlist import ChainRun, InBacktest, PairList, PairListContext
from appliance.pairlists.base.parameters import Parameters, param
from appliance.pairlists.base.ttl_cache import TtlCache

_NOT_A_SIZE = "K"
"""A prefix that is also the first letter of names: KAVA is not a thousand AVA."""


class CrossMarketParameters(Parameters, frozen=True, kw_only=True):
    pairs_exist_on: Annotated[
        Literal["current_market_only", "both_markets"],
        param("Where", "Keep pairs that are on both spot and futures market, or on this market only."),
    ] = "both_markets"
    refresh_period: Annotated[
        int, param("Refresh period", "Seconds until the list of the other market is refreshed.", ge=0)
    ] = 1800


class CrossMarketPairList(PairList[CrossMarketParameters]):
    """Compare with the futures market when trading spot, and with the spot market when trading futures."""

    description = "The pairs whose coin is, or is not, also on the other market of the exchange."
    parameters = CrossMarketParameters
    generates = True
    in_backtest = InBacktest.BIASED

    def __init__(self, parameters: Parameters, context: PairListContext, position: int = 0) -> None:
        super().__init__(parameters, context, position)
        self._other: TtlCache[AbstractSet[str]] = TtlCache(self.params.refresh_period)

    def summary(self) -> str:
        return f"{self.name}: {self.params.pairs_exist_on.replace('_', ' ')}"

    async def filter(self, pairs: list[str], run: ChainRun) -> list[str]:
        elsewhere = await self._bases_elsewhere(run)
        wanted = self.params.pairs_exist_on == "both_markets"
        return [pair for pair in pairs if is_among(run.markets[pair].base, elsewhere) is wanted]

    async def _bases_elsewhere(self, run: ChainRun) -> AbstractSet[str]:
        bases = self._other.get("bases", run.now)
        if bases is None:
            spot = self.context.trading_mode is TradingMode.FUTURES
            other = TradingMode.SPOT if spot else TradingMode.FUTURES
            bases = await self.context.gateway.fetch_bases(self.context.stake_currency, other)
            self._other.put("bases", bases, run.now)
        return bases


def is_among(base: str, bases: AbstractSet[str]) -> bool:
    """Return whether a coin is among others, under its name or counted in thousands ("1000PEPE")."""
    if base in bases or any(f"{prefix}{base}" in bases for prefix in SIZE_PREFIXES):
        return True
    return any(
        base.removeprefix(prefix) in bases
        for prefix in SIZE_PREFIXES
        if prefix != _NOT_A_SIZE and base.startswith(prefix)
    )
