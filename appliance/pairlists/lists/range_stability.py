"""Remove pairs whose price range is too small or too large."""

import math
from typing import TYPE_CHECKING, Annotated

from appliance.pairlists.base.candle_measure import CandleMeasureFilter, CandleMeasureParameters
from appliance.pairlists.base.parameters import param

if TYPE_CHECKING:
    from appliance.domain.market import Candles


class RangeStabilityParameters(CandleMeasureParameters, frozen=True, kw_only=True):
    min_rate_of_change: Annotated[
        float, param("Minimum range", "Remove pairs with a smaller range, as a ratio of the lowest price.")
    ] = 0.01
    max_rate_of_change: Annotated[
        float | None, param("Maximum range", "Remove pairs with a larger range, as a ratio.")
    ] = None


class RangeStabilityFilter(CandleMeasureFilter[RangeStabilityParameters]):
    """Measure the range between the highest and the lowest price."""

    description = "Removes pairs by the range of their price."
    parameters = RangeStabilityParameters
    measure_name = "a rate of change"

    @property
    def limits(self) -> tuple[float, float]:
        return self.params.min_rate_of_change, self.params.max_rate_of_change or math.inf

    def measure(self, candles: "Candles") -> float:
        return rate_of_change(candles)


def rate_of_change(candles: "Candles") -> float:
    """Return the range from the lowest to the highest price as a ratio of the lowest."""
    highest, lowest = float(candles[:, 2].max()), float(candles[:, 3].min())
    return (highest - lowest) / lowest if lowest > 0 else 0.0
