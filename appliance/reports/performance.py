"""Tell what closed trades made: by pair, by why they were entered, by why they were exited, and by both.

`profit_abs` is in stake currency; `profit_ratio` is 0.01 for one percent, `profit_pct` and `profit` the same
in percent with two places.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from appliance.domain.ledger import ClosedTrade

UNTOLD = "Other"
"""Stands where a trade has no tag or reason."""


class PerformanceEntry(Struct, frozen=True, kw_only=True):
    """Tell what one pair made; `profit_ratio` is of what its entries cost."""

    profit_ratio: float
    profit_pct: float
    profit_abs: float
    count: int
    pair: str
    profit: float


class Entry(Struct, frozen=True, kw_only=True):
    """Tell what trades with one enter tag made; `profit_ratio` is of their entries' cost."""

    profit_ratio: float
    profit_pct: float
    profit_abs: float
    count: int
    enter_tag: str


class Exit(Struct, frozen=True, kw_only=True):
    """Tell what trades with one exit reason made; `profit_ratio` is of their entries' cost."""

    profit_ratio: float
    profit_pct: float
    profit_abs: float
    count: int
    exit_reason: str


class MixTag(Struct, frozen=True, kw_only=True):
    """Tell what trades with one enter tag and exit reason made; `profit_ratio` is the sum of theirs."""

    profit_ratio: float
    profit_pct: float
    profit_abs: float
    count: int
    mix_tag: str


class Group(Struct, frozen=True):
    """Sum up trades of one name: `profit_abs` in stake currency, `profit_ratio` of their entries' cost."""

    name: str = ""
    profit_abs: float = 0.0
    profit_ratio: float = 0.0
    count: int = 0


def grouped(trades: Iterable[ClosedTrade], name: Callable[[ClosedTrade], str]) -> list[Group]:
    """Sum up trades by name, the largest profit first. Without any filled entry a group has no ratio: it is
    left out.
    """
    made: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for trade in trades:
        sums = made[name(trade)]
        sums[0] += trade.close_profit_abs
        sums[1] += trade.entry_cost
        sums[2] += 1
    groups = [
        Group(label, profit, profit / cost, int(count))
        for label, (profit, cost, count) in made.items()
        if cost
    ]
    return sorted(groups, key=lambda group: -group.profit_abs)


def performance(trades: Iterable[ClosedTrade]) -> list[PerformanceEntry]:
    """Tell what each pair made, the best first."""
    return [
        PerformanceEntry(
            pair=group.name,
            profit=_percent(group.profit_ratio),
            profit_ratio=group.profit_ratio,
            profit_pct=_percent(group.profit_ratio),
            profit_abs=group.profit_abs,
            count=group.count,
        )
        for group in grouped(trades, lambda trade: trade.pair)
    ]


def entries(trades: Iterable[ClosedTrade]) -> list[Entry]:
    """Tell what each enter tag made, the best first."""
    return [
        Entry(
            enter_tag=group.name,
            profit_ratio=group.profit_ratio,
            profit_pct=_percent(group.profit_ratio),
            profit_abs=group.profit_abs,
            count=group.count,
        )
        for group in grouped(trades, _enter_tag)
    ]


def exits(trades: Iterable[ClosedTrade]) -> list[Exit]:
    """Tell what each exit reason made, the best first."""
    return [
        Exit(
            exit_reason=group.name,
            profit_ratio=group.profit_ratio,
            profit_pct=_percent(group.profit_ratio),
            profit_abs=group.profit_abs,
            count=group.count,
        )
        for group in grouped(trades, exit_reason)
    ]


def mix_tags(trades: Iterable[ClosedTrade]) -> list[MixTag]:
    """Tell what each enter tag with each exit reason made, in the order of their best trades.

    `profit_pct` is what clients of this API know: the ratio of the worst trade plus the others' percent.
    """
    best_first = sorted(trades, key=lambda trade: (-trade.close_profit_abs, trade.id))
    mixed: dict[str, list[ClosedTrade]] = defaultdict(list)
    for trade in best_first:
        mixed[f"{_enter_tag(trade)} {exit_reason(trade)}"].append(trade)
    return [
        MixTag(
            mix_tag=name,
            profit_ratio=sum(trade.close_profit for trade in found),
            profit_pct=_percent_of_mix([trade.close_profit for trade in found]),
            profit_abs=sum(trade.close_profit_abs for trade in found),
            count=len(found),
        )
        for name, found in mixed.items()
    ]


def of_pair(trades: Iterable[ClosedTrade], pair: str) -> list[ClosedTrade]:
    """Return the trades of one pair."""
    return [trade for trade in trades if trade.pair == pair]


def exit_reason(trade: ClosedTrade) -> str:
    """Return why a trade was exited."""
    return UNTOLD if trade.exit_reason is None else trade.exit_reason


def _enter_tag(trade: ClosedTrade) -> str:
    return UNTOLD if trade.enter_tag is None else trade.enter_tag


def _percent(ratio: float) -> float:
    return round(ratio * 100, 2)


def _percent_of_mix(ratios: Sequence[float]) -> float:
    if len(ratios) == 1:
        return _percent(ratios[0])
    return round(ratios[-1] + sum(ratios[:-1]) * 100, 2)
