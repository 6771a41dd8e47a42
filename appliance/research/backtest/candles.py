"""Load the candles of a backtest: from before its start, gaps filled, as dataframes where strategies ask."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from appliance.domain import timeframe as timeframes
from appliance.domain.money import float_sum
from appliance.research.backtest.series import Floats, Ints, Rows
from appliance.research.data.layout import OHLCV_COLUMNS, CandleKey, columns_of
from appliance.research.data.tables import arranged
from appliance.research.timerange import TimeRange

if TYPE_CHECKING:
    from pandas import DataFrame

    from appliance.research.data.candles import CandleFiles, Candles

_DAY_MS = 86_400_000
_WEEK_MS = 7 * _DAY_MS
_MONDAY_MS = 4 * _DAY_MS
"""1970-01-01 was a Thursday."""


def load(files: "CandleFiles", key: CandleKey, timerange: TimeRange, startup: int = 0) -> "Candles":
    """Return the candles of a range and `startup` candles before it, gaps filled; empty without a file.

    Raises DataError for a file that cannot be read.
    """
    candles = files.load(key, timerange.earlier(startup * timeframes.milliseconds(key.timeframe)))
    if columns_of(key.candle_type) == OHLCV_COLUMNS:
        return filled(candles, key.timeframe)
    # Exchanges state funding some milliseconds late.
    candles = np.column_stack((candles[:, 0] // 1000 * 1000, candles[:, 1:]))
    return arranged(candles, is_ohlcv=False)


def usable_range(timerange: TimeRange, startup: int, timeframe: str, first_ms: int) -> TimeRange:
    """Return the range, its start moved up if no candle lies before it.

    `first_ms` is the first candle of all pairs. Informative candles are loaded for the range as it was.
    """
    moved = first_ms + startup * timeframes.milliseconds(timeframe)
    start = timerange.start_ms
    if start is None or (startup and first_ms >= start):
        return TimeRange(moved, timerange.end_ms)
    return timerange


def filled(candles: "Candles", timeframe: str) -> "Candles":
    """Return one candle for each step of the time frame, from the first candle to the last.

    A missing one has the last close as all its prices, and no volume. Candles within one step become one.
    """
    if not len(candles):
        return candles
    dates = candles[:, 0].astype(np.int64)
    steps, every = _steps(dates, timeframe)
    if len(every) == len(dates) and np.array_equal(dates, every) and not np.isnan(candles).any():
        return candles
    begins = np.flatnonzero(np.diff(steps, prepend=steps[0] - 1))
    volume = np.add.reduceat(np.nan_to_num(candles[:, 5]), begins)
    known = arranged(np.column_stack((steps.astype(float), candles[:, 1:])))
    table = np.full((len(every), 6), np.nan)
    table[:, 0] = every
    places = np.searchsorted(every, steps[begins])
    table[places, 1:] = known[:, 1:]
    table[:, 5] = 0.0
    table[places, 5] = volume
    _repeat_last(table[:, 4])
    for column in (1, 2, 3):
        missing = np.isnan(table[:, column])
        table[missing, column] = table[missing, 4]
    return table


def without_trades(candles: "Candles") -> int:
    """Return how many candles have the last close as all their prices, and no volume: those made up."""
    before = candles[:-1, 4]
    later = candles[1:]
    made_up = (later[:, 5] == 0) & (later[:, 1:5] == before[:, None]).all(axis=1)
    return int(made_up.sum())


def rows_of(candles: "Candles", *, volume: bool = False) -> Rows:
    """Return candles by columns, with their volume if it is asked for."""
    return Rows(
        opened=candles[:, 0].astype(np.int64),
        open=np.ascontiguousarray(candles[:, 1]),
        high=np.ascontiguousarray(candles[:, 2]),
        low=np.ascontiguousarray(candles[:, 3]),
        close=np.ascontiguousarray(candles[:, 4]),
        volume=np.ascontiguousarray(candles[:, 5]) if volume else None,
    )


def frame_of(candles: "Candles", candle_type: str = "spot") -> "DataFrame":
    """Return candles as strategies see them in a backtest: `date` (UTC, in ms), then floats.

    Funding rates stand in `open`, too, where older strategies look for them.
    """
    import pandas as pd  # late: a cached backtest needs no frames

    opened = pd.DatetimeIndex(candles[:, 0].astype(np.int64).view("datetime64[ms]")).tz_localize("UTC")
    names = columns_of(candle_type)
    columns = {name: np.ascontiguousarray(candles[:, place]) for place, name in enumerate(names, start=1)}
    if "funding_rate" in columns:
        columns["open"] = columns["funding_rate"].copy()
    return pd.DataFrame({"date": opened, **columns})


@dataclass(frozen=True, kw_only=True, eq=False)
class FundingRows:
    """Hold what one unit of base currency pays at times (ms, UTC), in stake currency; longs pay above 0."""

    times: Ints
    fee_per_unit: Floats

    def __len__(self) -> int:
        return len(self.times)

    def received(self, amount: float, *, is_short: bool, since_ms: int, until_ms: int) -> float:
        """Return the funding of a position (stake currency), held from `since_ms` to `until_ms` inclusive.

        Paid, if negative.
        """
        first = np.searchsorted(self.times, since_ms, side="left")
        last = np.searchsorted(self.times, until_ms, side="right")
        paid = float_sum((self.fee_per_unit[first:last] * amount).tolist())
        if math.isnan(paid):
            return 0.0
        return paid if is_short else -paid


def funding_rows(
    rates: "Candles", mark: "Candles", assumed_rate: float | None = None, timeframe: str = "1h"
) -> FundingRows:
    """Return what positions pay: rate × opening mark price, at the times that both series have.

    With `assumed_rate` (setting `futures_funding_rate`), it stands in before the first known rate.
    """
    mark = filled(mark, timeframe)
    common, of_rates, of_mark = np.intersect1d(rates[:, 0], mark[:, 0], return_indices=True)
    if assumed_rate is None:
        fees = rates[of_rates, 1] * mark[of_mark, 1]
        return FundingRows(times=common.astype(np.int64), fee_per_unit=fees)
    by_mark = np.full(len(mark), np.nan)
    by_mark[of_mark] = rates[of_rates, 1]
    known = np.flatnonzero(~np.isnan(by_mark))
    by_mark[: known[0] if len(known) else len(mark)] = assumed_rate
    usable = ~np.isnan(by_mark)
    return FundingRows(times=mark[usable, 0].astype(np.int64), fee_per_unit=by_mark[usable] * mark[usable, 1])


def _steps(dates: Ints, timeframe: str) -> tuple[Ints, Ints]:
    """Return the step that each date belongs to, and every step from the first to the last (ms)."""
    number, unit = int(timeframe[:-1]), timeframe[-1]
    if unit in "My":
        kind = "M" if unit == "M" else "Y"
        months = dates.view("datetime64[ms]").astype(f"datetime64[{kind}]").astype(np.int64)
        months = months[0] + (months - months[0]) // number * number
        every = np.arange(months[0], months[-1] + 1, number)
        return _from_calendar(months, kind), _from_calendar(every, kind)
    if unit == "w":
        steps = -((_MONDAY_MS - dates) // _WEEK_MS) * _WEEK_MS + _MONDAY_MS
        return steps, np.arange(steps[0], steps[-1] + 1, _WEEK_MS)
    length = timeframes.milliseconds(timeframe)
    origin = dates[0] // _DAY_MS * _DAY_MS
    steps = origin + (dates - origin) // length * length
    return steps, np.arange(steps[0], steps[-1] + 1, length)


def _from_calendar(steps: Ints, kind: str) -> Ints:
    moments: Ints = steps.view(f"datetime64[{kind}]").astype("datetime64[ms]").astype(np.int64)
    return moments


def _repeat_last(values: Floats) -> None:
    """Replace each missing value by the one before it."""
    places = np.where(np.isnan(values), 0, np.arange(len(values)))
    values[:] = values[np.maximum.accumulate(places)]
