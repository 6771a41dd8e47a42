"""Draw long curves with few points, without hiding an extreme."""

from typing import NamedTuple

import numpy as np

from appliance.research.backtest.series import Floats, Ints


class Buckets(NamedTuple):
    """Divide candles into groups of `size`, the last one may be shorter. `opened` are the points' times (ms).

    Each bucket gives two points, in the order of time: its lowest and its highest value. A bucket of one
    candle gives one point.
    """

    size: int
    opened: Ints

    def reduce(self, values: Floats) -> Floats:
        """Return the values of a curve at the points."""
        if self.size == 1:
            return values
        count = -(-len(values) // self.size)
        padded = np.pad(values, (0, count * self.size - len(values)), mode="edge").reshape(count, self.size)
        lows, highs = padded.argmin(axis=1), padded.argmax(axis=1)
        places = np.sort(np.column_stack((lows, highs)), axis=1)
        return np.take_along_axis(padded, places, axis=1).ravel()[: len(self.opened)]


def buckets_of(opened: Ints, most_points: int) -> Buckets:
    """Divide the candles that open at `opened` (ms) so that curves over them have `most_points` at most."""
    if len(opened) <= most_points:
        return Buckets(1, opened)
    size = -(-len(opened) // max(1, most_points // 2))
    firsts = opened[::size]
    halves = np.minimum(firsts + size // 2 * (opened[1] - opened[0]), opened[-1])
    points = np.column_stack((firsts, halves)).ravel()
    return Buckets(size, points[:-1] if halves[-1] == firsts[-1] else points)
