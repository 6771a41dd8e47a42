"""Derive price ticks from candles: the number of decimals that prices of a month have at most.

Exchanges change their ticks over the years and tell only the present one; past candles tell their own.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from appliance.research.backtest.series import Floats, Ints

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from appliance.research.data.candles import Candles

DIGITS = 14
"""Significant digits of a price that count; further ones are noise of binary fractions."""
_SAMPLE = 64
_EXACT_POWERS = 22
"""Powers of ten up to this one are exact as floats."""
_CLOSE_TO_HALF = 0.05


@dataclass(frozen=True, eq=False)
class Ticks:
    """Hold ticks (quote currency) by the month from whose start (ms, UTC) they hold."""

    months: Ints
    ticks: Floats

    def at(self, moment_ms: int) -> float | None:
        """Return the tick at a time; None before the first month with decimals: the exchange's counts."""
        place = int(np.searchsorted(self.months, moment_ms, side="right")) - 1
        return float(self.ticks[place]) if place >= 0 else None


def ticks_of(candles: "Candles") -> Ticks:
    """Return the ticks of a pair by its loaded candles, startup candles included.

    Months with whole prices alone tell nothing: the month before holds on.
    """
    months = candles[:, 0].astype(np.int64).view("datetime64[ms]").astype("datetime64[M]")
    begins = np.flatnonzero(np.diff(months.astype(np.int64), prepend=-1))
    found: list[tuple[int, float]] = []
    for begin, end in zip(begins, [*begins[1:], len(candles)], strict=True):
        decimals = most_decimals(candles[begin:end, 1:5].ravel())
        if decimals:
            opened = months[begin].astype("datetime64[ms]").astype(np.int64)
            found.append((int(opened), 1 / 10.0**decimals))
    starts, ticks = zip(*found, strict=True) if found else ((), ())
    return Ticks(np.array(starts, dtype=np.int64), np.array(ticks, dtype=float))


def most_decimals(prices: Floats) -> int:
    """Return how many decimals the price with the most of them has, of 14 significant digits."""
    prices = np.abs(prices[np.isfinite(prices) & (prices != 0)])
    if not len(prices):
        return 0
    # Nearly always the first prices have as many decimals as any: then one pass over the others shows it.
    most = int(_decimals(prices[:_SAMPLE]).max())
    if most <= _EXACT_POWERS:
        power = 10.0**most
        prices = prices[np.rint(prices * power) / power != prices]
    return max(most, int(_decimals(prices).max())) if len(prices) else most


def _decimals(prices: Floats) -> "NDArray[np.int64]":
    """Return the decimals of each price (above 0)."""
    places = DIGITS - 1 - np.floor(np.log10(prices)).astype(np.int64)
    scaled = prices * 10.0 ** np.clip(places, 0, None)
    digits = np.rint(scaled)
    left = np.where(places > 0, places, 0)
    # Whether the last digit is rounded up or down decides how many zeros the number ends with: where that
    # is closer than floats are exact, or the number of digits is, decimal arithmetic decides.
    unsure = (np.abs(np.abs(scaled - digits) - 0.5) < _CLOSE_TO_HALF) | (np.abs(places) > _EXACT_POWERS)
    unsure |= (digits >= 10.0**DIGITS) | (digits < 10.0 ** (DIGITS - 1))
    ending_in_zero = (left > 0) & ~unsure
    while ending_in_zero.any():
        shorter = digits / 10
        ending_in_zero &= (shorter == np.floor(shorter)) & (left > 0)
        digits = np.where(ending_in_zero, shorter, digits)
        left = np.where(ending_in_zero, left - 1, left)
    for place in np.flatnonzero(unsure):
        left[place] = _exact_decimals(float(prices[place]))
    return left


def _exact_decimals(price: float) -> int:
    text = np.format_float_positional(price, precision=DIGITS, unique=False, fractional=False, trim="-")
    return len(text.partition(".")[2].rstrip("0"))
