"""Sum up trades by pair, tag or exit reason."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from appliance.domain.trade import Trade


@dataclass(frozen=True, kw_only=True)
class Group:
    """Sum up the trades that have one thing in common. Profit in stake currency, ratios of stakes.

    A trade is won with a profit ratio above 0, lost with one below. `duration` is the mean, in seconds.
    """

    name: str
    count: int
    won: int
    drawn: int
    lost: int
    profit: float
    mean_ratio: float
    best_ratio: float
    worst_ratio: float
    duration: float

    @property
    def win_rate(self) -> float:
        """The share of trades that won."""
        return self.won / self.count


def group(name: str, trades: list[Trade]) -> Group:
    """Sum up trades, of which there is at least one."""
    ratios = [trade.close_profit or 0.0 for trade in trades]
    won, lost = sum(ratio > 0 for ratio in ratios), sum(ratio < 0 for ratio in ratios)
    return Group(
        name=name,
        count=len(trades),
        won=won,
        drawn=len(trades) - won - lost,
        lost=lost,
        profit=sum(trade.close_profit_abs or 0.0 for trade in trades),
        mean_ratio=sum(ratios) / len(ratios),
        best_ratio=max(ratios),
        worst_ratio=min(ratios),
        duration=sum(seconds_open(trade) for trade in trades) / len(trades),
    )


def groups(trades: Iterable[Trade], name_of: Callable[[Trade], str]) -> list[Group]:
    """Sum up trades by a name, the largest profit first."""
    by_name: dict[str, list[Trade]] = defaultdict(list)
    for trade in trades:
        by_name[name_of(trade)].append(trade)
    found = [group(name, of_name) for name, of_name in by_name.items()]
    return sorted(found, key=lambda one: (-one.profit, one.name))


def seconds_open(trade: Trade) -> float:
    """Return how long a closed trade was open."""
    return ((trade.close_date or trade.open_date) - trade.open_date).total_seconds()
