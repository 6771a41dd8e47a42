"""Compute where simulated prices stand at any moment, from nothing but seed, asset and time.

A path is a sum of random lattices, one per level: level `n` has a random number every 2^n steps, joined by
straight lines. Coarse levels give trends, fine ones noise, and any stretch of time is computed by refining
only the lattice points around it. A second such sum is the logarithm of volatility; it scales the finer
levels, which makes calm and wild times. The construction bounds the path: prices wander, but come back.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

STEP_MS = 20_000
"""Distance of the finest lattice points on the clock."""

_DAY = 86_400.0
_DAY_MOVE = 0.020
_LONGEST = 80 * _DAY
_TRENDS = (2 * 3600.0, 2 * _DAY)
_VOLATILITY = (2 * 3600.0, 6 * _DAY)
_VOLATILITY_MOVE = 0.42
_WILDEST = 1.4
"""Where the logarithm of volatility levels off: four times the usual moves, or a quarter."""
_STIRRED_BELOW = 1.5 * _DAY

_STRIDE = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


def key(*parts: object) -> np.uint64:
    """Return 64 bits that belong to these parts."""
    text = "\0".join(str(part) for part in parts).encode()
    return np.uint64(int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little"))


def noise(keys: npt.NDArray[np.uint64], first: int, count: int) -> Floats:
    """Return random numbers in [-1, 1), shape (keys, count): entry i belongs to (key, first + i) for ever.

    The mixing is splitmix64's (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
    """
    bits = np.arange(first, first + count, dtype=np.uint64) * _STRIDE + keys[:, None]
    bits ^= bits >> np.uint64(30)
    bits *= _MIX_1
    bits ^= bits >> np.uint64(27)
    bits *= _MIX_2
    bits ^= bits >> np.uint64(31)
    return np.multiply(bits.view(np.int64), 2.0**-63, dtype=np.float64)


class Paths:
    """Hold the paths of several assets.

    `speed`: so many minutes' movement happens in one minute of the clock.
    """

    def __init__(self, seed: int, speed: float, names: Sequence[str]) -> None:
        step = STEP_MS / 1000 * speed
        self._spacing = [step * 2**level for level in range(64) if step * 2**level <= _LONGEST] or [step]
        self._price_keys = self._keys(seed, "price", names)
        self._volatility_keys = self._keys(seed, "volatility", names)
        self.step_move = _move(step)
        """The usual change of log price in one step."""

    def _keys(self, seed: int, what: str, names: Sequence[str]) -> npt.NDArray[np.uint64]:
        return np.array(
            [[key(seed, what, name, level) for name in names] for level in range(len(self._spacing))]
        )

    def between(self, rows: Sequence[int], first: int, last: int) -> tuple[Floats, Floats]:
        """Return log price and log volatility at steps first..last (both included), shape (rows, steps)."""
        chosen = np.asarray(rows)
        prices = volatility = np.zeros((len(chosen), 0))
        coarse_first = 0
        for level in reversed(range(len(self._spacing))):
            low, high = first >> level, -(-last >> level)
            count = high - low + 1
            if prices.shape[1]:
                offset = low - 2 * coarse_first
                prices = _refine(prices)[:, offset : offset + count]
                volatility = _refine(volatility)[:, offset : offset + count]
            else:
                prices, volatility = (np.zeros((len(chosen), count)) for _ in range(2))
            volatility, prices = self._add_level(level, chosen, low, volatility, prices)
            coarse_first = low
        return prices, _WILDEST * np.tanh(volatility / _WILDEST)

    def _add_level(
        self, level: int, rows: npt.NDArray[np.int_], first: int, volatility: Floats, prices: Floats
    ) -> tuple[Floats, Floats]:
        spacing, count = self._spacing[level], prices.shape[1]
        if _VOLATILITY[0] <= spacing <= _VOLATILITY[1]:
            swing = noise(self._volatility_keys[level, rows], first, count)
            volatility = volatility + _VOLATILITY_MOVE * swing
        change = noise(self._price_keys[level, rows], first, count)
        if _TRENDS[0] <= spacing <= _TRENDS[1]:
            # Mostly small, seldom large: ranges, and now and then a trend.
            change = 2.2 * change * change * change
        if spacing <= _STIRRED_BELOW:
            change = change * np.exp(_WILDEST * np.tanh(volatility / _WILDEST))
        return volatility, prices + _move(spacing) * change


def _move(seconds: float) -> float:
    """Return the usual change of log price over a time: it grows with its square root."""
    return _DAY_MOVE * float(np.sqrt(seconds / _DAY))


def _refine(coarse: Floats) -> Floats:
    """Put a point half-way between any two."""
    fine = np.empty((coarse.shape[0], 2 * coarse.shape[1] - 1))
    fine[:, ::2] = coarse
    fine[:, 1::2] = (coarse[:, :-1] + coarse[:, 1:]) / 2
    return fine
