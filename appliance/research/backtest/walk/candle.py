"""Hold one candle of a pair as the walk sees it, with the signals that act on it."""

import math
from datetime import datetime

import msgspec

from appliance.domain.enums import TradeDirection


class Candle(msgspec.Struct, frozen=True):
    """Hold a candle, or one of the detail time frame. Prices in quote currency, volume in base, `opened` UTC.

    The signals are those of the candle before, which has closed: the earliest price for them is `open`.
    `direction` is the entry that they ask for, if any; it is None where entries are over.
    `volume` is infinite where nothing asks for it.
    """

    pair: str
    opened: datetime
    opened_ms: int
    open: float
    high: float
    low: float
    close: float
    enter_long: bool
    exit_long: bool
    enter_short: bool
    exit_short: bool
    enter_tag: str | None
    exit_tag: str | None
    direction: TradeDirection | None
    volume: float = math.inf

    def best(self, *, is_short: bool) -> float:
        """Return the best rate for a trade of this direction."""
        return self.low if is_short else self.high

    def worst(self, *, is_short: bool) -> float:
        return self.high if is_short else self.low

    def signals(self, *, is_short: bool) -> tuple[bool, bool]:
        """Return the (entry, exit) signals for a trade of this direction."""
        return (self.enter_short, self.exit_short) if is_short else (self.enter_long, self.exit_long)

    def reaches(self, rate: float) -> bool:
        """Return whether an order at this rate fills within the candle."""
        return self.low <= rate <= self.high
