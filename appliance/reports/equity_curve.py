"""Draw up the equity over time: what closed trades made, and at the end what open ones are worth."""

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from appliance.domain.closed_trades.columns import Columns, Floats, Ints

MOST_POINTS = 240
_SECOND = 1_000_000


class EquityCurve(Struct, frozen=True, kw_only=True):
    """List points of a curve, the oldest first; the last one is now.

    `times` in seconds since 1970 UTC, `equity` in stake currency, `drawdown` as ratio of the highest equity
    so far (-0.1: ten percent below it). Of each stretch of time, the last equity and the deepest drawdown
    count.
    """

    times: list[int]
    equity: list[float]
    drawdown: list[float]
    highest: float
    lowest: float
    deepest: float
    change: float


def equity_curve(
    trades: "Columns", *, start: float, began: int, now: int, open_profit: float, since: int | None = None
) -> EquityCurve:
    """Return the curve from `since` (default: from the beginning) to now, with at most `MOST_POINTS` points.

    `start` is the equity before the first trade, `open_profit` what open trades would make if exited now
    (stake currency); `began`, `since`, `now` in seconds since 1970 UTC. `change` is the equity at the end
    less that at the beginning of what is shown.
    """
    import numpy as np  # late: the server starts without it

    closed = trades.integers("close_date") // _SECOND
    times = np.concatenate(([min(began, now)], closed, [now]))
    equity = start + np.concatenate(([0.0], np.cumsum(trades.numbers("close_profit_abs")), [0.0]))
    equity[-1] = (equity[-2] if len(equity) > 1 else start) + open_profit
    highest = np.maximum.accumulate(equity)
    falls = np.divide(equity, highest, out=np.ones_like(equity), where=highest > 0) - 1
    if since is not None:
        first = max(int(np.searchsorted(times, since, side="right")) - 1, 0)
        times, equity, falls = times[first:], equity[first:], falls[first:]
        times[0] = max(times[0], since)
    shown = _thinned(np.maximum.accumulate(times), equity, falls)
    return EquityCurve(
        times=shown[0].tolist(),
        equity=shown[1].tolist(),
        drawdown=shown[2].tolist(),
        highest=float(equity.max()),
        lowest=float(equity.min()),
        deepest=float(falls.min()),
        change=float(equity[-1] - equity[0]),
    )


def _thinned(times: "Ints", equity: "Floats", falls: "Floats") -> "tuple[Ints, Floats, Floats]":
    """Keep the first point, and of each stretch of time the last one and the deepest drawdown."""
    import numpy as np  # late: the server starts without it

    if len(times) <= MOST_POINTS:
        return times, equity, falls
    span = max(int(times[-1] - times[0]), 1)
    stretch = (times - times[0]) * (MOST_POINTS - 2) // span
    lasts = np.append(np.flatnonzero(np.diff(stretch)), len(times) - 1)
    firsts = np.concatenate(([0], lasts[:-1] + 1))
    deepest = np.minimum.reduceat(falls, firsts)
    places = np.concatenate(([0], lasts)) if lasts[0] else lasts
    drawdown = np.concatenate((falls[:1], deepest)) if lasts[0] else deepest
    return times[places], equity[places], drawdown
