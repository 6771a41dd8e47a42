"""Read what a strategy made of a pair's candles: what to walk over, and the signals that act on it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from appliance.research.backtest.series import NO_TAG, ODD, Codes, Ints, PairSeries, Rows, Signals

if TYPE_CHECKING:
    from collections.abc import Callable

    from pandas import DataFrame, Series

    from appliance.research.timerange import TimeRange

_PRICES = ("open", "high", "low", "close")
_SIGNALS = ("enter_long", "exit_long", "enter_short", "exit_short")


@dataclass(frozen=True)
class Cut:
    """State which rows of an analysed frame are tested.

    `startup` rows are cut off by their number, so that a pair that was listed later loses its own first ones;
    without, what lies before the start of the range. `volume` keeps the volume of candles, too.
    """

    startup: int
    timerange: "TimeRange"
    volume: bool = False

    def of(self, dates_ms: Ints) -> slice:
        """Return the rows that are tested, oldest first."""
        start, end = self.timerange.start_ms, self.timerange.end_ms
        first = self.startup
        if not first and start is not None:
            first = int(np.searchsorted(dates_ms, start))
        last = len(dates_ms) if end is None else int(np.searchsorted(dates_ms, end, side="right"))
        return slice(first, max(first, last))


def dates_of(frame: "DataFrame") -> Ints:
    """Return the dates of a frame in ms (UTC)."""
    import pandas as pd  # late: a cached backtest needs no frames

    dates: Ints = pd.DatetimeIndex(frame["date"]).as_unit("ms").asi8
    return dates


def series_of(
    pair: str,
    frame: "DataFrame",
    cut: Cut,
    *,
    detail: Rows | None = None,
    load: "Callable[[], DataFrame] | None" = None,
) -> PairSeries:
    """Return the tested candles of an analysed frame, with signals moved to the candle that they act on.

    The first tested candle only gives a signal. Prices are those of the frame: a strategy may have replaced
    them. Signals count where they are 1; NaN is none. Raises ValueError or TypeError for columns of other
    types, KeyError for missing candles.
    """
    dates = dates_of(frame)
    rows = cut.of(dates)
    acting, giving = slice(rows.start + 1, rows.stop), slice(rows.start, max(rows.start, rows.stop - 1))
    prices = {name: _last(frame, name).to_numpy(dtype=float)[acting] for name in _PRICES}
    flags = {name: _signals(frame, name, giving) for name in _SIGNALS}
    columns = {name: np.ascontiguousarray(column) for name, column in prices.items()}
    if cut.volume:
        columns["volume"] = np.nan_to_num(_last(frame, "volume").to_numpy(dtype=float)[acting])
    tags: dict[str, int] = {}
    enter_tag, exit_tag = _tag_columns(frame)
    return PairSeries(
        pair=pair,
        rows=Rows(opened=dates[acting], **columns),
        enter_long=flags["enter_long"],
        exit_long=flags["exit_long"],
        enter_short=flags["enter_short"],
        exit_short=flags["exit_short"],
        enter_tag=_codes(enter_tag, giving, tags),
        exit_tag=_codes(exit_tag, giving, tags),
        tags=list(tags),
        detail=detail,
        frame=load,
    )


def _last(frame: "DataFrame", name: str) -> "Series[Any]":
    """Return the column of a name; the last one if there are several."""
    found = frame[name]
    return found if found.ndim == 1 else found.iloc[:, -1]


def _signals(frame: "DataFrame", name: str, rows: slice) -> Signals:
    if name not in frame.columns:
        return np.zeros(rows.stop - rows.start, dtype=np.int8)
    given = _last(frame, name).iloc[rows]
    is_one = (given == 1).to_numpy(dtype=bool, na_value=False)
    is_odd = (given.notna() & (given != 0)).to_numpy(dtype=bool, na_value=False) & ~is_one
    signals: Signals = is_one.astype(np.int8)
    signals[is_odd] = ODD
    return signals


def _tag_columns(frame: "DataFrame") -> "tuple[Series[Any] | None, Series[Any] | None]":
    """Return the columns of entry and exit tags.

    freqtrade reads them by their places. With a `buy_tag` of interface version 2 there are two columns of
    entry tags, the first of them empty: it takes the second one for the exit tags, and so do we.
    """
    found = [
        frame.iloc[:, place]
        for name in ("enter_tag", "exit_tag")
        for place in np.flatnonzero(frame.columns == name)
    ]
    if "enter_tag" not in frame.columns:
        return None, (found[0] if found else None)
    return found[0], (found[1] if len(found) > 1 else None)


def _codes(column: "Series[Any] | None", rows: slice, tags: dict[str, int]) -> Codes:
    """Return the place of each row's tag in `tags`, which grows by those that are new."""
    import pandas as pd  # late: a cached backtest needs no frames

    if column is None:
        return np.full(rows.stop - rows.start, NO_TAG, dtype=np.int32)
    codes, found = pd.factorize(column.iloc[rows].to_numpy(dtype=object))
    places = [tags.setdefault(str(tag), len(tags)) for tag in found]
    # The last place answers for code -1: no tag.
    chosen: Codes = np.array([*places, NO_TAG], dtype=np.int32)[codes]
    return chosen
