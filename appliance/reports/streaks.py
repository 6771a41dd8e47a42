"""Report runs of winning and of losing trades, and the best and the worst trade."""

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from appliance.domain.closed_trades.columns import Columns


class Streaks(Struct, frozen=True, kw_only=True):
    """State the longest runs, in trades. `current` is the run at the end: positive won, negative lost.

    `best` and `worst` are profits of one trade in stake currency, None without trades. A draw ends no run of
    its own: it counts as lost, since it made no profit.
    """

    won: int = 0
    lost: int = 0
    current: int = 0
    best: float | None = None
    worst: float | None = None


def streaks(trades: "Columns") -> Streaks:
    """Report the streaks of closed trades, which are given first closed first."""
    import numpy as np  # late: the server starts without it

    profits = trades.numbers("close_profit_abs")
    if not len(profits):
        return Streaks()
    won = profits > 0
    ends = np.append(np.flatnonzero(np.diff(won)), len(won) - 1)
    lengths = np.diff(ends, prepend=-1)
    of_wins = won[ends]
    return Streaks(
        won=int(lengths[of_wins].max(initial=0)),
        lost=int(lengths[~of_wins].max(initial=0)),
        current=int(lengths[-1]) * (1 if of_wins[-1] else -1),
        best=float(profits.max()),
        worst=float(profits.min()),
    )
