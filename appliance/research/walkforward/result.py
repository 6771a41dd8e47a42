"""Hold what became of one window, as it is stored."""

from typing import Any

import msgspec

from appliance.research.overfitting.neighbourhood import Dimension
from appliance.research.walkforward.windows import Window


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """State what the chosen parameters made in a range: `first_ms` to `last_ms` are its candles (ms, UTC).

    `profit` is a ratio of the starting balance. `closed_ms` and `profits` (ratios, too) are those of its
    trades, in the order in which they closed. `sharpe` is that of a year.
    """

    first_ms: int
    last_ms: int
    profit: float
    sharpe: float
    closed_ms: list[int]
    profits: list[float]

    @property
    def days(self) -> float:
        return (self.last_ms - self.first_ms) / 86_400_000


class WindowResult(msgspec.Struct, frozen=True, kw_only=True):
    """State what a search found in a window, and what that made afterwards.

    `params` are the chosen values by name, None where the search found nothing of use: then nothing is
    traded, and there are no parts. `details` are the values by space, as they are exported. `deflated` and
    `overfitting` judge the window's search (None: too little to tell). `ending` says why the search ended
    early, `dimensions` what it searched.
    """

    window: Window
    seed: int
    epochs: int
    params: dict[str, Any] | None
    details: dict[str, dict[str, Any]]
    loss: float | None
    inside: Part | None
    outside: Part | None
    deflated: float | None = None
    overfitting: float | None = None
    ending: str = ""
    dimensions: list[Dimension] = []
