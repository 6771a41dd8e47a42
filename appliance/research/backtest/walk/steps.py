"""Lay out the candles of a pair as steps of the walk: its own candles, or those of the detail time frame."""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from appliance.domain.enums import TradeDirection
from appliance.domain.timeframe import milliseconds, to_date
from appliance.research.backtest.series import NO_TAG, Flags, Ints, PairSeries, Rows
from appliance.research.backtest.walk.candle import Candle

Number = TypeVar("Number", bound=np.generic)
Moments = TypeVar("Moments", Ints, int)


class _Given(NamedTuple):
    """Hold what a candle says of signals."""

    enter_long: bool
    exit_long: bool
    enter_short: bool
    exit_short: bool
    enter_tag: str | None
    exit_tag: str | None
    direction: TradeDirection | None


_date = lru_cache(maxsize=4)(to_date)  # pairs that are visited at the same time share it


@dataclass(frozen=True, kw_only=True, eq=False)
class Steps:
    """Hold the steps of a pair, oldest first.

    `candle` is the place of each step's candle in the series, `first` the place of each candle's first step
    (one more than there are candles: the end). `position` orders the steps of all pairs in time. `late` are
    steps at which no entry is made any more, `signals` those at which one may be made, `exits_*` those with
    an exit signal that no entry signal contradicts. `is_usual` tells which candles say `usual`: no signals,
    and the tags that the pair's first candle has; nearly all do.
    """

    series: PairSeries
    rows: Rows
    candle: Ints
    first: Ints
    position: Ints
    long: Flags
    short: Flags
    late: Flags
    signals: Ints
    exits_long: Ints
    exits_short: Ints
    is_usual: Flags
    usual: _Given

    def __len__(self) -> int:
        return len(self.candle)

    def direction(self, step: int) -> TradeDirection | None:
        """Return the direction of the entry signal that acts on a step."""
        if self.late.item(step):
            return None
        row = self.candle.item(step)
        if self.long.item(row):
            return "long"
        return "short" if self.short.item(row) else None

    def candle_at(self, step: int) -> Candle:
        """Return a step as a candle."""
        rows, series = self.rows, self.series
        row = self.candle.item(step)
        opened_ms = rows.opened.item(step)
        return Candle(
            series.pair,
            _date(opened_ms),
            opened_ms,
            rows.open.item(step),
            rows.high.item(step),
            rows.low.item(step),
            rows.close.item(step),
            *(self.usual if self.is_usual.item(row) else self._given(step, row)),
            rows.volume_at(step),
        )

    def _given(self, step: int, row: int) -> _Given:
        series = self.series
        return _Given(
            series.enter_long.item(row) != 0,
            series.exit_long.item(row) != 0,
            series.enter_short.item(row) != 0,
            series.exit_short.item(row) != 0,
            series.tag(series.enter_tag.item(row)),
            series.tag(series.exit_tag.item(row)),
            self.direction(step),
        )

    def last_candle(self) -> Candle:
        """Return the last candle of the series, without signals."""
        rows, last = self.series.rows, len(self.series) - 1
        opened_ms = rows.opened.item(last)
        return Candle(
            self.series.pair,
            to_date(opened_ms),
            opened_ms,
            rows.open.item(last),
            rows.high.item(last),
            rows.low.item(last),
            rows.close.item(last),
            *(False, False, False, False),
            *(None, None, None),
            rows.volume_at(last),
        )


class Timeline:
    """Number the steps of all pairs: `steps_per_candle` positions for each candle of the range."""

    def __init__(self, first_ms: int, timeframe: str, detail: str | None) -> None:
        self.first_ms = first_ms
        self.candle_ms = milliseconds(timeframe)
        self.detail_ms = milliseconds(detail) if detail else self.candle_ms
        self.steps_per_candle = max(self.candle_ms // self.detail_ms, 1)

    def candle_position(self, opened_ms: Moments) -> Moments:
        """Return the position of a candle, or those of several, by the time of their opening (ms)."""
        return (opened_ms - self.first_ms) // self.candle_ms * self.steps_per_candle

    def opened_ms(self, position: int) -> int:
        """Return when the candle of a position opened (ms, UTC)."""
        return self.first_ms + position // self.steps_per_candle * self.candle_ms


def steps_of(
    series: PairSeries, timeline: Timeline, *, can_short: bool, last_ms: int, expires_seconds: float = 0
) -> Steps:
    """Return the steps of a pair. A candle without detail is one step.

    Within a candle, later steps may make the entry that earlier ones could not, until the signal expires
    (`expires_seconds` after the candle opened; 0: never). The first step of the candle that opens at
    `last_ms`, the end of the range, makes none; later ones may, as in freqtrade.
    """
    rows, candle, first = _laid_out(series, timeline)
    inside = np.arange(len(rows)) - first[candle]
    long = (series.enter_long == 1) & (series.exit_long != 1)
    short = np.zeros(len(series), bool)
    if can_short:
        both = (series.enter_long == 1) & (series.enter_short == 1)
        short = (series.enter_short == 1) & (series.exit_short != 1) & ~both
        long &= ~both
    is_usual, usual = _usual(series)
    position = timeline.candle_position(series.rows.opened)[candle] + inside
    late = position == timeline.candle_position(last_ms)
    if expires_seconds:
        late |= (rows.opened - series.rows.opened[candle] > expires_seconds * 1000) & (inside > 0)
    entering = (long | short)[candle] & ~late
    return Steps(
        series=series,
        rows=rows,
        candle=candle,
        first=first,
        position=position,
        long=long,
        short=short,
        late=late,
        signals=np.flatnonzero(entering),
        exits_long=np.flatnonzero(((series.exit_long != 0) & (series.enter_long == 0))[candle]),
        exits_short=np.flatnonzero(((series.exit_short != 0) & (series.enter_short == 0))[candle]),
        is_usual=is_usual,
        usual=usual,
    )


def _usual(series: PairSeries) -> tuple[Flags, _Given]:
    """Return what nearly all candles say of signals, and which do."""
    enter_tag, exit_tag = (
        int(codes[0]) if len(codes) else NO_TAG for codes in (series.enter_tag, series.exit_tag)
    )
    usual = _Given(False, False, False, False, series.tag(enter_tag), series.tag(exit_tag), None)
    is_usual: Flags = (series.enter_tag == enter_tag) & (series.exit_tag == exit_tag)
    for signals in (series.enter_long, series.exit_long, series.enter_short, series.exit_short):
        is_usual &= signals == 0
    return is_usual, usual


def _laid_out(series: PairSeries, timeline: Timeline) -> tuple[Rows, Ints, Ints]:
    """Return the rows of all steps, the candle of each, and the first step of each candle."""
    main, detail = series.rows, series.detail
    count = len(main)
    if detail is None:
        places = np.arange(count + 1)
        return main, places[:-1], places
    start = np.searchsorted(detail.opened, main.opened, side="left")
    end = np.searchsorted(detail.opened, main.opened + timeline.candle_ms, side="left")
    found = end - start
    first = np.concatenate(([0], np.cumsum(np.maximum(found, 1))))
    candle = np.repeat(np.arange(count), np.maximum(found, 1))
    inside = np.arange(first[-1]) - first[candle]
    has_detail = (found > 0)[candle]
    source = np.where(has_detail, start[candle] + inside, 0)

    def column(coarse: "npt.NDArray[Number]", fine: "npt.NDArray[Number]") -> "npt.NDArray[Number]":
        return np.where(has_detail, fine[source], coarse[candle]) if len(fine) else coarse[candle]

    rows = Rows(
        opened=column(main.opened, detail.opened),
        open=column(main.open, detail.open),
        high=column(main.high, detail.high),
        low=column(main.low, detail.low),
        close=column(main.close, detail.close),
        volume=None if main.volume is None or detail.volume is None else column(main.volume, detail.volume),
    )
    return rows, candle, first
