"""Measure how far the account fell from its highest point."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from appliance.domain.closed_trades.summary import date_of
from appliance.reports.outcomes import added_up

if TYPE_CHECKING:
    from appliance.domain.closed_trades.columns import Floats, Ints

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Drawdown(Struct, frozen=True):
    """State the largest and the current drawdown.

    `_abs` in stake currency, `ratio` of the account at its highest point (0.1 is ten percent below it),
    `current_high` the highest profit so far, in stake currency. `start` is when the high before it was
    reached, `end` when the lowest point was.
    """

    ratio: float = 0.0
    abs: float = 0.0
    start: datetime | None = None
    end: datetime | None = None
    current_ratio: float = 0.0
    current_abs: float = 0.0
    current_high: float = 0.0
    current_start: datetime | None = None


class _High(Struct):
    """A highest profit and the moment it was first reached; at first 0, before the first trade."""

    value: float
    date: datetime


class Fall:
    """Follow the sum of profits from one trade to the next, first closed first.

    Depth at trade n: max(0, c_1 … c_n) - c_n, with c the running sum of profits; the ratio divides it by
    starting balance plus that maximum (where there is no starting balance, by the maximum alone).
    """

    def __init__(self) -> None:
        self._profit = 0.0
        self._high = self._before_last = self._high_then = _High(0.0, NEVER)
        self._deepest = 0.0
        self._end = NEVER

    @classmethod
    def of(cls, dates: "Ints", profits: "Floats") -> "Fall":
        """Follow all profits of a table at once; `dates` in microseconds since 1970."""
        from appliance.domain.closed_trades.columns import falls  # late: it loads numpy

        fall = cls()
        if not len(profits):
            return fall
        highest, depths = falls(profits)

        def high(place: int) -> _High:
            value = float(highest[place])
            first = int(highest.searchsorted(value)) if value else 0
            return _High(value, date_of(int(dates[first])))

        last, deepest = len(profits) - 1, int(depths.argmax())
        fall._profit, fall._high, fall._before_last = added_up(profits), high(last), high(max(last - 1, 0))
        if not last:
            fall._before_last = _High(0.0, fall._high.date)
        fall._high_then, fall._end = _High(0.0, date_of(int(dates[0]))), date_of(int(dates[0]))
        if depths[deepest] > 0:
            fall._deepest, fall._high_then = float(depths[deepest]), high(deepest)
            fall._end = date_of(int(dates[deepest]))
        return fall

    def add(self, date: datetime, made: float) -> None:
        """Add one profit."""
        if self._end is NEVER:
            self._high = self._high_then = _High(0.0, date)
            self._end = date
        self._before_last = self._high
        self._profit += made
        if self._profit > self._high.value:
            self._high = _High(self._profit, date)
        if self._high.value - self._profit > self._deepest:
            self._deepest, self._high_then, self._end = self._high.value - self._profit, self._high, date

    def drawdown(self, starting_balance: float) -> Drawdown:
        """Return the drawdown of starting balance plus profits."""
        if self._end is NEVER:
            return Drawdown()
        depth = self._high.value - self._profit
        return Drawdown(
            ratio=_ratio(self._deepest, starting_balance + self._high_then.value) if self._deepest else 0.0,
            abs=self._deepest,
            start=self._high_then.date,
            end=self._end,
            current_ratio=_ratio(depth, starting_balance + self._high.value),
            current_abs=depth,
            current_high=self._high.value,
            current_start=self._before_last.date,
        )


def _ratio(fall: float, highest: float) -> float:
    return fall / highest if highest else 0.0
