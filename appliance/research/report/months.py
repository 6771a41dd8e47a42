"""Sum up equity by calendar months (UTC)."""

from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np

from appliance.research.backtest.series import Floats, Ints


class Month(NamedTuple):
    """State what a month made: `change` in stake currency, `ratio` of the equity when it began.

    `ratio` is None where that equity was not positive.
    """

    year: int
    month: int
    change: float
    ratio: float | None


def monthly_returns(opened: Ints, equity: Floats, starting_balance: float) -> list[Month]:
    """Return the months of a curve, oldest first: equity at the close of a month over that of the one before.

    `opened` in ms. The first month is measured against the starting balance, so that all changes add up to
    the change of the whole curve, and all 1 + ratio multiply to that of the whole.
    """
    if not len(opened):
        return []
    months = opened.astype("datetime64[ms]").astype("datetime64[M]").astype(np.int64)
    lasts = np.concatenate((np.flatnonzero(np.diff(months)), [len(months) - 1]))
    closes = equity[lasts]
    begins = np.concatenate(([starting_balance], closes[:-1]))
    return [
        Month(1970 + month // 12, month % 12 + 1, close - begin, close / begin - 1 if begin > 0 else None)
        for month, close, begin in zip(months[lasts].tolist(), closes.tolist(), begins.tolist(), strict=True)
    ]


def yearly_returns(months: list[Month]) -> dict[int, tuple[float, float | None]]:
    """Return change (stake currency) and ratio of each year, from its months."""
    years: dict[int, tuple[float, float | None]] = {}
    for month in months:
        change, ratio = years.get(month.year, (0.0, 0.0))
        known = ratio is not None and month.ratio is not None
        grown = (1 + ratio) * (1 + month.ratio) - 1 if known else None  # type: ignore[operator]
        years[month.year] = change + month.change, grown
    return years


def month_of(date: datetime) -> tuple[int, int]:
    """Return year and month of a date, in UTC."""
    utc = date.astimezone(UTC)
    return utc.year, utc.month
