"""Measure how far equity was below its highest point so far."""

from typing import NamedTuple

import numpy as np

from appliance.research.backtest.series import Floats


class Fall(NamedTuple):
    """State the deepest fall: `ratio` of the high before it (0.1: ten percent below), `depth` in currency.

    `high`, `low` and `recovered` are places of the curve: the high that it fell from (-1: the starting
    balance), its lowest point, and where that high was reached again (None: never).
    """

    ratio: float
    depth: float
    high: int
    low: int
    recovered: int | None


def drawdowns(equity: Floats, starting_balance: float) -> Floats:
    """Return 1 - equity / highest equity so far, starting balance included; 0 at a high.

    0 where the highest equity is not positive.
    """
    highest = _highest(equity, starting_balance)
    return np.divide(highest - equity, highest, out=np.zeros(len(equity)), where=highest > 0)


def deepest_fall(equity: Floats, starting_balance: float) -> Fall | None:
    """Return the fall with the largest ratio; None if equity never was below an earlier high."""
    ratios = drawdowns(equity, starting_balance)
    low = int(ratios.argmax()) if len(ratios) else 0
    if not len(ratios) or ratios[low] <= 0:
        return None
    height = float(_highest(equity, starting_balance)[low])
    before = np.flatnonzero(equity[:low] >= height)
    after = np.flatnonzero(equity[low:] >= height)
    return Fall(
        ratio=float(ratios[low]),
        depth=height - float(equity[low]),
        high=int(before[-1]) if len(before) else -1,
        low=low,
        recovered=low + int(after[0]) if len(after) else None,
    )


def longest_under_water(equity: Floats, starting_balance: float) -> int:
    """Return the largest number of candles in a row below the highest equity before them."""
    below = drawdowns(equity, starting_balance) > 0
    edges = np.flatnonzero(np.diff(np.concatenate(([False], below, [False])).astype(np.int8)))
    return int((edges[1::2] - edges[::2]).max()) if len(edges) else 0


def _highest(equity: Floats, starting_balance: float) -> Floats:
    return np.maximum(np.maximum.accumulate(equity), starting_balance)
