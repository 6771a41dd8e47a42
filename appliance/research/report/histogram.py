"""Count trades by profit."""

import math
from dataclasses import dataclass

import numpy as np

from appliance.research.backtest.series import Floats

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_MANY = 100


@dataclass(frozen=True)
class Bin:
    """Count (`size`) the values from `start` on, below `end`; None: without limit on that side."""

    start: float | None
    end: float | None
    size: int


def histogram(values: Floats, most_bins: int = 40) -> list[Bin]:
    """Count values in bins of one round width, of which 0 is an edge, so that none mixes gains and losses.

    Of many values, bins cover those from the 1st to the 99th percentile; the outermost bins are open then, so
    that a few far values do not press all others into one bin. There are `most_bins` + 4 at most.
    """
    if not len(values):
        return []
    span = (1, 99) if len(values) >= _MANY else (0, 100)
    low, high = (float(edge) for edge in np.percentile(values, span))
    width = _round_width((max(high, 0.0) - min(low, 0.0)) / most_bins)
    first = math.floor(min(low, 0.0) / width)
    last = max(math.floor(max(high, 0.0) / width) + 1, first + 1)
    edges = np.arange(first, last + 1) * width
    places = np.searchsorted(edges, values, side="right")
    counts = np.bincount(places, minlength=len(edges) + 1).tolist()
    starts, ends = [None, *edges.tolist()], [*edges.tolist(), None]
    bins = [Bin(*one) for one in zip(starts, ends, counts, strict=True)]
    return bins[0 if counts[0] else 1 : None if counts[-1] else -1]


def _round_width(least: float) -> float:
    """Return the smallest of 1, 2, 2.5, 5 times a power of ten that is at least `least`; 0.001 for 0."""
    if least <= 0:
        return 0.001
    unit: float = 10.0 ** math.floor(math.log10(least))
    return next(step * unit for step in _STEPS if step * unit >= least or step == _STEPS[-1])
