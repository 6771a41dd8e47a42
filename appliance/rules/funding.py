"""Reckon what a position pays and receives in funding."""

import math
from collections.abc import Iterable, Mapping
from datetime import datetime

from appliance.domain.futures import FundingRate
from appliance.domain.timeframe import to_ms

HOUR_MS = 3_600_000


def charged_from(opened: datetime, grace_seconds: int) -> int:
    """Return the time (ms) from which funding is charged to a position that was opened or changed then.

    Exchanges that take their time over it (`grace_seconds`) charge also what was opened just after the hour.
    """
    at = to_ms(opened)
    just_after = opened.minute == 0 and opened.second <= grace_seconds
    return at // HOUR_MS * HOUR_MS if just_after else at


def funding_fees(
    rates: Iterable[FundingRate],
    marks: Mapping[int, float],
    *,
    amount: float,
    is_short: bool,
    since_ms: int,
    until_ms: int,
) -> float:
    """Return what a position of `amount` (base currency) received (paid, if negative), in stake currency.

    `marks` has the mark price at each full hour (ms). Funding at a time for which there is none is left out,
    until there is. Both ends of the time count.
    """
    paid_by_longs = math.fsum(
        funding.rate * mark * amount
        for funding in rates
        if since_ms <= _full_hour(funding) <= until_ms
        and (mark := marks.get(_full_hour(funding))) is not None
        and math.isfinite(mark)
    )
    return paid_by_longs if is_short else -paid_by_longs


def _full_hour(funding: FundingRate) -> int:
    """Exchanges tell some ms more than the hour."""
    return funding.timestamp // HOUR_MS * HOUR_MS
