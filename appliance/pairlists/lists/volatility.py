"""Leave out pairs whose price is too calm or too wild."""

import sys
from typing import TYPE_CHECKING, Annotated

from appliance.pairlists.base.candle_measure import CandleMeasureFilter, CandleMeasureParameters
from appliance.pairlists.base.parameters import param

if TYPE_CHECKING:
    from appliance.domain.market import Candles


class VolatilityParameters(CandleMeasureParameters, frozen=True, kw_only=True):
    min_volatility: Annotated[
        float, param("Least volatility", "Leave out pairs that are calmer than this, as a ratio.")
    ] = 0
    max_volatility: Annotated[
        float, param("Most volatility", "Leave out pairs that are wilder than this, as a ratio.", shown=None)
    ] = sys.maxsize
    refresh_period: Annotated[
        int, param("Refresh period", "Seconds that a pair's measure is kept.", ge=0)
    ] = 1440


class VolatilityFilter(CandleMeasureFilter[VolatilityParameters]):
    """Measure the standard deviation of the closes' logarithmic changes."""

    description = "Leaves out pairs by how much their price varied from candle to candle."
    parameters = VolatilityParameters
    measure_name = "a volatility"

    @property
    def limits(self) -> tuple[float, float]:
        return self.set.min_volatility, self.set.max_volatility

    def measure(self, candles: "Candles") -> float:
        return volatility(candles, self.lookback.period)


def volatility(candles: "Candles", period: int) -> float:
    """Return the mean volatility over all windows of `period` candles; NaN where there is no whole window.

    The volatility of a window is the sample's standard deviation of ln(close / close before), times the root
    of the window's length; the first candle, before which nothing is known, counts as unchanged.
    """
    import numpy as np

    changes = np.concatenate(([0.0], np.diff(np.log(candles[:, 4]))))
    if period < 2 or len(changes) < period:  # one value deviates from nothing
        return float("nan")
    windows = np.lib.stride_tricks.sliding_window_view(changes, period)
    return float(windows.std(axis=1, ddof=1).mean() * np.sqrt(period))
