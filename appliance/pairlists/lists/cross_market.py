"""Choose pairs by whether the exchange trades their coin on its other market too."""

from collections.abc import Set as AbstractSet
from typing import Annotated, Literal

from appliance.domain.enums import TradingMode
from appliance.pairlists.base.markets import SIZE_PREFIXES
from appliance.pairlists.base.pairlist import InBacktest, PairList, Surroundings, Walk
from appliance.pairlists.base.parameters import Parameters, param
from appliance.pairlists.base.ttl_cache import Remembered

_NOT_A_SIZE = "K"
"""Taken off a name this prefix misleads: KAVA is not a thousand AVA."""


class CrossMarketParameters(Parameters, frozen=True, kw_only=True):
    pairs_exist_on: Annotated[
        Literal["current_market_only", "both_markets"],
        param("Where", "Keep pairs that are on both the spot and the futures market, or on this one only."),
    ] = "both_markets"
    refresh_period: Annotated[
        int, param("Refresh period", "Seconds that the other market's list is kept.", ge=0)
    ] = 1800


class CrossMarketPairList(PairList[CrossMarketParameters]):
    """Compare with the futures market when trading spot, and the other way round."""

    description = "The pairs whose coin is, or is not, on the exchange's other market as well."
    parameters = CrossMarketParameters
    generates = True
    in_backtest = InBacktest.BIASED

    def __init__(self, parameters: Parameters, around: Surroundings, position: int = 0) -> None:
        super().__init__(parameters, around, position)
        self._other: Remembered[AbstractSet[str]] = Remembered(self.set.refresh_period)

    def summary(self) -> str:
        return f"{self.name}: {self.set.pairs_exist_on.replace('_', ' ')}"

    async def filter(self, pairs: list[str], walk: Walk) -> list[str]:
        elsewhere = await self._bases_elsewhere(walk)
        wanted = self.set.pairs_exist_on == "both_markets"
        return [pair for pair in pairs if is_among(walk.markets[pair].base, elsewhere) is wanted]

    async def _bases_elsewhere(self, walk: Walk) -> AbstractSet[str]:
        bases = self._other.get("bases", walk.now)
        if bases is None:
            spot = self.around.trading_mode is TradingMode.FUTURES
            other = TradingMode.SPOT if spot else TradingMode.FUTURES
            bases = await self.around.gateway.fetch_bases(self.around.stake_currency, other)
            self._other.put("bases", bases, walk.now)
        return bases


def is_among(base: str, bases: AbstractSet[str]) -> bool:
    """Tell whether a coin is among others, by its own name or counted in thousands ("1000PEPE")."""
    if base in bases or any(f"{prefix}{base}" in bases for prefix in SIZE_PREFIXES):
        return True
    return any(
        base.removeprefix(prefix) in bases
        for prefix in SIZE_PREFIXES
        if prefix != _NOT_A_SIZE and base.startswith(prefix)
    )
