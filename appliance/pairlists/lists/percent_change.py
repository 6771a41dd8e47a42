"""Take the pairs whose price changed most, or least."""

from typing import TYPE_CHECKING, Annotated, Literal

from appliance.pairlists.base.pairlist import ChainRun
from appliance.pairlists.base.parameters import param
from appliance.pairlists.base.ranking import RankedPairList, RankingParameters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from appliance.domain.market import Candles


class PercentChangeParameters(RankingParameters, frozen=True, kw_only=True):
    min_value: Annotated[
        float | None, param("Minimum change", "Remove pairs that do not exceed this change, in percent.")
    ] = None
    max_value: Annotated[
        float | None, param("Maximum change", "Remove pairs that reach this change, in percent.")
    ] = None
    sort_direction: Annotated[
        Literal["", "asc", "desc"] | None,
        param("Order", '"asc": lowest change first, "desc": highest change first.'),
    ] = "desc"


class PercentChangePairList(RankedPairList[PercentChangeParameters]):
    """Sort by the price change of the last 24 hours (ticker), or over the lookback (candles)."""

    description = "The pairs with the greatest price change."
    parameters = PercentChangeParameters

    @property
    def descending(self) -> bool:
        return self.params.sort_direction == "desc"

    def summary(self) -> str:
        return f"{self.name}: the {self.params.number_assets} pairs with the greatest change"

    def by_ticker(self, pairs: list[str], run: ChainRun) -> dict[str, float]:
        found = {}
        for pair in pairs:
            ticker = run.tickers.get(pair)
            if ticker is None or ticker.percentage is None:
                self.says_removed(pair, "the exchange reports no price change")
            else:
                found[pair] = ticker.percentage
        return found

    def by_candles(
        self, pairs: list[str], candles: "Mapping[str, Candles]", run: ChainRun
    ) -> dict[str, float]:
        period = self.lookback.period
        return {pair: change(candles[pair], period) if pair in candles else 0.0 for pair in pairs}

    def is_within(self, measure: float) -> bool:
        least, most = self.params.min_value, self.params.max_value
        return (least is None or measure > least) and (most is None or measure < most)


def change(candles: "Candles", period: int) -> float:
    """Return the change (percent) of the close against that `period` candles before; 0 if unknown."""
    if len(candles) <= period:
        return 0.0
    now, before = float(candles[-1, 4]), float(candles[-1 - period, 4])
    return (now - before) / before * 100 if before > 0 else 0.0
