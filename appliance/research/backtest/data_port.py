"""Answer what a strategy asks of candles and markets in a backtest: what it could have known by then."""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from appliance.domain import timeframe as timeframes
from appliance.domain.enums import CandleType, RunMode
from appliance.domain.market import OrderBook, Ticker
from appliance.research.backtest.candles import frame_of, load
from appliance.research.data.layout import CandleKey
from appliance.strategy.data_provider import FUNDING_RATE_TIMEFRAME

if TYPE_CHECKING:
    from pandas import DataFrame

    from appliance.research.backtest.series import Ints
    from appliance.research.data.candles import CandleFiles
    from appliance.research.timerange import TimeRange

MOST_ANALYZED = 1000
"""Rows of an analysed dataframe that callbacks see."""
_MOST_BYTES = 256 * 1024 * 1024
"""How much memory loaded frames may take; beyond it the least used are loaded again when needed."""


@dataclass
class Reads:
    """Hold what an analysis has read: candles, by what tells their file from others; markets; pairs."""

    candles: dict[CandleKey, str] = field(default_factory=dict)
    markets: set[str] = field(default_factory=set)
    whitelist: bool = False


class HistoricData:
    """Answer from stored candles.

    During the analysis frames are whole. The walk sets `moment_ms`, the candle that it looks at (a detail
    candle, too), and `rows_known`, how many rows of a pair's analysed frame are known then, counted from its
    first row; `analyzed_frame` returns that frame.
    """

    runmode: RunMode = RunMode.BACKTEST

    def __init__(
        self,
        files: "CandleFiles",
        timerange: "TimeRange",
        startup: int,
        market: Callable[[str], Mapping[str, Any] | None],
    ) -> None:
        self._files, self._timerange, self._startup = files, timerange, startup
        self._market = market
        self._frames: OrderedDict[CandleKey, tuple[DataFrame, Ints, str]] = OrderedDict()
        self._bytes = 0
        self._reads = Reads()
        self.pairs_tested: Sequence[str] = ()
        self.pairs_now: Sequence[str] = ()
        self.timeframe = ""
        self.moment_ms: int | None = None
        self.rows_known: Callable[[str], int | None] = lambda pair: None
        self.analyzed_frame: Callable[[str], DataFrame | None] = lambda pair: None

    @contextmanager
    def whole(self) -> Iterator[None]:
        """Show whole frames within the block, whatever the walk is at."""
        before, self.moment_ms = self.moment_ms, None
        try:
            yield
        finally:
            self.moment_ms = before

    @contextmanager
    def recorded(self, reads: Reads) -> Iterator[None]:
        """Add to `reads` what is read within the block."""
        before, self._reads = self._reads, reads
        try:
            yield
        finally:
            self._reads = before

    def frame(self, pair: str, timeframe: str, candle_type: CandleType) -> "DataFrame | None":
        """Return a pair's candles; during the walk those that had closed by then."""
        if candle_type is CandleType.FUNDING_RATE:
            timeframe = FUNDING_RATE_TIMEFRAME
        key = CandleKey(pair, timeframe, candle_type.value)
        frame, dates = self._loaded(key)
        if self.moment_ms is None:
            return frame
        length = timeframes.milliseconds(timeframe)
        current = self.moment_ms // length * length
        return frame.iloc[: int(np.searchsorted(dates, current))]

    def analyzed(self, pair: str, timeframe: str) -> "tuple[DataFrame, datetime] | None":
        """Return the newest thousand rows up to the candle whose signals act now."""
        known = self.rows_known(pair) if timeframe == self.timeframe else None
        frame = self.analyzed_frame(pair) if known is not None else None
        if frame is None or known is None:
            return None
        return frame.iloc[max(0, known - MOST_ANALYZED) : known], datetime.now(UTC)

    def pairs(self) -> Sequence[tuple[str, str]]:
        return [(pair, self.timeframe) for pair in self.pairs_tested]

    def whitelist(self) -> Sequence[str]:
        self._reads.whitelist = True
        return self.pairs_now or self.pairs_tested

    def ticker(self, pair: str) -> Ticker | None:
        """Return None: the price of today is not that of the past."""
        return None

    def orderbook(self, pair: str, maximum: int) -> OrderBook | None:
        return None

    def market(self, pair: str) -> Mapping[str, Any] | None:
        self._reads.markets.add(pair)
        return self._market(pair)

    def delisting(self, pair: str) -> datetime | None:
        return None

    def funding_rate(self, pair: str) -> Mapping[str, Any] | None:
        return None

    def producer_pairs(self, producer: str) -> Sequence[str]:
        return ()

    def producer_frame(
        self, pair: str, timeframe: str, candle_type: CandleType, producer: str
    ) -> "tuple[DataFrame, datetime] | None":
        return None

    def send_msg(self, message: str, *, always_send: bool = False) -> None:
        """Send nothing: nobody waits for messages of a backtest."""

    def _loaded(self, key: CandleKey) -> "tuple[DataFrame, Ints]":
        found = self._frames.get(key)
        if found is None:
            identity = self._files.identity(key)  # before it is read: it may be replaced meanwhile
            candles = load(self._files, key, self._timerange, self._startup)
            found = frame_of(candles, key.candle_type), candles[:, 0].astype(np.int64), identity
            self._bytes += candles.nbytes
            self._frames[key] = found
            while self._bytes > _MOST_BYTES and len(self._frames) > 1:
                _, (frame, dates, _) = self._frames.popitem(last=False)
                self._bytes -= 8 * len(dates) * len(frame.columns)
        else:
            self._frames.move_to_end(key)
        self._reads.candles[key] = found[2]
        return found[:2]
