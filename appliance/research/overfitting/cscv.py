"""Estimate how probable it is that a search picks parameters by luck: cross-validate the choice itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from appliance.research.overfitting.returns import Floats, Returns

MOST_BLOCKS = 16
_SHORTEST_BLOCK = 4
_SMALLEST_VARIANCE = 1e-24
_LARGEST_CHUNK = 4_000_000


@dataclass(frozen=True, eq=False)
class Overfitting:
    """State what became of the best trial of one half of the time in the other half, split by split.

    `probability` is that of overfitting: how often the trial chosen in sample was below the median out of
    sample. `logits` are ln(w / (1 - w)) of its relative rank w out of sample (0.5: the median, logit 0),
    `inside` and `outside` its Sharpe ratios in and out of sample, of one interval. `loss` is how often it
    lost out of sample. `slope` is that of the line through `inside` and `outside`: below 0, the better a
    choice looked the worse it did.
    """

    blocks: int
    logits: Floats
    inside: Floats
    outside: Floats
    probability: float
    loss: float
    slope: float

    @property
    def splits(self) -> int:
        return len(self.logits)


def blocks_for(intervals: int) -> int:
    """Return how many blocks a search is divided into: an even number, 16 at most; 0: too short to divide."""
    blocks = min(MOST_BLOCKS, intervals // _SHORTEST_BLOCK // 2 * 2)
    return blocks if blocks >= 4 else 0


def cross_validated(returns: Returns | Floats, blocks: int) -> Overfitting:
    """Return the probability of backtest overfitting of trials (rows; columns are intervals).

    The intervals are cut into `blocks` (an even number S), and every choice of S / 2 of them is once the
    sample in which the trial with the highest Sharpe ratio is chosen; the others show what it is worth:

        w = rank of the chosen trial among all N out of sample / (N + 1)
        probability = share of splits with ln(w / (1 - w)) <= 0

    Equal trials share the mean of their ranks. On trials without any edge it is one half on average. A
    remainder of intervals that makes no whole block is left out at the beginning. Raises ValueError for
    fewer than two trials, or an odd number of blocks. Source: Bailey, Borwein, López de Prado and Zhu
    (2017), The Probability of Backtest Overfitting, Journal of Computational Finance 20(4), section 2
    (CSCV) and 3.
    """
    values = np.asarray(returns, np.float64)
    if len(values) < 2:
        raise ValueError(f"expected at least two trials, found {len(values)}")
    if blocks < 2 or blocks % 2 or values.shape[1] < blocks:
        raise ValueError(f"expected an even number of blocks up to {values.shape[1]}, found {blocks}")
    length = values.shape[1] // blocks
    cut = values[:, values.shape[1] - length * blocks :].reshape(len(values), blocks, length)
    sums, squares = cut.sum(axis=2).T, (cut**2).sum(axis=2).T
    parts = [
        _chosen(inside, outside, best)
        for inside, outside in _halves(sums, squares, length)
        for best in [inside.argmax(axis=1)]
    ]
    ranks, inside, outside = (np.concatenate(column) for column in zip(*parts, strict=True))
    share = ranks / (len(values) + 1)
    logits = np.log(share / (1 - share))
    return Overfitting(
        blocks=blocks,
        logits=logits,
        inside=inside,
        outside=outside,
        probability=float((logits <= 0).mean()),
        loss=float((outside < 0).mean()),
        slope=_slope(inside, outside),
    )


def _halves(sums: Floats, squares: Floats, length: int) -> Iterator[tuple[Floats, Floats]]:
    """Yield the Sharpe ratios of trials in chosen blocks and in the others: splits x trials, by chunks."""
    blocks, trials = sums.shape
    chosen = np.array(list(combinations(range(blocks), blocks // 2)))
    choices = np.zeros((len(chosen), blocks))
    np.put_along_axis(choices, chosen, 1.0, axis=1)
    count = length * (blocks // 2)
    rows = max(1, _LARGEST_CHUNK // trials)
    for start in range(0, len(choices), rows):
        inside = choices[start : start + rows]
        outside = 1 - inside
        yield (
            _ratios(inside @ sums, inside @ squares, count),
            _ratios(outside @ sums, outside @ squares, count),
        )


def _ratios(sums: Floats, squares: Floats, count: int) -> Floats:
    """Return Sharpe ratios from sums of returns and of their squares; 0 where nothing changes."""
    mean = sums / count
    variance = (squares / count - mean**2) * count / max(1, count - 1)
    return np.divide(
        mean, np.sqrt(np.abs(variance)), out=np.zeros_like(mean), where=variance > _SMALLEST_VARIANCE
    )


def _chosen(inside: Floats, outside: Floats, best: np.ndarray) -> tuple[Floats, Floats, Floats]:
    """Return rank out of sample (1: the worst) and both Sharpe ratios of the chosen trial of each split."""
    here = np.take_along_axis(outside, best[:, None], axis=1)
    below = (outside < here).sum(axis=1)
    equal = (outside == here).sum(axis=1)
    ranks = below + (equal + 1) / 2
    return ranks, np.take_along_axis(inside, best[:, None], axis=1)[:, 0], here[:, 0]


def _slope(inside: Floats, outside: Floats) -> float:
    centred = inside - inside.mean()
    spread = float((centred**2).sum())
    return float((centred * (outside - outside.mean())).sum()) / spread if spread > 0 else 0.0
