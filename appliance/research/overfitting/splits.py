"""Split time so that nothing is learnt from what is tested: purged and embargoed.

A trade that was opened in one part and closed in the next belongs to both. Purging leaves such trades out
of the part that is learnt from; the embargo leaves a pause after the tested part, since markets remember.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from appliance.research.overfitting.returns import Floats, Returns
from appliance.research.overfitting.sharpe import sharpe_ratios

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Split:
    """Hold the places of what is learnt from and of what is tested, each in ascending order."""

    train: Places
    test: Places


def purged_folds(begins: Places, ends: Places, folds: int, embargo: int = 0) -> Iterator[Split]:
    """Yield `folds` splits; every observation is tested once.

    Observation i took from `begins[i]` to `ends[i]` (ms, or any other unit; `embargo` in the same), in the
    order of their begin. Out of the training go those that overlap the tested span at all, and those that
    begin within `embargo` after its end. Raises ValueError for fewer observations than folds. Source: López
    de Prado (2018), Advances in Financial Machine Learning, chapter 7 (snippets 7.1 to 7.3).
    """
    count = len(begins)
    if not 2 <= folds <= count:
        raise ValueError(f"expected 2 to {count} folds, found {folds}")
    if np.any(np.diff(begins) < 0) or np.any(ends < begins):
        raise ValueError("observations must be in order, and end after they begin")
    everything = np.arange(count, dtype=np.int64)
    for test in np.array_split(everything, folds):
        first, last = int(begins[test[0]]), int(ends[test].max())
        allowed = (ends < first) | (begins > last + embargo)
        allowed[test] = False
        yield Split(everything[allowed], test)


def purged_intervals(size: int, folds: int, reach: int, embargo: int) -> Iterator[Split]:
    """Yield splits of `size` intervals, if trades were open for up to `reach` of them."""
    places = np.arange(size, dtype=np.int64)
    yield from purged_folds(places - reach, places, folds, embargo)


def chosen_out_of_sample(returns: Returns | Floats, splits: Iterator[Split]) -> Floats:
    """Return what the choice of a search makes where it has not looked.

    For each split the trial (row) with the highest Sharpe ratio in the training part is chosen; the result
    has its returns in the tested part, so that all intervals together are out of sample. 0 where nothing is
    left to learn from.
    """
    values = np.asarray(returns, np.float64)
    made = np.zeros(values.shape[1])
    for split in splits:
        if len(split.train) > 1:
            best = int(sharpe_ratios(values[:, split.train]).argmax())
            made[split.test] = values[best, split.test]
    return made
