"""Remove pairs with too low or too high volatility."""

import sys
from typing import TYPE_CHECKING, Annotated

from appliance.pairlists.base.candle_measure import CandleMeasureFilter, CandleMeasureParameters
from appliance.pairlists.base.parameters import param

if TYPE_CHECKING:
    from appliance.domain.market import Candles


class VolatilityParameters(CandleMeasureParameters, frozen=True, kw_only=True):
    min_volatility: Annotated[
        float, param("Minimum volatility", "Remove pairs with a lower volatility, as a ratio.")
    ] = 0
    max_volatility: Annotated[
        float, param("Maximum volatility", "Remove pairs with a higher volatility, as a ratio.", shown=None)
    ] = sys.maxsize
    refresh_period: Annotated[
        int, param("Refresh period", "Seconds until a pair's measure is refreshed.", ge=0)
    ] = 1440


class VolatilityFilter(CandleMeasureFilter[VolatilityParameters]):
    """Measure the standard deviation of the logarithmic returns of the close."""

    description = "Removes pairs by the volatility of their price."
    parameters = VolatilityParameters
    measure_name = "a volatility"

    @property
    def limits(self) -> tuple[float, float]:
        return self.params.min_volatility, self.params.max_volatility

    def measure(self, candles: "Candles") -> float:
        return volatility(candles, self.lookback.period)


def volatility(candles: "Candles", period: int) -> float:
    """Return the mean volatility over all windows of `period` candles; NaN without a whole window.

    The volatility of a window is the sample standard deviation of ln(close / previous close), times the
    square root of its length; the first candle has no previous close and counts as unchanged.
    """
    import numpy as np

    changes = np.concatenate(([0.0], np.diff(np.log(candles[:, 4]))))
    if period < 2 or len(changes) < period:  # one value has no deviation
        return float("nan")
    windows = np.lib.stride_tricks.sliding_window_view(changes, period)
    return float(windows.std(axis=1, ddof=1).mean() * np.sqrt(period))
