"""Calculate the profit ratio at which a trade of some age is exited."""

from collections.abc import Mapping
from typing import NamedTuple


class RoiEntry(NamedTuple):
    """State the profit ratio that a trade must exceed, and the age (minutes) from which it applies."""

    since: int | None
    ratio: float | None


NO_ROI = RoiEntry(None, None)


def roi_entry(table: Mapping[int, float], minutes: int, custom: float | None = None) -> RoiEntry:
    """Return the entry that applies to a trade of this age.

    `table` maps minutes since opening to ratios: the largest key reached counts. A `custom` ratio of the
    strategy counts where it is lower, as if it applied from now on.
    """
    since = _since(table, minutes)
    ratio = None if since is None else table[since]
    if custom is not None and (ratio is None or custom < ratio):
        return RoiEntry(minutes, custom)
    return RoiEntry(since, ratio)


def roi_at(table: Mapping[int, float], minutes: int, custom: float | None = None) -> float | None:
    """Return the profit ratio that a trade of this age must exceed to be exited; None where there is none."""
    if custom is not None:
        return roi_entry(table, minutes, custom).ratio
    since = _since(table, minutes)
    return None if since is None else table[since]


def _since(table: Mapping[int, float], minutes: int) -> int | None:
    """Return the largest key that is reached."""
    since = None
    for key in table:
        if key <= minutes and (since is None or key > since):
            since = key
    return since
