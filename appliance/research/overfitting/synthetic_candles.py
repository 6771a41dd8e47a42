"""Make candles that could have been: the days of real ones in another order.

Candles are arrays of shape (n, 6): ms since 1970 (UTC), open, high, low, close, volume; oldest first,
without gaps.
"""

import numpy as np
import numpy.typing as npt

from appliance.research.overfitting.returns import DAY_MS, Floats

Places = npt.NDArray[np.int64]

MEAN_DAYS = 3.0
"""Mean length of a block: long enough for what holds over a night, short enough for new histories."""
_MOST_DIGITS = 9


def block_places(count: int, step_ms: int, seed: int, mean_days: float = MEAN_DAYS) -> Places:
    """Return which candle comes at each place of a new history of `count` candles of `step_ms`.

    The stationary bootstrap: blocks begin anywhere and have geometric lengths of `mean_days` in the mean;
    the end is followed by the beginning. Blocks consist of whole days, so that each candle keeps its time
    of day, whose patterns (sessions, funding) are real; candles of a day or more, and histories under three
    days, are taken one by one. Source: Politis and Romano (1994), The Stationary Bootstrap, Journal of the
    American Statistical Association 89(428).
    """
    drawn = np.random.default_rng(seed)
    a_day = max(1, DAY_MS // step_ms)
    if count < 3 * a_day:
        a_day = 1
    stored, wanted = count // a_day, -(-count // a_day)
    mean = max(1.0, mean_days if a_day > 1 else mean_days * DAY_MS / step_ms)
    begins = drawn.random(wanted) < 1 / mean
    begins[0] = True
    starts = drawn.integers(0, stored, wanted)
    block = np.maximum.accumulate(np.where(begins, np.arange(wanted), 0))
    days = (starts[block] + np.arange(wanted) - block) % stored
    places: Places = (days[:, None] * a_day + np.arange(a_day)).reshape(-1)[:count]
    return places


def rebuilt(candles: Floats, places: Places) -> Floats:
    """Return a history with the dates of `candles` and the changes of those at `places`, one after the other.

    Each candle keeps its gap to the close before, its body, its wicks in relation to its body, and its
    volume in quote currency. Prices begin with the first open and have as many decimal places as the real
    ones.
    """
    opened, high, low, closed = (candles[:, column] for column in range(1, 5))
    gaps = np.concatenate(([1.0], opened[1:] / closed[:-1]))[places]
    gaps[0] = 1.0
    bodies = (closed / opened)[places]
    upper, lower = np.maximum(opened, closed), np.minimum(opened, closed)
    new = np.empty_like(candles)
    new[:, 0] = candles[:, 0]
    new[:, 4] = opened[0] * np.exp(np.cumsum(np.log(gaps) + np.log(bodies)))
    new[:, 1] = new[:, 4] / bodies
    new[:, 2] = np.maximum(new[:, 1], new[:, 4]) * (high / upper)[places]
    new[:, 3] = np.minimum(new[:, 1], new[:, 4]) * (low / lower)[places]
    new[:, 5] = candles[places, 5] * closed[places] / new[:, 4]
    return _rounded(new, decimal_places(candles[:, 1:5]))


def longer_candles(candles: Floats, step_ms: int, offset_ms: int = 0) -> Floats:
    """Return candles of a longer time frame, which open at multiples of `step_ms` after `offset_ms`."""
    if not len(candles):
        return candles
    begins_ms = (candles[:, 0].astype(np.int64) - offset_ms) // step_ms
    begins = np.flatnonzero(np.diff(begins_ms, prepend=begins_ms[0] - 1))
    ends = np.append(begins[1:], len(candles)) - 1
    return np.column_stack(
        (
            begins_ms[begins] * step_ms + offset_ms,
            candles[begins, 1],
            np.maximum.reduceat(candles[:, 2], begins),
            np.minimum.reduceat(candles[:, 3], begins),
            candles[ends, 4],
            np.add.reduceat(candles[:, 5], begins),
        )
    )


def decimal_places(prices: Floats) -> int:
    """Return how many decimal places prices have, up to 9; of many prices, a thousand are looked at."""
    some = prices.reshape(-1)[:: max(1, prices.size // 1000)]
    for digits in range(_MOST_DIGITS):
        if np.allclose(some, some.round(digits), rtol=1e-10, atol=0.0):
            return digits
    return _MOST_DIGITS


def _rounded(candles: Floats, digits: int) -> Floats:
    """Round prices, never down to zero."""
    for column in range(1, 5):
        candles[:, column] = np.maximum(candles[:, column].round(digits), 10.0**-digits)
    return candles
