"""Leave out pairs whose price hardly moves, or moves too far."""

import math
from typing import TYPE_CHECKING, Annotated

from appliance.pairlists.base.candle_measure import CandleMeasureFilter, CandleMeasureParameters
from appliance.pairlists.base.parameters import param

if TYPE_CHECKING:
    from appliance.domain.market import Candles


class RangeStabilityParameters(CandleMeasureParameters, frozen=True, kw_only=True):
    min_rate_of_change: Annotated[
        float, param("Least range", "Leave out pairs with a smaller range, as a ratio of the lowest price.")
    ] = 0.01
    max_rate_of_change: Annotated[
        float | None, param("Most range", "Leave out pairs with a larger range, as a ratio.")
    ] = None


class RangeStabilityFilter(CandleMeasureFilter[RangeStabilityParameters]):
    """Measure the range between highest and lowest price."""

    description = "Leaves out pairs by the range that their price moved in."
    parameters = RangeStabilityParameters
    measure_name = "a rate of change"

    @property
    def limits(self) -> tuple[float, float]:
        return self.set.min_rate_of_change, self.set.max_rate_of_change or math.inf

    def measure(self, candles: "Candles") -> float:
        return rate_of_change(candles)


def rate_of_change(candles: "Candles") -> float:
    """Return the range from the lowest to the highest price as a ratio of the lowest."""
    highest, lowest = float(candles[:, 2].max()), float(candles[:, 3].min())
    return (highest - lowest) / lowest if lowest > 0 else 0.0
