"""Sum up the last 24 hours of pairs, as tickers have them."""

from collections.abc import Sequence

import msgspec
import numpy as np

from appliance.exchange.simulated.bars import CLOSE, HIGH, LOW, OPEN, VOLUME, Bars
from appliance.exchange.simulated.pairs import SimulatedPair
from appliance.exchange.simulated.path import STEP_MS, Floats

_MINUTE_MS = 60_000
_DAY_MS = 86_400_000


class Day(msgspec.Struct, frozen=True):
    """State 24 hours of a pair: prices and quote volume in quote, base volume in base currency; ms."""

    pair: str
    open: float
    high: float
    low: float
    last: float
    base_volume: float
    quote_volume: float
    open_ms: int
    close_ms: int


class Days:
    """Sum up days; what lies before the current minute is summed up once a minute."""

    def __init__(self, bars: Bars, pairs: Sequence[SimulatedPair]) -> None:
        self._bars = bars
        self._pairs = pairs
        self._before: dict[int, tuple[int, Floats]] = {}

    def until(self, numbers: Sequence[int], now_ms: int) -> list[Day]:
        """Return the day of each pair, from 24 hours before the current minute until now."""
        if not numbers:
            return []
        minute = now_ms // _MINUTE_MS * _MINUTE_MS
        latest = _sums(self._bars.until(numbers, minute // STEP_MS, now_ms))
        return [
            self._day(number, minute, _join(self._day_before(number, minute), latest[:, place]), now_ms)
            for place, number in enumerate(numbers)
        ]

    def _day_before(self, number: int, minute: int) -> Floats:
        summed_up, sums = self._before.get(number, (0, np.empty(0)))
        if summed_up != minute:
            first, count = (minute - _DAY_MS) // STEP_MS, _DAY_MS // STEP_MS
            sums = _sums(self._bars.whole([number], first, count))[:, 0]
            self._before[number] = minute, sums
        return sums

    def _day(self, number: int, minute: int, sums: Floats, now_ms: int) -> Day:
        pair = self._pairs[number]
        tick, lot = 10.0**pair.price_decimals, 10.0**pair.amount_decimals
        opened, high, low, last, volume, turnover = sums.tolist()
        return Day(
            pair=pair.market.pair,
            open=opened / tick,
            high=high / tick,
            low=low / tick,
            last=last / tick,
            base_volume=volume / lot,
            quote_volume=round(turnover / tick / lot, 8),
            open_ms=minute - _DAY_MS,
            close_ms=now_ms,
        )


def _sums(bars: Floats) -> Floats:
    """Gather bars into open, high, low, close, volume, turnover; shape (6, pairs), in ticks and lots."""
    turnover = (bars[VOLUME] * (bars[HIGH] + bars[LOW]) / 2).sum(axis=1)
    return np.stack(
        (
            bars[OPEN, :, 0],
            bars[HIGH].max(axis=1),
            bars[LOW].min(axis=1),
            bars[CLOSE, :, -1],
            bars[VOLUME].sum(axis=1),
            turnover,
        )
    )


def _join(earlier: Floats, later: Floats) -> Floats:
    return np.array(
        [
            earlier[OPEN],
            max(earlier[HIGH], later[HIGH]),
            min(earlier[LOW], later[LOW]),
            later[CLOSE],
            *(earlier[VOLUME:] + later[VOLUME:]),
        ]
    )
