"""Compare what a strategy makes of all candles of a pair with what it makes of those until a candle."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from appliance.domain.errors import StrategyError
from appliance.research.backtest.data_port import Reads
from appliance.research.backtest.series import Flags, Ints
from appliance.research.lookahead.columns import Column, Columns, differing
from appliance.research.lookahead.signals import SignalChange, Signals

if TYPE_CHECKING:
    from appliance.research.data.candles import Candles
    from appliance.research.lookahead.subject import Subject

_NOT_COMPARED = frozenset(("date",))


class ColumnChange(NamedTuple):
    """State how a column changes once later candles are known.

    `row` is the newest one that changes, `ahead` how many candles after the first one that changes were
    needed for it; `rows` is how many of those until the candle change. Values are those of `row`.
    """

    column: str
    row: int
    ahead: int
    rows: int
    whole: Any
    known: Any


class CutResult(NamedTuple):
    """State what changes after the candle of `row`: its signals, and values of it and earlier ones.

    `had_signal` tells whether there was one, with or without the later candles. `failure` is what the
    strategy raised.
    """

    row: int
    had_signal: bool = False
    signals: tuple[SignalChange, ...] = ()
    columns: tuple[ColumnChange, ...] = ()
    failure: str = ""


@dataclass(frozen=True, eq=False)
class Whole:
    """Hold what a strategy makes of all candles of a pair. `unsteady` columns differ from run to run."""

    pair: str
    candles: "Candles"
    columns: Columns
    signals: Signals
    unsteady: frozenset[str]
    reads: Reads

    def __len__(self) -> int:
        return len(self.candles)

    @property
    def opened(self) -> Ints:
        """When the candles opened (ms, UTC)."""
        dates: Ints = self.candles[:, 0].astype(np.int64)
        return dates


def whole_of(subject: "Subject", pair: str, candles: "Candles", again: Columns) -> Whole:
    """Run a strategy on all candles of a pair. Raises StrategyError, DataError.

    `again` are the columns of another run: what differs is not steady.
    """
    reads = Reads()
    columns = subject.columns(pair, candles, reads)
    unsteady = frozenset(_changing(columns, again))
    signals = Signals.of(columns, len(candles), can_short=subject.can_short)
    return Whole(pair, candles, columns, signals, unsteady, reads)


def examined(subject: "Subject", whole: Whole, row: int) -> CutResult:
    """Run the strategy on the candles until that of `row`, and compare. Raises DataError."""
    count = row + 1
    try:
        known = subject.columns(whole.pair, whole.candles[:count])
    except StrategyError as error:
        return CutResult(row, failure=str(error))
    signals = Signals.of(known, count, can_short=subject.can_short)
    return CutResult(
        row,
        had_signal=any(whole.signals.at(row).values()) or any(signals.at(row).values()),
        signals=tuple(whole.signals.changes(signals, row)),
        columns=tuple(_column_changes(whole.columns, known, row, whole.unsteady)),
    )


def _column_changes(
    whole: Columns, known: Columns, row: int, left_out: Collection[str]
) -> Iterator[ColumnChange]:
    """Yield the columns that differ until a row, in the order of the frame; those that are missing, too."""
    names = [*whole, *(name for name in known if name not in whole)]
    for name in names:
        if name in _NOT_COMPARED or name in left_out:
            continue
        flags = _differing(whole.get(name), known.get(name), row + 1)
        rows = np.flatnonzero(flags)
        if len(rows):
            last = int(rows[-1])
            yield ColumnChange(
                column=name,
                row=last,
                ahead=row + 1 - int(rows[0]),
                rows=len(rows),
                whole=_value(whole.get(name), last),
                known=_value(known.get(name), last),
            )


def _differing(
    whole: "np.ndarray[Any, Any] | None", known: "np.ndarray[Any, Any] | None", rows: int
) -> Flags:
    if whole is None:
        whole = np.full(rows, np.nan)
    if known is None:
        known = np.full(rows, np.nan)
    return differing(whole[:rows], known)


def _value(column: Column | None, row: int) -> Any:
    """Return a value that can be sent and printed: a number, a text, or None."""
    if column is None:
        return None
    value = column[row]
    value = value.item() if isinstance(value, np.generic) else value
    return value if value is None or isinstance(value, bool | int | float | str) else repr(value)[:80]


def _changing(columns: Columns, again: Columns) -> Iterator[str]:
    for name in {*columns, *again}:
        one, other = columns.get(name), again.get(name)
        if one is None or other is None or len(one) != len(other) or differing(one, other).any():
            yield name
