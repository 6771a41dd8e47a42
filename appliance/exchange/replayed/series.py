"""Hold the stored candles of a pair, and show of them what was known at a moment."""

from typing import TYPE_CHECKING

import numpy as np

from appliance.domain import timeframe as timeframes
from appliance.exchange.replayed.path import Prices, until

if TYPE_CHECKING:
    from appliance.domain.market import Candles

_OPEN, _CLOSE, _VOLUME = 1, 4, 5


class PlayedSeries:
    """The candles of one pair and time frame, oldest first. Times in ms since 1970 UTC.

    Where candles are missing nothing was traded: the price stays at the last close.
    """

    def __init__(self, timeframe: str, candles: "Candles") -> None:
        self.timeframe = timeframe
        self.candles = candles
        self._opened = np.ascontiguousarray(candles[:, 0])
        self._length = timeframes.milliseconds(timeframe)
        self._base = np.concatenate(([0.0], np.cumsum(candles[:, _VOLUME])))
        self._quote = np.concatenate(([0.0], np.cumsum(candles[:, _VOLUME] * candles[:, _CLOSE])))

    @property
    def first_ms(self) -> int:
        return int(self._opened[0])

    @property
    def end_ms(self) -> int:
        """When the last candle closes."""
        return timeframes.next_open_ms(self.timeframe, int(self._opened[-1]))

    def price(self, now_ms: int) -> float | None:
        """Return the last price; None before the first candle."""
        place = self._place(now_ms)
        return self._until(place, now_ms).close if place >= 0 else None

    def traded(self, since_ms: int, now_ms: int) -> tuple[float, float]:
        """Return the volume of a span in base and in quote currency, of candles that have closed in it."""
        first = int(np.searchsorted(self._opened, since_ms))
        last = max(int(np.searchsorted(self._opened, now_ms - self._length, side="right")), first)
        return float(self._base[last] - self._base[first]), float(self._quote[last] - self._quote[first])

    def closed(self, current_ms: int, since_ms: int | None, limit: int) -> "Candles":
        """Return candles that opened before `current_ms`: from a time on, or the newest; `limit` at most."""
        end = int(np.searchsorted(self._opened, current_ms))
        if since_ms is None:
            return self.candles[max(end - limit, 0) : end]
        first = int(np.searchsorted(self._opened, since_ms))
        return self.candles[first : min(first + limit, end)]

    def stored(self, opened_ms: int) -> "Candles":
        """Return the candle that opened then; none where nothing was traded in its time."""
        place = int(np.searchsorted(self._opened, opened_ms))
        return self.candles[place : place + 1] if opened_ms in self._opened[place : place + 1] else _NONE

    def since(self, opened_ms: int, now_ms: int) -> Prices | None:
        """Return what was traded from a time until now, as one candle; None before the first one."""
        last = self._place(now_ms)
        if last < 0:
            return None
        latest = self._until(last, now_ms)
        first = int(np.searchsorted(self._opened, opened_ms))
        if first > last:  # nothing has been traded in it
            return Prices(latest.close, latest.close, latest.close, latest.close, 0.0)
        before = self.candles[first:last]
        if not len(before):
            return latest
        high, low = float(before[:, 2].max()), float(before[:, 3].min())
        return Prices(
            float(before[0, _OPEN]),
            max(high, latest.high),
            min(low, latest.low),
            latest.close,
            float(before[:, _VOLUME].sum()) + latest.volume,
        )

    def _place(self, now_ms: int) -> int:
        return int(np.searchsorted(self._opened, now_ms, side="right")) - 1

    def _until(self, place: int, now_ms: int) -> Prices:
        row = self.candles[place].tolist()
        return until(Prices(*row[1:6]), (now_ms - row[0]) / self._length)


_NONE: "Candles" = np.empty((0, 6))
