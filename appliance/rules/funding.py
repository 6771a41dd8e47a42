"""Calculate the funding fees of a position."""

import math
from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from appliance.domain.futures import FundingRate
from appliance.domain.timeframe import to_ms

HOUR_MS = 3_600_000


class HeldPosition(msgspec.Struct, frozen=True, kw_only=True):
    """State a position of `amount` (base currency), held from `since_ms` to `until_ms`, both included."""

    amount: float
    is_short: bool
    since_ms: int
    until_ms: int


def charged_from(opened: datetime, grace_seconds: int) -> int:
    """Return the time (ms) from which funding is charged to a position opened or changed at `opened`.

    Exchanges also charge a position that was opened within `grace_seconds` after the full hour.
    """
    at = to_ms(opened)
    just_after = opened.minute == 0 and opened.second <= grace_seconds
    return at // HOUR_MS * HOUR_MS if just_after else at


def funding_fees(rates: Iterable[FundingRate], marks: Mapping[int, float], position: HeldPosition) -> float:
    """Return the funding that a position received (paid, if negative), in stake currency.

    `marks` has the mark price at each full hour (ms). Funding at a time without a mark price is left out
    until there is one.
    """
    paid_by_longs = math.fsum(
        funding.rate * mark * position.amount
        for funding in rates
        if position.since_ms <= _full_hour(funding) <= position.until_ms
        and (mark := marks.get(_full_hour(funding))) is not None
        and math.isfinite(mark)
    )
    return paid_by_longs if position.is_short else -paid_by_longs


def _full_hour(funding: FundingRate) -> int:
    """Return the time rounded down to the hour: exchanges report it some ms late."""
    return funding.timestamp // HOUR_MS * HOUR_MS
