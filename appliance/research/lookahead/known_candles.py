"""Show a strategy only the candles that had closed at a moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from appliance.domain import timeframe as timeframes
from appliance.domain.enums import CandleType
from appliance.research.backtest.data_port import HistoricData
from appliance.research.data.layout import CandleKey
from appliance.strategy.data_provider import FUNDING_RATE_TIMEFRAME

if TYPE_CHECKING:
    from pandas import DataFrame

    from appliance.research.backtest.series import Ints


class Span(NamedTuple):
    """State which candles are known: those that had closed at `until_ms`, and so many before `since_ms`.

    Without `since_ms` (ms, UTC), all earlier ones.
    """

    until_ms: int
    since_ms: int | None = None
    before: int = 0


class KnownCandles(HistoricData):
    """Answer from stored candles; within `only`, from those of a span."""

    _span: Span | None = None

    @contextmanager
    def only(self, span: Span | None) -> Iterator[None]:
        """Show nothing but a span of candles, of every time frame; None: all."""
        before, self._span = self._span, span
        try:
            yield
        finally:
            self._span = before

    def frame(self, pair: str, timeframe: str, candle_type: CandleType) -> "DataFrame | None":
        """Return a pair's candles, oldest first."""
        is_rate = candle_type is CandleType.FUNDING_RATE
        timeframe = FUNDING_RATE_TIMEFRAME if is_rate else timeframe
        frame, dates = self._loaded(CandleKey(pair, timeframe, candle_type.value))
        if self._span is None:
            return frame
        until_ms, since_ms, before = self._span
        last = known_count(dates, timeframe, until_ms, at_once=is_rate)
        if since_ms is None:
            return frame.iloc[:last]
        first = np.searchsorted(dates, since_ms - before * timeframes.milliseconds(timeframe))
        return frame.iloc[int(first) : last]


def known_count(dates: "Ints", timeframe: str, moment_ms: int, *, at_once: bool = False) -> int:
    """Return how many candles had closed at a moment; `dates` are when they opened, oldest first (ms, UTC).

    Funding rates are known `at_once`: when they are charged.
    """
    if at_once:
        return int(np.searchsorted(dates, moment_ms, side="right"))
    if timeframe[-1] in "My":
        return int(np.searchsorted(dates, timeframes.candle_open_ms(timeframe, moment_ms)))
    return int(np.searchsorted(dates, moment_ms - timeframes.milliseconds(timeframe), side="right"))
