"""Report when closed trades made their profit, how much each made, and how long it took."""

from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from appliance.domain.closed_trades.columns import Columns, Floats, Ints

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_HOUR = 3_600_000_000
_DAY = 24 * _HOUR
_THURSDAY = 3
"""The weekday of 1 January 1970."""
_MINUTE = 60_000_000
_DURATIONS = (
    ("< 15 min", 15 * _MINUTE),
    ("< 1 h", _HOUR),
    ("< 4 h", 4 * _HOUR),
    ("< 1 d", _DAY),
    ("< 3 d", 3 * _DAY),
)
_LONGER = "longer"
_RATIOS = (-0.1, -0.05, -0.03, -0.02, -0.01, 0.0, 0.01, 0.02, 0.03, 0.05, 0.1)


class Share(Struct, frozen=True, kw_only=True):
    """Show the trades of one group: `profit` in stake currency, `wins` of `count` trades."""

    name: str
    profit: float
    count: int
    wins: int

    @property
    def winrate(self) -> float:
        """The ratio of trades with a profit; 0 without trades."""
        return self.wins / self.count if self.count else 0.0


class Patterns(Struct, frozen=True, kw_only=True):
    """Show closed trades by the hour (UTC) and the weekday of their end, by duration, and by profit ratio."""

    hours: list[Share]
    weekdays: list[Share]
    durations: list[Share]
    ratios: list[Share]


def patterns(trades: "Columns") -> Patterns:
    """Report the patterns of closed trades; each list has all its groups, empty ones too."""
    import numpy as np  # late: the server starts without it

    closed, profits = trades.integers("close_date"), trades.numbers("close_profit_abs")
    limits = np.array([limit for _, limit in _DURATIONS])
    places = np.searchsorted(limits, trades.durations(), side="right")
    ratio_places = np.searchsorted(np.array(_RATIOS), trades.numbers("close_profit"), side="right")
    return Patterns(
        hours=_shares([f"{hour:02}" for hour in range(24)], closed // _HOUR % 24, profits),
        weekdays=_shares(list(WEEKDAYS), (closed // _DAY + _THURSDAY) % 7, profits),
        durations=_shares([*(name for name, _ in _DURATIONS), _LONGER], places, profits),
        ratios=_shares(_ratio_names(), ratio_places, profits),
    )


def _shares(names: list[str], places: "Ints", profits: "Floats") -> list[Share]:
    import numpy as np  # late: the server starts without it

    sums = np.bincount(places, weights=profits, minlength=len(names)).tolist()
    counts = np.bincount(places, minlength=len(names)).tolist()
    wins = np.bincount(places[profits > 0], minlength=len(names)).tolist()
    return [
        Share(name=name, profit=profit, count=count, wins=won)
        for name, profit, count, won in zip(names, sums, counts, wins, strict=True)
    ]


def _ratio_names() -> list[str]:
    percents = [f"{100 * ratio:g}".replace("-", "−") for ratio in _RATIOS]
    between = [f"{low} to {high} %" for low, high in pairwise(percents)]
    return [f"below {percents[0]} %", *between, f"{percents[-1]} % and more"]
