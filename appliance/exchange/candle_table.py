"""Join, complete and convert candles: pure functions over arrays of shape (n, 6), oldest first."""

from typing import TYPE_CHECKING

import numpy as np

from appliance.domain import timeframe as timeframes

if TYPE_CHECKING:
    from pandas import DataFrame

    from appliance.domain.market import Candles

_COLUMNS = ("open", "high", "low", "close", "volume")
_UNITS_OF_FIXED_LENGTH = "smhdw"


def joined(older: "Candles", newer: "Candles") -> "Candles":
    """Append newer candles to older ones; where both have one, the newer counts."""
    if not len(newer):
        return older
    return np.concatenate((older[older[:, 0] < newer[0, 0]], newer))


def complete(candles: "Candles", before_ms: int) -> "Candles":
    """Return the candles that open before a time and have all their prices."""
    return candles[(candles[:, 0] < before_ms) & ~np.isnan(candles[:, 1:5]).any(axis=1)]


def without_gaps(candles: "Candles", timeframe: str) -> "Candles":
    """Fill in candles that are missing because nothing was traded: the last close, volume 0."""
    if len(candles) < 2 or timeframe[-1] not in _UNITS_OF_FIXED_LENGTH:
        return candles
    length = timeframes.milliseconds(timeframe)
    places = ((candles[:, 0] - candles[0, 0]) // length).astype(np.int64)
    if places[-1] == len(candles) - 1:
        return candles
    filled = np.zeros((places[-1] + 1, 6))
    latest = np.searchsorted(places, np.arange(len(filled)), side="right") - 1
    filled[:, 0] = candles[0, 0] + length * np.arange(len(filled))
    filled[:, 1:5] = candles[latest, 4][:, None]
    filled[places, 1:] = candles[:, 1:]
    return filled


def as_dataframe(candles: "Candles") -> "DataFrame":
    """Return a new DataFrame: date (datetime64[us, UTC]), open, high, low, close, volume; index from 0."""
    import pandas as pd

    dates = pd.to_datetime(candles[:, 0].astype(np.int64), unit="ms", utc=True).as_unit("us")
    columns = {name: candles[:, place].copy() for place, name in enumerate(_COLUMNS, start=1)}
    return pd.DataFrame({"date": dates, **columns})
