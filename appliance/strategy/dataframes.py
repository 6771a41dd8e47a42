"""Convert candles to the dataframes that strategies read."""

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from appliance.domain.market import Candles

CANDLE_COLUMNS = ["date", "open", "high", "low", "close", "volume"]


def frame_of(candles: "Candles") -> pd.DataFrame:
    """Return candles as a dataframe: `date` is the opening time (UTC, in µs), the others are floats."""
    frame = pd.DataFrame(candles[:, 1:], columns=CANDLE_COLUMNS[1:])
    opened = pd.DatetimeIndex(candles[:, 0].astype("int64").view("datetime64[ms]"))
    frame.insert(0, "date", opened.as_unit("us").tz_localize("UTC"))
    return frame


def empty_frame() -> pd.DataFrame:
    """Return a dataframe without candles, with the columns and their types."""
    return pd.DataFrame(
        {
            "date": pd.DatetimeIndex([], dtype="datetime64[us, UTC]"),
            **{name: pd.Series(dtype="float64") for name in CANDLE_COLUMNS[1:]},
        }
    )
