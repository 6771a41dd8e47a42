"""Count how closed trades ended, and how long they took."""

from collections import defaultdict
from collections.abc import Iterable

from msgspec import Struct

from appliance.domain.ledger import ClosedTrade
from appliance.reports.performance import exit_reason


class SellReason(Struct):
    """Count the trades that one exit reason ended."""

    wins: int = 0
    losses: int = 0
    draws: int = 0


class Stats(Struct, frozen=True):
    """Count by exit reason, and state mean durations in seconds of `wins`, `draws`, `losses` (None: none)."""

    exit_reasons: dict[str, SellReason]
    durations: dict[str, float | None]


def stats(trades: Iterable[ClosedTrade]) -> Stats:
    """Count `trades`, in the order of their ids."""
    reasons: dict[str, SellReason] = defaultdict(SellReason)
    spans: dict[str, list[float]] = {"wins": [], "draws": [], "losses": []}
    for trade in sorted(trades, key=lambda trade: trade.id):
        ended = _outcome(trade.close_profit)
        reason = reasons[exit_reason(trade)]
        setattr(reason, ended, getattr(reason, ended) + 1)
        spans[ended].append((trade.close_date - trade.open_date).total_seconds())
    means = {name: sum(found) / len(found) if found else None for name, found in spans.items()}
    return Stats(dict(reasons), means)


def _outcome(profit: float) -> str:
    if profit > 0:
        return "wins"
    return "losses" if profit < 0 else "draws"
