"""Read candles that could have been, in the place of those that are stored."""

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from appliance.domain import timeframe as timeframes
from appliance.research.backtest.candles import filled
from appliance.research.data.candles import CandleFiles, cut
from appliance.research.data.layout import OHLCV_COLUMNS, CandleKey, columns_of
from appliance.research.overfitting.returns import DAY_MS
from appliance.research.overfitting.synthetic_candles import block_places, longer_candles, rebuilt
from appliance.research.timerange import TimeRange

if TYPE_CHECKING:
    from appliance.research.data.candles import Candles


class OtherCandles(CandleFiles):
    """Give the days of a range in another order, drawn by a seed; what is before it, and rates, are real.

    The days of all pairs and time frames are reordered alike, so that what belongs together stays together:
    pairs that rise with each other still do, and hours consist of their minutes. A pair that was listed
    within the range has an order of its own.
    """

    def __init__(self, real: CandleFiles, timerange: TimeRange, seed: int) -> None:
        super().__init__(real.folder, real.kind)
        self._real, self._range, self._seed = real, timerange, seed

    def load(self, key: CandleKey, timerange: TimeRange | None = None) -> "Candles":
        """Return the candles of a series inside a range. Raises DataError for a damaged file."""
        stored = self._real.load(key)
        if columns_of(key.candle_type) != OHLCV_COLUMNS or not len(stored):
            return cut(stored, timerange)
        every = filled(stored, key.timeframe)
        before = every[: self._begin(every)]
        within = cut(every[len(before) :], self._range)
        return cut(np.concatenate((before, self._reordered(key, within))), timerange)

    def identity(self, key: CandleKey) -> str:
        """Return what tells these candles from the real ones, and from those of another seed."""
        text = f"{self._real.identity(key)} {self._seed} {self._range}"
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def _begin(self, every: "Candles") -> int:
        start = self._range.start_ms
        return 0 if start is None else int(np.searchsorted(every[:, 0], start))

    def _reordered(self, key: CandleKey, within: "Candles") -> "Candles":
        step_ms = timeframes.milliseconds(key.timeframe)
        if len(within) < 2:
            return within
        if step_ms > DAY_MS:
            return self._of_days(key, within, step_ms)
        a_day = DAY_MS // step_ms
        whole = len(within) // a_day * a_day if len(within) >= 3 * a_day else len(within)
        places = np.concatenate((block_places(whole, step_ms, self._seed), np.arange(whole, len(within))))
        return rebuilt(within, places)

    def _of_days(self, key: CandleKey, within: "Candles", step_ms: int) -> "Candles":
        """Return candles of weeks or months, made from those of days, or reordered where there are none."""
        days = self.load(CandleKey(key.pair, "1d", key.candle_type), self._range)
        if not len(days):
            return rebuilt(within, block_places(len(within), step_ms, self._seed))
        made = longer_candles(days, step_ms, int(within[0, 0]) % step_ms)
        return cut(made, TimeRange(int(within[0, 0]), int(within[-1, 0])))
