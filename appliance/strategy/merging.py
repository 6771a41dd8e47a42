"""Merge slower candles into faster ones without lookahead."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from appliance.strategy.timeframes import timeframe_to_minutes

if TYPE_CHECKING:
    from appliance.strategy.informative import Moments

_NO_DATE = pd.NaT.value
"""A missing date in ms; it sorts before every other."""


def merge_informative_pair(  # noqa: PLR0913 -- freqtrade's signature
    dataframe: pd.DataFrame,
    informative: pd.DataFrame,
    timeframe: str,
    timeframe_inf: str,
    ffill: bool = True,
    append_timeframe: bool = True,
    date_column: str = "date",
    suffix: str | None = None,
) -> pd.DataFrame:
    """Add the columns of `informative` (candles of `timeframe_inf`) to `dataframe` (candles of `timeframe`).

    A row gets the newest informative candle that had closed when its own candle closed. With `ffill` its
    values are repeated until the next one; without, only the row that closes with it has them. Columns are
    renamed `<name>_<timeframe_inf>`, or `<name>_<suffix>`, or not at all.
    Raises ValueError if the informative candles are shorter, or both kinds of names are requested; pandas'
    MergeError (a ValueError) if the same candles are merged so often that column names collide.
    """
    if suffix and append_timeframe:
        raise ValueError("merge_informative_pair: give a suffix, or append_timeframe=True, not both")
    known = known_from(informative[date_column], timeframe, timeframe_inf)
    ending = timeframe_inf if append_timeframe else suffix
    named = informative.rename(columns=lambda name: f"{name}_{ending}") if ending else informative
    return merged(dataframe, named, known, ffill=ffill)


def known_from(dates: "pd.Series[Any]", timeframe: str, timeframe_inf: str) -> "Moments":
    """Return the opening time (ms) of the first row that may use each informative candle."""
    fast, slow = timeframe_to_minutes(timeframe), timeframe_to_minutes(timeframe_inf)
    if slow < fast:
        raise ValueError(
            f"candles of {timeframe_inf} cannot be merged into candles of {timeframe}: they are shorter"
        )
    if slow == fast or dates.empty:
        return in_ms(dates)
    month = pd.offsets.MonthBegin(1) if timeframe_inf == "1M" else pd.Timedelta(minutes=slow)
    return in_ms(dates + month - pd.Timedelta(minutes=fast))


def merged(
    dataframe: pd.DataFrame, informative: pd.DataFrame, known: "Moments", *, ffill: bool
) -> pd.DataFrame:
    """Return every row with the newest informative row known by then; names in both get `_x` and `_y`.

    Raises MergeError if these names exist, too, as after merging the same candles three times. Informative
    rows without a date (of a shifted dataframe) are ignored; their order does not matter.
    """
    rows = in_ms(dataframe["date"])
    usable = np.argsort(known, kind="stable")[np.count_nonzero(known == _NO_DATE) :]
    ordered = known[usable]
    found = np.searchsorted(ordered, rows, side="right") - 1
    together = np.isin(rows, ordered)
    if not together.any():
        found[:] = -1  # No row closes with any of them: all are older than the dataframe, or off its grid.
    elif not ffill:
        found[~together] = -1
    picked = np.where(found < 0, -1, usable[found]) if len(usable) else found
    right = informative.reset_index(drop=True).reindex(picked)
    right.index = pd.RangeIndex(len(right))
    left = dataframe.reset_index(drop=True)
    both = set(left.columns) & set(right.columns)
    if both:
        left = left.rename(columns={name: f"{name}_x" for name in both})
        right = right.rename(columns={name: f"{name}_y" for name in both})
        _check_names([*left.columns, *right.columns], both)
    return pd.concat([left, right], axis=1)


def _check_names(names: list[Any], both: set[Any]) -> None:
    """Raise MergeError if a renamed column has the name of another column."""
    given = {f"{name}{end}" for name in both for end in ("_x", "_y")}
    twice = sorted({name for name in given if names.count(name) > 1})
    if twice:
        raise pd.errors.MergeError(
            f"merged too often: the columns {', '.join(twice)} exist already; merge the same candles once, or"
            " give each merge a suffix of its own (append_timeframe=False)"
        )


def in_ms(dates: "pd.Series[Any]") -> "Moments":
    """Return dates of any unit as ms since 1970."""
    moments: Moments = pd.DatetimeIndex(dates).as_unit("ms").asi8
    return moments
