"""Say which price a candle has at any of its moments.

A candle states four prices, but not when they were paid. Here the price goes along straight lines: from the
open, reached at the beginning, to one extreme after a quarter of the time, to the other after half of it, and
to the close after three quarters, where it stays. A candle that falls has its high first, any other its low.
A market that is looked at every quarter of its candles thus shows the four prices, and no other.
"""

from typing import NamedTuple

QUARTER = 0.25


class Prices(NamedTuple):
    """Hold what was traded of a candle until a moment: its four prices, the volume in base currency."""

    open: float
    high: float
    low: float
    close: float
    volume: float


def until(candle: Prices, elapsed: float) -> Prices:
    """Return a candle as it was after a share of its time, from 0 to 1: its close is the price then."""
    passed, price = [candle.open], candle.open
    way = _way(candle)
    leg, share = divmod(min(max(elapsed, 0.0), 1.0) / QUARTER, 1.0)
    for place in range(1, min(int(leg), len(way) - 1) + 1):
        price = way[place]
        passed.append(price)
    if int(leg) < len(way) - 1 and share > 0.0:
        price += (way[int(leg) + 1] - price) * share
        passed.append(price)
    return Prices(candle.open, max(passed), min(passed), price, candle.volume * min(elapsed, 1.0))


def _way(candle: Prices) -> tuple[float, float, float, float]:
    if candle.close < candle.open:
        return candle.open, candle.high, candle.low, candle.close
    return candle.open, candle.low, candle.high, candle.close
