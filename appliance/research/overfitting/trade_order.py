"""Ask what the same trades could have done in another order, and others like them.

A backtest shows one order of trades out of very many. Its deepest drawdown is one draw from a wide
distribution, and mostly not a bad one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from appliance.research.overfitting.returns import Floats

RUIN = 0.5
"""An account that has lost half of its starting balance is called ruined: hardly anybody goes on then."""
_LARGEST_CHUNK = 2_000_000


@dataclass(frozen=True, eq=False)
class TradeOrders:
    """State what happened to an account with the same trades in other orders, or others like them.

    All are ratios: `falls` the deepest drawdown of each shuffled order (0.1: ten percent below an earlier
    high), `ends` the final balance of each draw with replacement, divided by the starting balance, `ruined`
    how many of these lost `RUIN` of the start at any time, and `lost` how many ended below it.
    """

    trades: int
    observed_fall: float
    falls: Floats
    ends: Floats
    ruined: float
    lost: float


def trade_orders(changes: Floats, *, compounding: bool, runs: int = 1000, seed: int = 0) -> TradeOrders:
    """Shuffle and redraw the trades of a backtest.

    `changes` are what each trade made, in the order of closing: a ratio of the balance before it if the
    stake grows with the balance (`compounding`), else of the starting balance.

    Shuffled (each trade once) the end is always the same, only the way there differs: that gives drawdowns.
    Drawn with replacement (Efron 1979, Bootstrap methods, Annals of Statistics 7(1)) the end differs, too.
    Trades count as independent of each other: losses that come in rows, as in a bad market, make drawdowns
    deeper than this says. Source: Aronson (2006), Evidence-Based Technical Analysis, chapter 5.
    """
    changes = np.asarray(changes, np.float64)
    count = len(changes)
    if not count:
        empty = np.zeros(0)
        return TradeOrders(0, 0.0, empty, empty, 0.0, 0.0)
    drawn = np.random.default_rng(seed)
    falls, ends, lows = [], [], []
    for rows in _chunks(runs, count):
        shuffled = drawn.permuted(np.broadcast_to(changes, (rows, count)), axis=1)
        falls.append(deepest_falls(_accounts(shuffled, compounding)))
        redrawn = _accounts(changes[drawn.integers(0, count, (rows, count))], compounding)
        ends.append(redrawn[:, -1])
        lows.append(redrawn.min(axis=1))
    end = np.concatenate(ends)
    return TradeOrders(
        trades=count,
        observed_fall=float(deepest_falls(_accounts(changes[None, :], compounding))[0]),
        falls=np.concatenate(falls),
        ends=end,
        ruined=float((np.concatenate(lows) <= 1 - RUIN).mean()),
        lost=float((end < 1).mean()),
    )


def deepest_falls(accounts: Floats) -> Floats:
    """Return the deepest drawdown of each row (ratio of the high before it, 1 at most); rows begin at 1."""
    highest = np.maximum(np.maximum.accumulate(accounts, axis=1), 1.0)
    falls: Floats = np.clip((1 - accounts / highest).max(axis=1), 0.0, 1.0)
    return falls


def _accounts(changes: Floats, compounding: bool) -> Floats:
    """Return the balance after each trade; what is lost below zero stays lost."""
    if compounding:
        grown: Floats = np.cumprod(np.maximum(1 + changes, 0.0), axis=1, dtype=np.float64)
        return grown
    added: Floats = np.cumsum(changes, axis=1, dtype=np.float64)
    return 1 + added


def _chunks(runs: int, count: int) -> Iterator[int]:
    rows = max(1, _LARGEST_CHUNK // count)
    for start in range(0, runs, rows):
        yield min(rows, runs - start)
