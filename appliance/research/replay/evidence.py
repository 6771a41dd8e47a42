"""Ask stored candles and the strategy what was the case at a moment of the past."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from appliance.domain import timeframe as timeframes
from appliance.domain.enums import TradingMode
from appliance.domain.errors import ApplianceError
from appliance.exchange.candle_table import as_dataframe
from appliance.research.backtest.analysis.pair import failing_quietly
from appliance.research.backtest.data_port import HistoricData
from appliance.research.data.layout import CandleKey, CandleType
from appliance.research.replay.scene import Candle
from appliance.research.timerange import TimeRange
from appliance.strategy.analysis import Signal, analyze, latest_signal
from appliance.strategy.data_provider import DataProvider

if TYPE_CHECKING:
    from collections.abc import Sequence

    from appliance.research.backtest.setup import Preparation
    from appliance.research.data.candles import CandleFiles, Candles

log = logging.getLogger(__name__)

SEEN = 1000
"""How many candles a bot analyses, unless its strategy asks for more: one page of most exchanges."""
_DAY_MS = 86_400_000
_SHORTLY_MS = 10_000
"""So soon after a candle's open, a fill may be at a price of the candle before."""


@dataclass(frozen=True, kw_only=True)
class StoredEvidence:
    """Answer from the candles and signals of a prepared backtest, once it has been walked."""

    prepared: "Preparation"
    files: "CandleFiles"
    keys: "Sequence[CandleKey]"
    _loaded: "dict[CandleKey, Candles]" = field(default_factory=dict)

    def candle(self, pair: str, moment: datetime) -> Candle | None:
        """Return the shortest stored candle of a moment; of its first seconds, joined with the one before."""
        key = self._shortest(pair)
        if key is None:
            return None
        candles, at_ms = self._candles(key), timeframes.to_ms(moment)
        place = int(np.searchsorted(candles[:, 0], at_ms, side="right")) - 1
        length = timeframes.milliseconds(key.timeframe)
        if place < 0 or at_ms - candles[place, 0] >= length:
            return None
        first = place - 1 if place and 0 < at_ms - candles[place, 0] < _SHORTLY_MS else place
        some = candles[first : place + 1]
        return Candle(
            float(some[-1, 1]), float(some[:, 2].max()), float(some[:, 3].min()), float(some[-1, 4])
        )

    def tested_signal(
        self, pair: str, acting: datetime, direction: str, *, exits: bool = False
    ) -> bool | None:
        """Return whether the backtest had a signal that acts at the open of this candle."""
        series = self.prepared.series.get(pair)
        if series is None:
            return None
        at_ms = timeframes.to_ms(acting)
        place = int(np.searchsorted(series.rows.opened, at_ms))
        if place >= len(series) or series.rows.opened[place] != at_ms:
            return None
        signal = Signal(
            enter_long=series.enter_long[place] == 1,
            exit_long=series.exit_long[place] == 1,
            enter_short=series.enter_short[place] == 1,
            exit_short=series.exit_short[place] == 1,
            candle_date=acting,
        )
        return _says(signal, direction, exits=exits)

    def live_signal(self, pair: str, acting: datetime, direction: str, *, exits: bool = False) -> bool | None:
        """Return whether there is one if only as many candles are analysed as the bot has."""
        prepared = self.prepared
        seen = max(SEEN, prepared.startup + 1)
        length = timeframes.milliseconds(prepared.timeframe)
        acting_ms = timeframes.to_ms(acting)
        span = TimeRange(acting_ms - seen * length, acting_ms - 1)
        candles = self.files.load(CandleKey(pair, prepared.timeframe, self._kind), span)
        if not len(candles) or candles[-1, 0] != acting_ms - length:
            return None
        data = HistoricData(self.files, span, seen, prepared.data.market)
        data.moment_ms, data.timeframe = acting_ms, prepared.timeframe
        data.pairs_tested = list(prepared.series)
        strategy = prepared.strategy
        before, strategy.dp = strategy.dp, DataProvider(prepared.loaded.raw, data)
        try:
            with failing_quietly(strategy):
                frame = analyze(strategy, as_dataframe(candles), pair)
            signal = latest_signal(frame, acting - timedelta(milliseconds=2 * length))
        except ApplianceError as error:
            log.debug("No signal of %s at %s: %s", pair, acting, error)
            return None
        finally:
            strategy.dp = before
        return signal is not None and _says(signal, direction, exits=exits)

    def least_stake(self, pair: str) -> float | None:
        """Return the least cost of an order that the exchange takes, in quote currency."""
        market = self.prepared.markets.get(pair)
        return None if market is None else market.cost_min

    @property
    def _kind(self) -> CandleType:
        futures = self.prepared.loaded.settings.trading_mode is TradingMode.FUTURES
        return "futures" if futures else "spot"

    def _candles(self, key: CandleKey) -> "Candles":
        if key not in self._loaded:
            span = TimeRange(self.prepared.first_ms - _DAY_MS, self.prepared.last_ms + _DAY_MS)
            self._loaded[key] = self.files.load(key, span)
        return self._loaded[key]

    def _shortest(self, pair: str) -> CandleKey | None:
        """Return the shortest candles of a pair that are stored for the time of the backtest."""
        lengths = sorted(
            (key for key in self.keys if key.pair == pair and key.candle_type == self._kind),
            key=lambda key: timeframes.milliseconds(key.timeframe),
        )
        return next((key for key in lengths if len(self._candles(key))), None)


def _says(signal: Signal, direction: str, *, exits: bool) -> bool:
    """Return whether a signal enters, or exits, in a direction."""
    if exits:
        return signal.exit(is_short=direction == "short")[1]
    return signal.entry(can_short=direction == "short") == direction
