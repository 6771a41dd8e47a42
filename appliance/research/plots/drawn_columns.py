"""Gather what a chart of one pair draws: the columns of a dataframe, and the panes that they are in."""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from appliance.reports.views.dataframe_columns import column_of
from appliance.research.backtest.series import Floats
from appliance.research.plots.indicators import Area, Drawn, Indicator, Pane

if TYPE_CHECKING:
    from pandas import DataFrame

_CANDLE = frozenset({"open", "high", "low", "close"})
_SIGNALS = ("enter_long", "exit_long", "enter_short", "exit_short")


class DrawnColumns:
    """Gather the columns that are drawn, each once; the volume is the first."""

    def __init__(self, frame: "DataFrame") -> None:
        self._frame = frame
        self._values: dict[str, npt.NDArray[np.float32]] = {}
        self.place("volume")

    @property
    def names(self) -> list[str]:
        return list(self._values)

    def place(self, name: str) -> int | None:
        """Return the place of a column among those gathered; None where there are no numbers in it."""
        if name not in self._values:
            numbers = self.numbers(name)
            if name != "volume" and not np.isfinite(numbers).any():
                return None
            with np.errstate(over="ignore"):
                self._values[name] = numbers.astype(np.float32)
        return list(self._values).index(name)

    def numbers(self, name: str) -> Floats:
        """Return a column as numbers; NaN for what is none, and for a column that is missing."""
        import pandas as pd  # late: plots of profit need no frames

        column = column_of(self._frame, name)
        if column is None:
            return np.full(len(self._frame), np.nan)
        numbers: Floats = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        return numbers

    def signals(self, name: str) -> list[int]:
        """Return the rows in which a signal is 1."""
        rows: list[int] = np.flatnonzero(self.numbers(name) == 1).tolist()
        return rows

    def all_signals(self) -> dict[str, list[int]]:
        """Return the rows of each signal."""
        return {name: self.signals(name) for name in _SIGNALS}

    def prices(self) -> Floats:
        """Return open, high, low and close of each row."""
        return np.column_stack([self.numbers(name) for name in ("open", "high", "low", "close")])

    def values(self) -> list[npt.NDArray[np.float32]]:
        """Return the columns that are drawn, in the order of their places."""
        return list(self._values.values())

    def as_integers(self) -> list[npt.NDArray[np.int64]]:
        """Return the bits of the columns as integers, which `planes` takes."""
        return [values.view("<u4").astype(np.int64) for values in self._values.values()]


def offered(frame: "DataFrame") -> list[str]:
    """Return the names of the columns that a chart can draw besides the candles: those of numbers.

    Its prices come last.
    """
    import pandas as pd  # late: plots of profit need no frames

    kinds = zip(frame.columns, frame.dtypes, strict=True)
    numeric = [str(name) for name, kind in kinds if pd.api.types.is_numeric_dtype(kind)]
    return sorted(dict.fromkeys(numeric), key=lambda name: name in _CANDLE)


def panes_of(drawing: Drawn, columns: DrawnColumns) -> list[dict[str, Any]]:
    """Return what each pane has, the one with the candles first; columns are named by their places."""
    return [_pane(pane, columns) for pane in (drawing.main, *drawing.others)]


def _pane(pane: Pane, columns: DrawnColumns) -> dict[str, Any]:
    indicators = [_indicator(one, columns) for one in pane.indicators]
    areas = [_area(one, columns) for one in pane.areas]
    return {
        "title": pane.title,
        "indicators": [one for one in indicators if one["place"] is not None],
        "areas": [one for one in areas if None not in one["places"]],
    }


def _indicator(one: Indicator, columns: DrawnColumns) -> dict[str, Any]:
    return {"name": one.column, "kind": one.kind, "color": one.color, "place": columns.place(one.column)}


def _area(one: Area, columns: DrawnColumns) -> dict[str, Any]:
    places = [columns.place(one.column), columns.place(one.other)]
    return {"label": one.label, "color": one.color, "places": places}
