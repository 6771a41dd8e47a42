"""Read over how many candles a pair list looks back."""

from collections.abc import Sequence
from typing import Annotated, NamedTuple

import msgspec

from appliance.domain import timeframe as timeframes
from appliance.pairlists.base.pairlist import Fault
from appliance.pairlists.base.parameters import Parameters, param

DEFAULT_DAYS = 10
"""The lookback of lists that need one and have none configured."""


class LookbackParameters(Parameters, frozen=True, kw_only=True):
    lookback_days: (
        Annotated[int, param("Days to look back", "Number of days, by daily candles.", shown=None)] | None
    ) = None
    lookback_timeframe: (
        Annotated[str, param("Candles to look back by", "Time frame of the candles.", shown="1d")] | None
    ) = None
    lookback_period: (
        Annotated[int, param("Candles to look back", "Number of candles; 0: no lookback.", shown=0)] | None
    ) = None


class NeededLookbackParameters(LookbackParameters, frozen=True, kw_only=True):
    lookback_period: (
        Annotated[
            int,
            param("Candles to look back", "Number of candles, instead of days.", shown=DEFAULT_DAYS),
        ]
        | None
    ) = None


class Offer(msgspec.Struct, frozen=True):
    """State which time frames the exchange has, and how many candles it returns at once."""

    exchange: str
    timeframes: Sequence[str]
    candle_limit: int


class Lookback(NamedTuple):
    """State the number of candles (0: no lookback), their time frame, and errors and warnings about them."""

    timeframe: str
    period: int
    faults: list[Fault]
    oddities: list[Fault]

    @property
    def seconds_per_candle(self) -> int:
        return timeframes.seconds(self.timeframe)

    @property
    def in_words(self) -> str:
        return f"{self.period} {self.timeframe} candle{'' if self.period == 1 else 's'}"


def lookback_from(given: LookbackParameters, offer: Offer, *, needed: bool = False) -> Lookback:
    """Return the lookback that the parameters describe. `needed`: the list cannot work without."""
    found = Lookback(given.lookback_timeframe or "1d", _period(given, needed), [], [])
    found.faults.extend(_contradictions(given, needed))
    if not found.faults:
        found.faults.extend(_out_of_range(found, offer, needed))
    if found.period == 0 and given.lookback_timeframe is not None:
        found.oddities.append(("lookback_timeframe", "without effect, since lookback_period is not set"))
    if needed and given.lookback_days is None and given.lookback_period is None:
        text = f"neither this nor lookback_period is set; looking back {DEFAULT_DAYS} days"
        found.oddities.append(("lookback_days", text))
    return found


def _period(given: LookbackParameters, needed: bool) -> int:
    if given.lookback_days:
        return given.lookback_days
    if given.lookback_period is None and given.lookback_days is None and needed:
        return DEFAULT_DAYS
    return given.lookback_period or 0


def _contradictions(given: LookbackParameters, needed: bool) -> list[Fault]:
    days, period, timeframe = given.lookback_days, given.lookback_period, given.lookback_timeframe
    has_period = (period or 0) > 0
    least = 1 if needed and not has_period else 0
    if days is not None and days < least:
        return [("lookback_days", f"expected a whole number of {least} or more, found {days}")]
    if days:
        return _contradictions_of_days(has_period, timeframe)
    if needed and period is None and timeframe is not None:
        return [("lookback_period", "missing; expected a whole number with lookback_timeframe")]
    return []


def _contradictions_of_days(has_period: bool, timeframe: str | None) -> list[Fault]:
    if has_period:
        return [("lookback_period", "expected either lookback_days or lookback_period, found both")]
    if timeframe not in (None, "1d"):
        return [("lookback_timeframe", f'expected "1d" with lookback_days, found "{timeframe}"')]
    return []


def _out_of_range(found: Lookback, offer: Offer, needed: bool) -> list[Fault]:
    least = 1 if needed else 0
    if found.period < least:
        return [("lookback_period", f"expected a whole number of {least} or more, found {found.period}")]
    if found.period > offer.candle_limit:
        text = f"expected at most {offer.candle_limit}, which {offer.exchange} returns at once"
        return [("lookback_period", f"{text}, found {found.period}")]
    if found.period and found.timeframe not in offer.timeframes:
        text = f"expected one of the time frames of {offer.exchange} ({', '.join(offer.timeframes)})"
        return [("lookback_timeframe", f'{text}, found "{found.timeframe}"')]
    return []
