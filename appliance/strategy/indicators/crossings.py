"""Find where one line crosses another."""

import numpy as np
import pandas as pd

from appliance.strategy.indicators.arrays import Values


def crossed_above(series1: Values | float, series2: Values | float) -> pd.Series:
    """Return True where series1 is above series2 and was not on the row before. Either may be a number."""
    return crossed(series1, series2, "above")


def crossed_below(series1: Values | float, series2: Values | float) -> pd.Series:
    """Return True where series1 is below series2 and was not on the row before. Either may be a number."""
    return crossed(series1, series2, "below")


def crossed(series1: Values | float, series2: Values | float, direction: str | None = None) -> pd.Series:
    """Return True where series1 crosses series2; `direction` is "above", "below" or None for either."""
    index = _index_of(series1, series2)
    line, other = _line(series1, index), _line(series2, index)
    before, other_before = line.shift(1), other.shift(1)
    above = (line > other) & (before <= other_before)
    below = (line < other) & (before >= other_before)
    if direction is None:
        return above | below
    return above if direction == "above" else below


def _index_of(*lines: Values | float) -> pd.Index:
    for line in lines:
        if isinstance(line, pd.Series):
            return line.index
    return pd.RangeIndex(max(np.size(line) for line in lines))


def _line(values: Values | float, index: pd.Index) -> pd.Series:
    return values if isinstance(values, pd.Series) else pd.Series(values, index=index)
