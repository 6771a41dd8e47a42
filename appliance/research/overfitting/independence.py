"""Tell how many independent trials a search made: most of its trials resemble each other.

All functions take returns as trials x intervals.
"""

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from appliance.research.overfitting.returns import Floats, Returns

ALIKE = 0.95
"""Trials whose returns correlate more than this are one strategy under two names."""
_SMALLEST_SPREAD = 1e-12
_DRAWS = 1000
_LARGEST_CHUNK = 4_000_000
_ROWS = 512


def standardized(returns: Returns | Floats) -> Floats:
    """Return the trials that traded, each with mean 0 and length 1: products of rows are correlations."""
    values = np.asarray(returns, np.float64)
    centred = values - values.mean(axis=1, keepdims=True)
    lengths = np.sqrt((centred**2).sum(axis=1, keepdims=True))
    moving = lengths[:, 0] > _SMALLEST_SPREAD
    scaled: Floats = centred[moving] / lengths[moving]
    return scaled


def different_trials(returns: Returns | Floats, alike: float = ALIKE) -> npt.NDArray[np.int64]:
    """Return the rows that remain once each trial that is like an earlier one has been dropped.

    Two trials are alike if the correlation of their returns is above `alike`; all trials without trades are
    alike. A search comes back to good parameters again and again: without this, comparing its best trial
    with the others would be comparing it with itself. (Leader clustering, Hartigan 1975, Clustering
    Algorithms, chapter 3.)
    """
    values = np.asarray(returns, np.float64)
    centred = values - values.mean(axis=1, keepdims=True)
    lengths = np.sqrt((centred**2).sum(axis=1))
    moving = np.flatnonzero(lengths > _SMALLEST_SPREAD)
    idle = np.flatnonzero(lengths <= _SMALLEST_SPREAD)[:1]
    scaled = centred[moving] / lengths[moving, None]
    kept: list[int] = []
    for start in range(0, len(moving), _ROWS):
        rows = np.arange(start, min(start + _ROWS, len(moving)))
        if kept:
            rows = rows[(scaled[rows] @ scaled[kept].T).max(axis=1) <= alike]
        kept += _leaders(rows, scaled[rows] @ scaled[rows].T > alike)
    return np.sort(np.concatenate((moving[kept], idle)))


def _leaders(rows: npt.NDArray[np.int64], are_alike: npt.NDArray[np.bool_]) -> list[int]:
    """Return the rows that are not like an earlier one that is returned."""
    open_ = np.ones(len(rows), np.bool_)
    found = []
    for place, row in enumerate(rows.tolist()):
        if open_[place]:
            found.append(row)
            open_ &= ~are_alike[place]
    return found


def number_by_mean_correlation(returns: Returns | Floats) -> float:
    """Return the number of independent trials by the mean correlation r of M trials: r + (1 - r) M.

    Source: Bailey and López de Prado (2014), The Deflated Sharpe Ratio, appendix 3, equation 9. A negative
    mean correlation counts as 0.
    """
    scaled = standardized(returns)
    count = len(scaled)
    if count < 2:
        return float(count)
    total = float((scaled.sum(axis=0) ** 2).sum())
    mean = max(0.0, (total - count) / (count * (count - 1)))
    return mean + (1 - mean) * count


def effective_trials(returns: Returns | Floats, seed: int = 0) -> float:
    """Return how many independent trials have, by luck alone, as good a best one as these trials have.

    It draws the Sharpe ratios that trials with these correlations would have without any edge (each trial's
    centred returns, weighted by one set of normal numbers for all trials), takes the best, and looks up for
    which N the mean of N independent normal numbers' maximum is as large:

        E[max over trials k of sum over t of g(t) x z(k, t)] = E[max of N independent normal numbers]

    with z the standardized returns and g normal. Equal trials count once. Trials that do the opposite of
    each other can count for more than there are, since one of them is always lucky. Source of the draws:
    Chernozhukov, Chetverikov and Kato (2013), Gaussian approximations and multiplier bootstrap for maxima,
    Annals of Statistics 41(6); the same idea as White's reality check (2000, Econometrica 68(5)).
    """
    scaled = standardized(returns)
    if len(scaled) < 2:
        return float(len(scaled))
    drawn = np.random.default_rng(seed)
    chunk = max(1, _LARGEST_CHUNK // len(scaled))
    best: list[Floats] = []
    for start in range(0, _DRAWS, chunk):
        half = drawn.standard_normal((min(chunk, _DRAWS - start), scaled.shape[1]))
        made = half @ scaled.T
        # Each draw and its opposite: the mean of one trial is exactly 0 then.
        best.extend((made.max(axis=1), -made.min(axis=1)))
    mean = float(np.concatenate(best).mean())
    return _solved(mean_maximum, mean, 1.0, 4.0 * len(scaled))


def mean_maximum(count: float) -> float:
    """Return the mean of the largest of `count` independent normal numbers; `count` need not be whole.

    The integral of x d(Z(x)^count), Z the normal distribution function, by the trapezoidal rule.
    """
    grid, log_below = _NORMAL_TABLE
    below = np.exp(count * log_below)
    middle = (grid[1:] + grid[:-1]) / 2
    return float((middle * np.diff(below)).sum())


def _normal_table() -> tuple[Floats, Floats]:
    grid = np.linspace(-9.0, 9.0, 1801)
    below = np.array([0.5 * math.erfc(-value / math.sqrt(2)) for value in grid])
    return grid, np.log(below)


_NORMAL_TABLE = _normal_table()


def _solved(function: Callable[[float], float], value: float, low: float, high: float) -> float:
    """Return where an increasing function reaches a value, by halving on a scale of ratios."""
    if function(low) >= value:
        return low
    for _ in range(60):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if function(middle) < value else (low, middle)
    return math.sqrt(low * high)
