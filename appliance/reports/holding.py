"""Report what holding a market would have made: pairs in equal parts, bought once and kept."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from appliance.domain.closed_trades.columns import Floats, Ints

POINTS = 200
SHORT = 0.5
"""Pairs whose candles cover less of the time than this (of that of the longest) are left out."""


class Holding(Struct, frozen=True, kw_only=True):
    """State the growth of a market, as ratios of its value at the first moment (0.1 is ten percent more).

    `times` in seconds since 1970 UTC, evenly spaced. `pairs` counts, `left_out` had too few candles.
    """

    times: list[int]
    growth: list[float]
    pairs: list[str]
    left_out: list[str]

    @property
    def change(self) -> float:
        return self.growth[-1]


def holding(candles: "Mapping[str, tuple[Ints, Floats]]", since: int, now: int) -> Holding | None:
    """Return the mean growth of pairs from `since`, or from where their candles begin, until `now`.

    `candles`: for each pair the moments at which candles closed (s, ascending), and their closes. None where
    there are none within that time.
    """
    import numpy as np  # late: the server starts without it

    known = {
        pair: series for pair, series in sorted(candles.items()) if len(series[0]) and series[0][0] < now
    }
    if not known:
        return None
    begins = {pair: max(int(times[0]), since) for pair, (times, _) in known.items()}
    longest = now - min(begins.values())
    kept = [pair for pair, begin in begins.items() if longest > 0 and now - begin >= longest * SHORT]
    if not kept:
        return None
    grid = np.linspace(max(begins[pair] for pair in kept), now, POINTS).astype(np.int64)
    growths = []
    for pair in kept:
        times, closes = known[pair]
        values = closes[np.maximum(np.searchsorted(times, grid, side="right") - 1, 0)]
        growths.append(values / values[0] - 1)
    return Holding(
        times=grid.tolist(),
        growth=np.mean(growths, axis=0).tolist(),
        pairs=kept,
        left_out=[pair for pair in candles if pair not in kept],
    )
