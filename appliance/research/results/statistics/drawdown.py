"""Measure the deepest fall of a series of profits or balances."""

from datetime import datetime, timedelta

import numpy as np
from msgspec import Struct

from appliance.domain.closed_trades.columns import falls
from appliance.domain.timeframe import to_date
from appliance.research.results.statistics.columns import Floats, Ints


class Deepest(Struct, frozen=True):
    """State the deepest fall: `depth` in stake currency, `ratio` of the balance at the high before it.

    `high` and `low` are sums of profits (stake currency) at its start and its end.
    """

    depth: float
    ratio: float
    start: datetime
    end: datetime
    high: float
    low: float

    @property
    def duration(self) -> timedelta:
        return self.end - self.start


def deepest(dates: Ints, changes: Floats, starting_balance: float, *, relative: bool = False) -> Deepest:
    """Return the deepest fall of a balance, by its depth, or (`relative`) by its ratio.

    With c the sum of changes so far and m = max(0, c_1 … c_n): depth m - c, ratio (m - c) / (start + m).
    dates: ms since 1970; changes: in stake currency, at least one.
    """
    # Equal dates are left in the order of numpy's quicksort for dates, as freqtrade has them.
    order = np.argsort(dates.astype("datetime64[ms]"))
    dates, changes = dates[order], changes[order]
    before_the_first = np.zeros(1)
    summed = np.concatenate((before_the_first, np.cumsum(changes)))
    highest, depths = falls(np.concatenate((before_the_first, changes)))
    peaks = starting_balance + highest
    with np.errstate(invalid="ignore", divide="ignore"):
        ratios = np.nan_to_num((peaks - (starting_balance + summed)) / peaks, posinf=0.0)
    end = int((ratios if relative else depths).argmax())
    start = int(highest[: end + 1].argmax())
    return Deepest(
        depth=float(depths[end]),
        ratio=float(ratios[end]),
        start=to_date(int(dates[max(start - 1, 0)])),
        end=to_date(int(dates[max(end - 1, 0)])),
        high=float(summed[start]),
        low=float(summed[end]),
    )
