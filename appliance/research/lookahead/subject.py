"""Run a strategy on the candles of a pair: on all of them, or on those until a candle."""

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from appliance.domain import timeframe as timeframes
from appliance.research.backtest.analysis.pair import failing_quietly
from appliance.research.backtest.analysis.sources import Sources
from appliance.research.backtest.analysis.state import state_of
from appliance.research.backtest.candles import frame_of
from appliance.research.backtest.data_port import Reads
from appliance.research.backtest.loading import CandleSource
from appliance.research.backtest.signals import Cut
from appliance.research.lookahead.columns import Columns, columns_of
from appliance.research.lookahead.known_candles import KnownCandles, Span
from appliance.strategy.analysis import with_indicators, with_signals
from appliance.strategy.data_provider import DataProvider
from appliance.strategy.ports import Ports, plugged_in

if TYPE_CHECKING:
    from pandas import DataFrame

    from appliance.research.data.candles import Candles
    from appliance.strategy.interface import IStrategy


@dataclass(frozen=True, kw_only=True, eq=False)
class Subject:
    """Hold a strategy that is examined, and what it is run on.

    `starts_anew`: it read candles when it started, and has to start again with those of each run. With
    `only_indicators`, it is not asked for signals.
    """

    strategy: "IStrategy"
    sources: Sources
    source: CandleSource
    data: KnownCandles
    ports: Ports
    cut: Cut
    can_short: bool
    starts_anew: bool = False
    only_indicators: bool = False

    @property
    def name(self) -> str:
        return type(self.strategy).__name__

    def candles(self, pair: str) -> "Candles":
        """Load the candles of a pair, startup candles included. Raises DataError for a damaged file."""
        return self.source.candles(pair)

    def columns(self, pair: str, candles: "Candles", reads: Reads | None = None) -> Columns:
        """Return what the strategy makes of these candles, other candles known until the last one closes.

        Raises StrategyError for what the strategy raises. What is read is added to `reads`.
        """
        return self.columns_of_span(pair, candles, Span(self.closes_ms(candles)), reads)

    def columns_of_span(
        self, pair: str, candles: "Candles", span: Span | None, reads: Reads | None = None
    ) -> Columns:
        """Return what the strategy makes of these candles and the others of a span. Raises StrategyError."""
        self.strategy.dp = DataProvider(self.strategy.config, self.data)
        with ExitStack() as stack:
            stack.enter_context(failing_quietly(self.strategy))
            stack.enter_context(plugged_in(self.ports))
            stack.enter_context(self.data.only(span))
            stack.enter_context(self.data.recorded(reads if reads is not None else Reads()))
            if self.starts_anew:
                self.strategy.ft_bot_start()
            return columns_of(self._frame(pair, candles))

    def closes_ms(self, candles: "Candles") -> int:
        """Return when the last of some candles closes (ms, UTC)."""
        return timeframes.next_open_ms(self.source.timeframe, int(candles[-1, 0]))

    def state(self) -> str:
        """Return a digest of all that the strategy can remember."""
        return state_of(self.strategy, self.sources)

    def longest_rows(self, reads: Reads) -> int:
        """Return how many rows the longest candle has that was read."""
        own = timeframes.milliseconds(self.source.timeframe)
        lengths = [timeframes.milliseconds(key.timeframe) for key in reads.candles]
        return int(np.ceil(max(lengths, default=0) / own))

    def _frame(self, pair: str, candles: "Candles") -> "DataFrame":
        frame = with_indicators(self.strategy, frame_of(candles), pair)
        return frame if self.only_indicators else with_signals(self.strategy, frame, pair)
