"""Hold what a backtest walks over: the candles of a pair, and the signals that act on each."""

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Callable

    from pandas import DataFrame

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]
Signals = npt.NDArray[np.int8]

NO_TAG = -1
ODD = 2
"""A signal that is neither 0 nor 1: as in freqtrade, no trade is entered by it, but it counts for exits."""


_COLUMNS = ("opened", "open", "high", "low", "close")


@dataclass(frozen=True, kw_only=True, eq=False)
class Rows:
    """Hold candles by columns, oldest first: `opened` in ms (UTC), prices in quote currency.

    `volume` (base currency) is there only where something asks for it.
    """

    opened: Ints
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats | None = None

    def __len__(self) -> int:
        return len(self.opened)

    def volume_at(self, place: int) -> float:
        """Return the volume of a candle; infinite where volumes are not kept."""
        return math.inf if self.volume is None else self.volume.item(place)

    def cut(self, chosen: slice) -> "Rows":
        """Return a copy of some of the candles."""
        volume = None if self.volume is None else self.volume[chosen].copy()
        return Rows(**{name: getattr(self, name)[chosen].copy() for name in _COLUMNS}, volume=volume)

    def with_later(self, later: "Rows") -> "Rows":
        """Return these candles and later ones."""
        return Rows(
            **{name: np.concatenate((getattr(self, name), getattr(later, name))) for name in _COLUMNS}
        )

    def equals(self, other: "Rows") -> bool:
        """Return whether both are the same candles."""
        return all(
            np.array_equal(getattr(self, name), getattr(other, name), equal_nan=True) for name in _COLUMNS
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class PairSeries:
    """Hold the candles of a pair within the tested range, and the signals that act on them.

    A signal acts on the candle after the one that gave it: arrays are shifted already, so that entry `i` of
    each belongs to candle `i`, whose open is the price. It is 1, 0 for none, or `ODD`. `enter_tag` and
    `exit_tag` are places in `tags`, or `NO_TAG`. `detail` has the candles of the detail time frame, if there
    is one. `frame` loads the analysed dataframe, startup candles included, for callbacks that read it; None
    where none does.
    """

    pair: str
    rows: Rows
    enter_long: Signals
    exit_long: Signals
    enter_short: Signals
    exit_short: Signals
    enter_tag: Codes
    exit_tag: Codes
    tags: list[str] = field(default_factory=list)
    detail: Rows | None = None
    frame: "Callable[[], DataFrame] | None" = None

    def __len__(self) -> int:
        return len(self.rows)

    def tag(self, code: int) -> str | None:
        """Return the text of a tag."""
        return None if code == NO_TAG else self.tags[code]
