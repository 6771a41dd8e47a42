"""Show a strategy only the candles that had closed at a moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from appliance.domain import timeframe as timeframes
from appliance.domain.enums import CandleType
from appliance.research.backtest.data_port import HistoricData
from appliance.research.data.layout import CandleKey
from appliance.strategy.data_provider import FUNDING_RATE_TIMEFRAME

if TYPE_CHECKING:
    from pandas import DataFrame

    from appliance.research.backtest.series import Ints


class KnownCandles(HistoricData):
    """Answer from stored candles; within `until`, from those that had closed by then."""

    _until_ms: int | None = None

    @contextmanager
    def until(self, moment_ms: int | None) -> Iterator[None]:
        """Show nothing that closed after a moment (ms, UTC); None: all."""
        before, self._until_ms = self._until_ms, moment_ms
        try:
            yield
        finally:
            self._until_ms = before

    def frame(self, pair: str, timeframe: str, candle_type: CandleType) -> "DataFrame | None":
        """Return a pair's candles, oldest first."""
        is_rate = candle_type is CandleType.FUNDING_RATE
        timeframe = FUNDING_RATE_TIMEFRAME if is_rate else timeframe
        frame, dates = self._loaded(CandleKey(pair, timeframe, candle_type.value))
        if self._until_ms is None:
            return frame
        return frame.iloc[: known_count(dates, timeframe, self._until_ms, at_once=is_rate)]


def known_count(dates: "Ints", timeframe: str, moment_ms: int, *, at_once: bool = False) -> int:
    """Return how many candles had closed at a moment; `dates` are when they opened, oldest first (ms, UTC).

    Funding rates are known `at_once`: when they are charged.
    """
    if at_once:
        return int(np.searchsorted(dates, moment_ms, side="right"))
    if timeframe[-1] in "My":
        return int(np.searchsorted(dates, timeframes.candle_open_ms(timeframe, moment_ms)))
    return int(np.searchsorted(dates, moment_ms - timeframes.milliseconds(timeframe), side="right"))
