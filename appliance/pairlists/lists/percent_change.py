"""Take the pairs whose price has changed most, or least."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

from appliance.pairlists.base.pairlist import Walk
from appliance.pairlists.base.parameters import param
from appliance.pairlists.base.ranking import RankedPairList, RankingParameters

if TYPE_CHECKING:
    from appliance.domain.market import Candles


class PercentChangeParameters(RankingParameters, frozen=True, kw_only=True):
    min_value: Annotated[
        float | None, param("Least change", "Leave out pairs that do not exceed this change, in percent.")
    ] = None
    max_value: Annotated[
        float | None, param("Most change", "Leave out pairs that reach this change, in percent.")
    ] = None
    sort_direction: Annotated[
        Literal["", "asc", "desc"] | None,
        param("Order", 'By change, the lowest ("asc") or the highest ("desc") first.'),
    ] = "desc"


class PercentChangePairList(RankedPairList[PercentChangeParameters]):
    """Sort by the change of price: of the last 24 hours by ticker, or over so many candles."""

    description = "The pairs with the greatest change of price."
    parameters = PercentChangeParameters

    @property
    def descending(self) -> bool:
        return self.set.sort_direction == "desc"

    def summary(self) -> str:
        return f"{self.name}: the {self.set.number_assets} pairs with the greatest change"

    def by_ticker(self, pairs: list[str], walk: Walk) -> dict[str, float]:
        found = {}
        for pair in pairs:
            ticker = walk.tickers.get(pair)
            if ticker is None or ticker.percentage is None:
                self.told.info(f"{self.name} removes {pair}: the exchange tells no change of its price")
            else:
                found[pair] = ticker.percentage
        return found

    def by_candles(self, pairs: list[str], candles: "Mapping[str, Candles]", walk: Walk) -> dict[str, float]:
        period = self.lookback.period
        return {pair: change(candles[pair], period) if pair in candles else 0.0 for pair in pairs}

    def is_within(self, measure: float) -> bool:
        least, most = self.set.min_value, self.set.max_value
        return (least is None or measure > least) and (most is None or measure < most)


def change(candles: "Candles", period: int) -> float:
    """Return by how many percent the close differs from that `period` candles before; 0 where unknown."""
    if len(candles) <= period:
        return 0.0
    now, before = float(candles[-1, 4]), float(candles[-1 - period, 4])
    return (now - before) / before * 100 if before > 0 else 0.0
