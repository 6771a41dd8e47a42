"""Put trades together with the candles that led to their entries and exits."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from msgspec import Struct

from appliance.research.results.analysis.stored_frames import Frame
from appliance.research.timerange import TimeRange

Row = dict[str, Any]

ALL = "all"


class AnalysedTrade(Struct, frozen=True):
    """Hold a trade's record, and the candles (None: unknown) whose signals led to its entry and its exit."""

    trade: Mapping[str, Any]
    entry: Row | None
    exit: Row | None

    @property
    def row(self) -> Row:
        """The trade's record, its `enter_reason`, and the columns of the candle that led to the entry."""
        return {**self.trade, "enter_reason": self.trade["enter_tag"], **(self.entry or {})}


class Selection(Struct, frozen=True, kw_only=True):
    """State which trades are analysed: dates are those of the candles, `all` stands for every reason."""

    timerange: TimeRange = TimeRange()
    enter_reasons: Collection[str] = (ALL,)
    exit_reasons: Collection[str] = (ALL,)

    def takes(self, trade: Mapping[str, Any], candle: Row | None) -> bool:
        """Return whether a trade is analysed, seen from one of its candles."""
        return (
            _is_among(trade["enter_tag"], self.enter_reasons)
            and _is_among(trade["exit_reason"], self.exit_reasons)
            and self.is_in_range(candle)
        )

    def is_in_range(self, candle: Row | None) -> bool:
        """Return whether a candle lies in the range, whose end does not count."""
        start, end = self.timerange.start_ms, self.timerange.end_ms
        if start is None and end is None:
            return True
        if candle is None:
            return False
        opened = candle["date"]
        return (start is None or opened >= start) and (end is None or opened < end)


def analysed_trades(
    trades: Sequence[Mapping[str, Any]],
    signals: Mapping[str, Frame],
    exits: Mapping[str, Frame],
    selection: Selection,
) -> list[AnalysedTrade]:
    """Return the trades that a selection takes, by pair in the order of `signals`, then by their opening.

    Trades of pairs without frames are left out.
    """
    entered, left = _Candles(signals), _Candles(exits)
    found = []
    places = {pair: place for place, (pair, frame) in enumerate(signals.items()) if frame}
    known = [trade for trade in trades if trade["pair"] in places]
    for trade in sorted(known, key=lambda trade: (places[trade["pair"]], trade["open_timestamp"])):
        entry = entered.before(trade["pair"], trade["open_timestamp"])
        if selection.takes(trade, entry):
            gone = left.before(trade["pair"], trade["close_timestamp"])
            found.append(AnalysedTrade(trade, entry, gone if selection.takes(trade, gone) else None))
    return found


class _Candles:
    """Find candles of signals by their dates."""

    def __init__(self, frames: Mapping[str, Frame]) -> None:
        self._frames = frames
        self._orders = {
            pair: np.argsort(frame["date"], kind="stable") for pair, frame in frames.items() if frame
        }

    def before(self, pair: str, moment_ms: int) -> Row | None:
        """Return the last candle of a pair before a moment."""
        order = self._orders.get(pair)
        if order is None:
            return None
        frame = self._frames[pair]
        place = int(np.searchsorted(frame["date"][order], moment_ms)) - 1
        return row_of(frame, int(order[place])) if place >= 0 else None


def row_of(frame: Frame, place: int) -> Row:
    """Return one row of a frame, as Python's own types; dates other than `date` as texts."""
    return {name: _plain(column[place]) for name, column in frame.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, np.datetime64 | np.timedelta64):
        return str(value)
    return value.item() if isinstance(value, np.generic) else value


def _is_among(reason: str, wanted: Collection[str]) -> bool:
    return not wanted or ALL in wanted or reason in wanted
