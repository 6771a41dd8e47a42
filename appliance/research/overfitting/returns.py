"""Put what trades made on one axis of time, the same for all trials of a search.

Sharpe ratios, correlations and cross-validation all need returns of intervals, not of trades: trades of two
trials cannot be compared, the days of two trials can.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Returns = npt.NDArray[np.float32]
"""Returns by interval, as ratios of the starting balance: of one trial, or trials x intervals."""

DAY_MS = 86_400_000
_MINUTE_MS = 60_000
_STEPS_MS = tuple(minutes * _MINUTE_MS for minutes in (1440, 720, 360, 240, 120, 60, 30, 15, 5, 1))
FEWEST_INTERVALS = 128
"""Below, a Sharpe ratio of intervals says hardly anything: its standard error is 1 / sqrt(n)."""


@dataclass(frozen=True)
class Grid:
    """State intervals of equal length: `size` of `step_ms` from `first_ms` on (ms, UTC)."""

    first_ms: int
    step_ms: int
    size: int

    @property
    def per_year(self) -> float:
        """How many intervals a year of 365 days has: markets of coins have no holidays."""
        return 365 * DAY_MS / self.step_ms

    @property
    def opened(self) -> npt.NDArray[np.int64]:
        """When each interval begins (ms, UTC)."""
        return self.first_ms + self.step_ms * np.arange(self.size, dtype=np.int64)

    def places(self, moments_ms: Sequence[int] | npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the interval of each moment (ms, UTC); the first or last one for moments outside."""
        places = (np.asarray(moments_ms, np.int64) - self.first_ms) // self.step_ms
        return np.clip(places, 0, self.size - 1)


def grid_of(first_ms: int, last_ms: int, candle_seconds: int) -> Grid:
    """Return the grid for a tested range (ms, UTC).

    Its intervals are days (of UTC) if there are at least 128 of them, else the longest part of a day that
    makes so many, but never shorter than a candle.
    """
    shortest = candle_seconds * 1000
    allowed = [step for step in _STEPS_MS if step >= shortest] or [shortest]
    step = next((one for one in allowed if (last_ms - first_ms) // one >= FEWEST_INTERVALS), allowed[-1])
    begin = first_ms // step * step
    return Grid(begin, step, max(1, math.ceil((last_ms + 1 - begin) / step)))


def returns_of(
    closed_ms: Sequence[int] | npt.NDArray[np.int64],
    profits: Sequence[float] | Floats,
    starting_balance: float,
    grid: Grid,
) -> Returns:
    """Return what the trades that closed in each interval made, as a ratio of the starting balance.

    Moments in ms (UTC), profits in stake currency. Profits are not compounded: a trial that doubled its
    balance early would else count its later days twice as much as another trial.
    """
    if not len(profits) or starting_balance <= 0:
        return np.zeros(grid.size, np.float32)
    made = np.bincount(grid.places(closed_ms), np.asarray(profits, np.float64), grid.size)
    return (made / starting_balance).astype(np.float32)
