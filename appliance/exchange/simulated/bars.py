"""Turn paths into traded prices: bars of one step each, whole or as far as the clock has come.

Prices are counted in ticks and volumes in lots, as whole numbers, so that sums and extremes over any number
of bars are exact and every timeframe agrees with every other.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from appliance.exchange.simulated.pairs import SimulatedPair, assets
from appliance.exchange.simulated.path import STEP_MS, Floats, Paths, key, noise

OPEN, HIGH, LOW, CLOSE, VOLUME = range(5)

_WICK = 0.45
_LONGEST_WICK = 6.0
_PANIC_FROM = 0.6
_PANIC_DEPTH = 0.15
_STEPS_A_DAY = 86_400_000 / STEP_MS
_MARKET_ROW = 0


class Bars:
    """Compute bars, shape (5, pairs, steps): open, high, low, close in ticks, volume in lots."""

    def __init__(self, pairs: Sequence[SimulatedPair], *, seed: int, speed: float) -> None:
        self.pairs = pairs
        names = [asset.name for asset in assets()]
        self._paths = Paths(seed, speed, ["the whole market", *names])
        self._asset_row = {name: row for row, name in enumerate(names, start=1)}
        kinds = ("wick up", "wick down", "trades", "order of extremes", "first turn", "second turn")
        self._keys = {kind: np.array([key(seed, kind, pair.path) for pair in pairs]) for kind in kinds}
        self._ticks = np.array([pair.price * 10.0**pair.price_decimals for pair in pairs])
        self._lots_a_step = np.array(
            [pair.day_volume / pair.price * 10.0**pair.amount_decimals / _STEPS_A_DAY for pair in pairs]
        )

    def whole(self, numbers: Sequence[int], first: int, count: int) -> Floats:
        """Return the bars of steps first..first+count-1 for the pairs with these numbers."""
        chosen = np.asarray(numbers)
        log_prices, volatility = self._log_prices(numbers, first, first + count)
        middle = self._ticks[chosen, None] * np.exp(log_prices)
        stir = np.exp(volatility[:, :-1]) * self._paths.step_move
        opens, closes = middle[:, :-1], middle[:, 1:]
        bars = np.empty((5, len(numbers), count))
        bars[OPEN], bars[CLOSE] = opens, closes
        up, down = (self._wick(kind, chosen, first, count) * stir for kind in ("wick up", "wick down"))
        bars[HIGH] = np.maximum(opens, closes) * np.exp(up)
        bars[LOW] = np.minimum(opens, closes) * np.exp(-down)
        np.maximum(np.rint(bars[:VOLUME], out=bars[:VOLUME]), 1.0, out=bars[:VOLUME])
        moved = np.abs(np.diff(log_prices, axis=1)) + up + down
        bars[VOLUME] = self._volume(chosen, first, moved / self._paths.step_move, volatility[:, :-1])
        return bars

    def turns(self, numbers: Sequence[int], first: int, count: int) -> tuple[Floats, Floats, Floats]:
        """Return of each bar whether its high comes first (above 0), and when it reaches both extremes."""
        chosen = np.asarray(numbers)
        high_first = noise(self._keys["order of extremes"][chosen], first, count)
        turn_1 = 0.275 + 0.175 * noise(self._keys["first turn"][chosen], first, count)
        turn_2 = 0.725 + 0.175 * noise(self._keys["second turn"][chosen], first, count)
        return high_first, turn_1, turn_2

    def until(self, numbers: Sequence[int], first: int, now_ms: int) -> Floats:
        """Return the bars from step `first` to that of `now_ms`, which holds what was traded yet."""
        current, elapsed = divmod(now_ms, STEP_MS)
        bars = self.whole(numbers, first, current - first + 1)
        bars[:, :, -1] = self._begun(numbers, current, bars[:, :, -1], elapsed / STEP_MS)
        return bars

    def _begun(self, numbers: Sequence[int], step: int, bar: Floats, elapsed: float) -> Floats:
        """Cut one bar off after a share of its time, along its way open, one extreme, the other, close."""
        high_first, turn_1, turn_2 = (each[:, 0] for each in self.turns(numbers, step, 1))
        extreme_1 = np.where(high_first > 0, bar[HIGH], bar[LOW])
        extreme_2 = np.where(high_first > 0, bar[LOW], bar[HIGH])
        begun = bar.copy()
        begun[HIGH] = begun[LOW] = bar[OPEN]
        legs = (
            (bar[OPEN], 0.0, extreme_1, turn_1),
            (extreme_1, turn_1, extreme_2, turn_2),
            (extreme_2, turn_2, bar[CLOSE], 1.0),
        )
        for start, since, end, until in legs:
            share = np.clip((elapsed - since) / (until - since), 0.0, 1.0)
            reached = np.rint(start + (end - start) * share)
            begun[CLOSE] = np.where(elapsed >= since, reached, begun[CLOSE])
            begun[HIGH] = np.maximum(begun[HIGH], begun[CLOSE])
            begun[LOW] = np.minimum(begun[LOW], begun[CLOSE])
        begun[VOLUME] = np.floor(bar[VOLUME] * elapsed)
        return begun

    def _log_prices(self, numbers: Sequence[int], first: int, last: int) -> tuple[Floats, Floats]:
        """Return log price against the pair's usual price, and log volatility, at steps first..last."""
        pairs = [self.pairs[number] for number in numbers]
        concerned = {asset for pair in pairs for asset in (pair.base, pair.quote) if asset is not None}
        ordered = sorted(concerned, key=lambda asset: self._asset_row[asset.name])
        rows = [_MARKET_ROW, *(self._asset_row[asset.name] for asset in ordered)]
        prices, volatility = self._paths.between(rows, first, last)
        panic = np.maximum(volatility[0] - _PANIC_FROM, 0.0) ** 2 * _PANIC_DEPTH
        whole_market = prices[0] - panic
        values = {
            asset: asset.market_share * whole_market + asset.own_share * prices[place]
            for place, asset in enumerate(ordered, start=1)
        }
        place_of = {asset: place for place, asset in enumerate(ordered, start=1)}
        wild = (volatility[[place_of[pair.base] for pair in pairs]] + volatility[0]) / 2
        relative = [values[pair.base] - (values[pair.quote] if pair.quote else 0.0) for pair in pairs]
        return np.array(relative), wild

    def _wick(self, kind: str, chosen: npt.NDArray[np.int_], first: int, count: int) -> Floats:
        """Draw how far a bar reaches beyond its body, in usual moves: often a little, seldom far."""
        share = (noise(self._keys[kind][chosen], first, count) + 1) / 2
        return np.minimum(-_WICK * np.log1p(-share), _LONGEST_WICK)

    def _volume(self, chosen: npt.NDArray[np.int_], first: int, moved: Floats, volatility: Floats) -> Floats:
        """Trade more where prices move more, and in wild times."""
        mood = np.exp(0.6 * noise(self._keys["trades"][chosen], first, moved.shape[1]) + 0.5 * volatility)
        lots = self._lots_a_step[chosen, None] * mood * (0.3 + 0.7 * np.minimum(moved, 8.0))
        return np.floor(lots)
