"""Choose epochs of a search, as the options of `hyperopt-list` and `hyperopt-show` do."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from appliance.research.hyperopt.results.stored import Record

Condition = Callable[[Record], bool]


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """State which epochs are wanted.

    Limits are excluded themselves. Times in minutes, average profit in percent, total profit in stake
    currency; these, and limits of losses, leave out epochs without trades. As in freqtrade, `min_objective`
    is what losses have to be below, `max_objective` what they have to be above.
    """

    only_best: bool = False
    only_profitable: bool = False
    min_trades: int = 0
    max_trades: int = 0
    min_avg_time: float | None = None
    max_avg_time: float | None = None
    min_avg_profit: float | None = None
    max_avg_profit: float | None = None
    min_total_profit: float | None = None
    max_total_profit: float | None = None
    min_objective: float | None = None
    max_objective: float | None = None

    def chosen(self, epochs: Iterable[Record]) -> Iterator[Record]:
        """Yield the epochs that are wanted."""
        conditions = list(self._conditions())
        return (epoch for epoch in epochs if all(condition(epoch) for condition in conditions))

    def _conditions(self) -> Iterator[Condition]:
        if self.only_best:
            yield lambda epoch: bool(epoch.get("is_best"))
        if self.only_profitable:
            yield lambda epoch: _metric(epoch, "profit_total") > 0
        if self.min_trades > 0:
            yield _above("total_trades", self.min_trades)
        if self.max_trades > 0:
            yield _below("total_trades", self.max_trades)
        limits = [getattr(self, name) for name in self.__struct_fields__[4:]]
        if any(limit is not None for limit in limits):
            yield _above("total_trades", 0)
        yield from (_above(name, low, scale) for name, low, _, scale in self._ranges() if low is not None)
        yield from (_below(name, high, scale) for name, _, high, scale in self._ranges() if high is not None)
        if (low := self.min_objective) is not None:
            yield lambda epoch: epoch["loss"] < low
        if (high := self.max_objective) is not None:
            yield lambda epoch: epoch["loss"] > high

    def _ranges(self) -> Iterator[tuple[str, float | None, float | None, float]]:
        yield "minutes", self.min_avg_time, self.max_avg_time, 1
        yield "profit_mean", self.min_avg_profit, self.max_avg_profit, 100
        yield "profit_total_abs", self.min_total_profit, self.max_total_profit, 1


def _above(name: str, limit: float, scale: float = 1) -> Condition:
    return lambda epoch: _metric(epoch, name) * scale > limit


def _below(name: str, limit: float, scale: float = 1) -> Condition:
    return lambda epoch: _metric(epoch, name) * scale < limit


def _metric(epoch: Record, name: str) -> float:
    metrics: dict[str, Any] = epoch["results_metrics"]
    if name == "minutes":
        return float(metrics.get("holding_avg_s") or 0) // 60
    return float(metrics.get(name) or 0)
