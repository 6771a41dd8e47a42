"""Sum up profits of closed trades, one by one or all at once, with exactly the same result."""

import math
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from appliance.domain.closed_trades.columns import Floats


class ProfitSum(Struct):
    """Sum up trades: profit in stake currency, and how many."""

    profit: float = 0.0
    count: int = 0

    @classmethod
    def of(cls, profits: "Floats") -> "ProfitSum":
        return cls(added_up(profits), len(profits))

    def add(self, profit: float) -> None:
        self.profit += profit
        self.count += 1


class Spread(Struct):
    """Sum up the distances of values from the first one, and their squares, for mean and deviation."""

    count: int = 0
    first: float = 0.0
    distance: float = 0.0
    squares: float = 0.0

    @classmethod
    def of(cls, values: "Floats") -> "Spread":
        if not len(values):
            return cls()
        away = values - values[0]
        return cls(len(values), float(values[0]), added_up(away), added_up(away * away))

    def add(self, value: float) -> None:
        if not self.count:
            self.first = value
        away = value - self.first
        self.count += 1
        self.distance += away
        self.squares += away * away

    @property
    def mean(self) -> float:
        return self.first + self.distance / self.count if self.count else 0.0

    def deviation(self, *, sample: bool = False) -> float:
        """Return the standard deviation, of the population or of a sample; 0 where there are too few."""
        divisor = self.count - 1 if sample else self.count
        if divisor <= 0:
            return 0.0
        squares = self.squares - self.distance * self.distance / self.count
        return math.sqrt(squares / divisor) if squares > 0 else 0.0


def added_up(values: "Floats") -> float:
    """Return the sum of values, added in their order."""
    return float(values.cumsum()[-1]) if len(values) else 0.0
