"""Report the profit of closed trades by the combination of enter tag and exit reason."""

from typing import TYPE_CHECKING

from msgspec import Struct

from appliance.domain.closed_trades.summary import ClosedTrade
from appliance.reports.performance import OTHER, percent_of

if TYPE_CHECKING:
    from appliance.domain.closed_trades.columns import Columns


class MixTag(Struct, frozen=True, kw_only=True):
    """Show the profit of one combination; `profit_ratio` is the sum of the trades' ratios."""

    profit_ratio: float
    profit_pct: float
    profit_abs: float
    count: int
    mix_tag: str


class _Mixed(Struct):
    """Sum up the trades of one combination.

    `best` and `worst` are those with the highest and the lowest profit, as (negative profit, id);
    `ratio_of_worst` is the profit ratio of the latter.
    """

    profit: float = 0.0
    ratio: float = 0.0
    count: int = 0
    best: tuple[float, int] = (float("inf"), 0)
    worst: tuple[float, int] = (float("-inf"), 0)
    ratio_of_worst: float = 0.0

    def add(self, more: "_Mixed") -> None:
        self.profit += more.profit
        self.ratio += more.ratio
        self.count += more.count
        self.best = min(self.best, more.best)
        if more.worst > self.worst:
            self.worst, self.ratio_of_worst = more.worst, more.ratio_of_worst


class RunningMixTags:
    """Sum up closed trades, one by one, by enter tag with exit reason; of one pair, or of all."""

    def __init__(self, pair: str | None = None) -> None:
        self._pair = pair
        self._made: dict[str, _Mixed] = {}

    @classmethod
    def of(cls, trades: "Columns", pair: str | None = None) -> "RunningMixTags":
        """Sum up all trades of a table at once."""
        from appliance.domain.closed_trades.columns import Grouping  # numpy is loaded late, with the bot

        so_far = cls(pair)
        if pair is not None:
            trades = trades.of_pair(pair)
        if not trades.size:
            return so_far
        tags, reasons, ids = (
            trades.integers("enter_tag"),
            trades.integers("exit_reason"),
            trades.integers("id"),
        )
        profits, ratios = trades.numbers("close_profit_abs"), trades.numbers("close_profit")
        grouping = Grouping.by_both(tags, reasons)
        best, worst = grouping.best_and_worst(profits, ids)
        of_groups = zip(
            grouping.firsts(tags),
            grouping.firsts(reasons),
            grouping.sums(profits),
            grouping.sums(ratios),
            grouping.counts,
            zip((-profits[best]).tolist(), ids[best].tolist(), strict=True),
            zip((-profits[worst]).tolist(), ids[worst].tolist(), strict=True),
            ratios[worst].tolist(),
            strict=True,
        )
        for tag, reason, *sums in of_groups:
            so_far._add(trades.text(tag), trades.text(reason), _Mixed(*sums))
        return so_far

    @property
    def size(self) -> int:
        """The number of combinations."""
        return len(self._made)

    def add(self, trade: ClosedTrade) -> None:
        """Add one trade."""
        if self._pair is not None and trade.pair != self._pair:
            return
        rank, ratio = (-trade.close_profit_abs, trade.id), trade.close_profit
        one = _Mixed(trade.close_profit_abs, ratio, 1, rank, rank, ratio)
        self._add(trade.enter_tag, trade.exit_reason, one)

    def _add(self, tag: str | None, reason: str | None, mixed: _Mixed) -> None:
        name = f"{OTHER if tag is None else tag} {OTHER if reason is None else reason}"
        self._made.setdefault(name, _Mixed()).add(mixed)

    def views(self) -> list[MixTag]:
        """Return the profit of each combination, in the order of their best trades.

        `profit_pct` is calculated as freqtrade does: the ratio of the worst trade plus the others' percent.
        """
        return [
            MixTag(
                mix_tag=name,
                profit_ratio=mixed.ratio,
                profit_pct=_percent_of(mixed),
                profit_abs=mixed.profit,
                count=mixed.count,
            )
            for name, mixed in sorted(self._made.items(), key=lambda item: item[1].best)
        ]


def _percent_of(mixed: _Mixed) -> float:
    if mixed.count == 1:
        return percent_of(mixed.ratio)
    return round(mixed.ratio_of_worst + (mixed.ratio - mixed.ratio_of_worst) * 100, 2)
