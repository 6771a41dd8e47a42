"""Report the profit of closed trades by pair, enter tag and exit reason.

`profit_abs` is in stake currency; `profit_ratio` is 0.01 for one percent, `profit_pct` and `profit` the same
in percent with two places.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from appliance.domain.closed_trades.summary import ClosedTrade

if TYPE_CHECKING:
    from appliance.domain.closed_trades.columns import Columns

By = Literal["pair", "enter_tag", "exit_reason"]

OTHER = "Other"
"""The name of trades without a tag or reason."""


class PerformanceEntry(Struct, frozen=True, kw_only=True):
    """Show the profit of one pair; `profit_ratio` is of its entries' cost."""

    profit_ratio: float
    profit_pct: float
    profit_abs: float
    count: int
    pair: str
    profit: float


class Entry(Struct, frozen=True, kw_only=True):
    """Show the profit of one enter tag; `profit_ratio` is of its entries' cost."""

    profit_ratio: float
    profit_pct: float
    profit_abs: float
    count: int
    enter_tag: str


class Exit(Struct, frozen=True, kw_only=True):
    """Show the profit of one exit reason; `profit_ratio` is of its entries' cost."""

    profit_ratio: float
    profit_pct: float
    profit_abs: float
    count: int
    exit_reason: str


class Group(Struct, frozen=True):
    """State sums of one group: `profit_abs` in stake currency, `profit_ratio` of its entries' cost."""

    name: str = ""
    profit_abs: float = 0.0
    profit_ratio: float = 0.0
    count: int = 0


class Sums(Struct):
    """Hold the sums of one group: profit and cost of entries in stake currency, and the number of trades."""

    profit: float = 0.0
    cost: float = 0.0
    count: int = 0


class Groups:
    """Sum up closed trades, one by one, by pair, enter tag or exit reason; of one pair, or of all."""

    def __init__(self, by: By, pair: str | None = None) -> None:
        self._by: By = by
        self._pair = pair
        self._made: dict[str, Sums] = defaultdict(Sums)

    @classmethod
    def of(cls, trades: "Columns", by: By, pair: str | None = None) -> "Groups":
        """Sum up all trades of a table at once."""
        from appliance.domain.closed_trades.columns import Grouping  # numpy is loaded late, with the bot

        groups = cls(by, pair)
        if pair is not None:
            trades = trades.of_pair(pair)
        grouping = Grouping(trades.integers(by))
        profits = grouping.sums(trades.numbers("close_profit_abs"))
        costs = grouping.sums(trades.numbers("entry_cost"))
        for code, profit, cost, count in zip(grouping.keys, profits, costs, grouping.counts, strict=True):
            groups._add(trades.text(code), profit, cost, count)
        return groups

    @property
    def size(self) -> int:
        """The number of groups."""
        return len(self._made)

    def add(self, trade: ClosedTrade) -> None:
        """Add one trade."""
        if self._pair is not None and trade.pair != self._pair:
            return
        self._add(getattr(trade, self._by), trade.close_profit_abs, trade.entry_cost, 1)

    def _add(self, name: str | None, profit: float, cost: float, count: int) -> None:
        sums = self._made[OTHER if name is None else name]
        sums.profit += profit
        sums.cost += cost
        sums.count += count

    def best(self) -> Group:
        """Return the group with the largest profit."""
        name, sums = max(
            ((name, sums) for name, sums in self._made.items() if sums.cost),
            key=lambda item: item[1].profit,
            default=("", Sums(cost=1.0)),
        )
        return Group(name, sums.profit, sums.profit / sums.cost, sums.count)

    def groups(self) -> list[Group]:
        """Return all groups, the largest profit first; without those that have no filled entry."""
        found = [(-sums.profit, place, name) for place, (name, sums) in enumerate(self._made.items())]
        return [
            Group(name, sums.profit, sums.profit / sums.cost, sums.count)
            for _, _, name in sorted(found)
            if (sums := self._made[name]).cost
        ]


def performance_of(groups: Iterable[Group]) -> list[PerformanceEntry]:
    """Show groups by pair."""
    return [
        PerformanceEntry(
            pair=group.name,
            profit=percent_of(group.profit_ratio),
            profit_ratio=group.profit_ratio,
            profit_pct=percent_of(group.profit_ratio),
            profit_abs=group.profit_abs,
            count=group.count,
        )
        for group in groups
    ]


def entries_of(groups: Iterable[Group]) -> list[Entry]:
    """Show groups by enter tag."""
    return [
        Entry(
            enter_tag=group.name,
            profit_ratio=group.profit_ratio,
            profit_pct=percent_of(group.profit_ratio),
            profit_abs=group.profit_abs,
            count=group.count,
        )
        for group in groups
    ]


def exits_of(groups: Iterable[Group]) -> list[Exit]:
    """Show groups by exit reason."""
    return [
        Exit(
            exit_reason=group.name,
            profit_ratio=group.profit_ratio,
            profit_pct=percent_of(group.profit_ratio),
            profit_abs=group.profit_abs,
            count=group.count,
        )
        for group in groups
    ]


def percent_of(ratio: float) -> float:
    return round(ratio * 100, 2)
