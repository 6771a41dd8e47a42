"""Count how closed trades ended, and how long they took."""

from copy import copy
from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from appliance.domain.closed_trades.summary import ClosedTrade
from appliance.reports.performance import OTHER

if TYPE_CHECKING:
    from appliance.domain.closed_trades.columns import Columns

_MICROSECOND = timedelta(microseconds=1)


class SellReason(Struct):
    """Count the trades that one exit reason ended."""

    wins: int = 0
    losses: int = 0
    draws: int = 0

    def count(self, outcome: str, count: int) -> None:
        setattr(self, outcome, getattr(self, outcome) + count)


class Stats(Struct, frozen=True):
    """Count by exit reason, and state mean durations in seconds of `wins`, `draws`, `losses` (None: none)."""

    exit_reasons: dict[str, SellReason]
    durations: dict[str, float | None]


class RunningStats:
    """Count, one by one, how closed trades ended."""

    def __init__(self) -> None:
        self._reasons: dict[str, SellReason] = {}
        self._spans = {"wins": Span(), "draws": Span(), "losses": Span()}

    @classmethod
    def of(cls, trades: "Columns") -> "RunningStats":
        """Count all trades of a table at once."""
        from appliance.domain.closed_trades.columns import Grouping  # numpy is loaded late, with the bot

        so_far, ratios = cls(), trades.numbers("close_profit")
        durations, reasons = trades.durations(), trades.integers("exit_reason")
        for code in Grouping(reasons).keys:
            so_far._reason(trades.text(code))
        for outcome, chosen in (("wins", ratios > 0), ("losses", ratios < 0), ("draws", ~(ratios != 0))):
            so_far._spans[outcome] = Span(int(durations[chosen].sum()), int(chosen.sum()))
            grouping = Grouping(reasons[chosen])
            for code, count in zip(grouping.keys, grouping.counts, strict=True):
                so_far._reason(trades.text(code)).count(outcome, count)
        return so_far

    @property
    def size(self) -> int:
        """The number of exit reasons."""
        return len(self._reasons)

    def add(self, trade: ClosedTrade) -> None:
        """Count one more trade."""
        outcome = _outcome(trade.close_profit)
        self._reason(trade.exit_reason).count(outcome, 1)
        self._spans[outcome].add((trade.close_date - trade.open_date) // _MICROSECOND)

    def stats(self) -> Stats:
        """Return what was counted."""
        means = {name: span.mean_seconds for name, span in self._spans.items()}
        return Stats({name: copy(reason) for name, reason in self._reasons.items()}, means)

    def _reason(self, name: str | None) -> SellReason:
        return self._reasons.setdefault(OTHER if name is None else name, SellReason())


class Span(Struct):
    """Sum up how long trades took, in microseconds."""

    length: int = 0
    count: int = 0

    def add(self, length: int) -> None:
        self.length += length
        self.count += 1

    @property
    def mean_seconds(self) -> float | None:
        return self.length / self.count / 1e6 if self.count else None


def _outcome(profit: float) -> str:
    if profit > 0:
        return "wins"
    return "losses" if profit < 0 else "draws"
