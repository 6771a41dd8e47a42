"""Read the newest values of a strategy's indicators from its dataframe: numbers only, a limited number."""

import math
from array import array
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pandas import DataFrame, Index

MOST_INDICATORS = 32
"""The first columns of a strategy are kept; some have hundreds."""
_NOT_INDICATORS = frozenset(
    (
        *("date", "open", "high", "low", "volume"),
        *("enter_long", "exit_long", "enter_short", "exit_short", "enter_tag", "exit_tag"),
    )
)


class Indicators(NamedTuple):
    """Hold names, and their values as float64 (NaN: none)."""

    names: tuple[str, ...]
    values: bytes


NOTHING = Indicators((), b"")


class IndicatorReader:
    """Read the last row of dataframes, which nearly always have the same columns as the one before."""

    def __init__(self) -> None:
        self._columns: Index[Any] | None = None
        self._names: tuple[str, ...] = ()
        self._places: tuple[int, ...] = ()

    def newest(self, frame: "DataFrame") -> Indicators:
        """Return the values of the last row; nothing if the dataframe is not as expected."""
        try:
            row = frame.iloc[-1].to_numpy()
            if self._columns is None or not frame.columns.equals(self._columns):
                self._learn(frame)
            values = array("d", map(_as_number, [row[place] for place in self._places]))
        except Exception:  # noqa: BLE001 - the edge: a dataframe is what the strategy made of it
            return NOTHING
        return Indicators(self._names, values.tobytes())

    def _learn(self, frame: "DataFrame") -> None:
        found = [
            (place, name)
            for place, (name, kind) in enumerate(zip(frame.columns, frame.dtypes, strict=True))
            if isinstance(name, str) and name not in _NOT_INDICATORS and getattr(kind, "kind", "O") in "biuf"
        ][:MOST_INDICATORS]
        self._columns = frame.columns
        self._places = tuple(place for place, _ in found)
        self._names = tuple(name[:60] for _, name in found)


def _as_number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


def unpacked(values: bytes) -> list[float | None]:
    """Return the values; None for those that are no finite number."""
    numbers = array("d")
    numbers.frombytes(values)
    return [number if math.isfinite(number) else None for number in numbers]
