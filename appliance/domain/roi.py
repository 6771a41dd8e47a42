"""Calculate the profit ratio at which a trade of some age is exited."""

from collections.abc import Mapping


def roi_at(table: Mapping[int, float], minutes: int, custom: float | None = None) -> float | None:
    """Return the profit ratio that a trade of this age must exceed to be exited; None where there is none.

    `table` maps minutes since opening to ratios: the largest key reached counts. A `custom` ratio of the
    strategy counts where it is lower.
    """
    reached = [key for key in table if key <= minutes]
    wanted = [] if custom is None else [custom]
    if reached:
        wanted.append(table[max(reached)])
    return min(wanted, default=None)
