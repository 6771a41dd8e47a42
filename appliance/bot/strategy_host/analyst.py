"""Keep candles up to date, have the strategy analyse them, and hold the results."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from appliance.bot.concurrency.strategy_thread import StrategyThread
from appliance.bot.decisions.decisions import Decisions
from appliance.bot.decisions.indicators import NOTHING, IndicatorReader, Indicators
from appliance.bot.state.clock import Clock
from appliance.bot.state.event_bus import EventBus
from appliance.bot.state.setup import Setup
from appliance.bot.strategy_host.mark_and_funding_candles import OtherCandles
from appliance.domain.decisions.kinds import Kind
from appliance.domain.enums import CandleType, TradingMode
from appliance.domain.errors import StrategyError
from appliance.domain.message import MessageType
from appliance.domain.timeframe import seconds
from appliance.exchange.candles import CandleCache
from appliance.exchange.gateway import Gateway
from appliance.strategy.analysis import Signal, analyze, oldest_usable, signal_of

if TYPE_CHECKING:
    from pandas import DataFrame

log = logging.getLogger(__name__)

Key = tuple[str, str]
"""A pair and a time frame."""


class AnalyzedFrame(msgspec.Struct, frozen=True):
    """Hold a pair's analysed dataframe, its newest signal, and when it was analysed (UTC)."""

    frame: "DataFrame"
    signal: Signal | None
    analyzed_at: datetime
    indicators: Indicators = NOTHING


@dataclass(kw_only=True, eq=False)
class Analyst:
    """Turn candles into signals, pair by pair, in the strategy's thread."""

    setup: Setup
    clock: Clock
    gateway: Gateway
    thread: StrategyThread
    events: EventBus
    candles: CandleCache
    other_candles: OtherCandles
    decisions: Decisions

    def __post_init__(self) -> None:
        self.frames: dict[Key, AnalyzedFrame] = {}
        self.watched: tuple[Key, ...] = ()
        self._logged: set[tuple[str, str]] = set()
        self._indicators = IndicatorReader()

    @property
    def timeframe_seconds(self) -> int:
        return seconds(self.setup.resolved.timeframe)

    @property
    def own_kind(self) -> CandleType:
        """The candle type of the traded market."""
        futures = self.setup.settings.trading_mode is TradingMode.FUTURES
        return CandleType.FUTURES if futures else CandleType.SPOT

    def frame_of(self, pair: str, timeframe: str, kind: CandleType) -> "DataFrame | None":
        """Return closed candles of any type, or None if there are none. Thread-safe."""
        if kind is self.own_kind:
            return self.candles.dataframe(pair, timeframe)
        return self.other_candles.frame(pair, timeframe, kind)

    def signal(self, pair: str) -> Signal | None:
        """Return the newest signal of `pair`; None if there is none or it is too old to act on."""
        found = self.frames.get((pair, self.setup.resolved.timeframe))
        if found is None or found.signal is None:
            return None
        oldest = self._oldest_usable(self.setup.resolved.timeframe, self.clock.now())
        return found.signal if found.signal.candle_date >= oldest else None

    def _oldest_usable(self, timeframe: str, now: datetime) -> datetime:
        return oldest_usable(timeframe, now, self.setup.settings.exchange.outdated_offset)

    async def refresh(self, pairs: Iterable[str]) -> set[Key]:
        """Fetch new candles of `pairs` and of informative pairs; return those with a new candle."""
        wanted = await self._wanted(pairs)
        if wanted.keys() != set(self.watched):
            self.candles.keep_only(wanted.keys())
            self.watched = tuple(wanted)
        result = await self.candles.refresh(wanted)  # failures have been reported
        return set(result.updated)

    async def analyse(self, pairs: Iterable[str], updated: set[Key]) -> None:
        """Analyse the pairs with a new candle, or all of them if `process_only_new_candles` is off.

        Errors in strategy code have been reported before: the pair is skipped in this cycle.
        """
        timeframe = self.setup.resolved.timeframe
        for pair in pairs:
            key = (pair, timeframe)
            fresh = key in updated or key not in self.frames
            if self.setup.resolved.process_only_new_candles and not fresh:
                continue
            try:
                await self._analyse_pair(key)
            except StrategyError as error:
                self.frames.pop(key, None)
                self.decisions.note(pair, Kind.ANALYSIS_FAILED, str(error))
                continue
            except Exception as error:  # noqa: BLE001 - it is reported, and affects this pair only
                self.frames.pop(key, None)
                self._log_once(pair, error)
                self.decisions.note(pair, Kind.ANALYSIS_FAILED, type(error).__name__)
                continue
            if key in updated:
                self.events.emit(MessageType.NEW_CANDLE, data=[pair, timeframe, self.own_kind.value])

    def forget(self) -> None:
        """Drop all results: the strategy was replaced."""
        self._logged.clear()
        self.frames.clear()

    async def _analyse_pair(self, key: Key) -> None:
        if not self.candles.has(*key):
            self.decisions.note(key[0], Kind.NO_CANDLES)
            return
        now = self.clock.now()
        found = await self.thread.run(self._analysed, key, now)
        if found is None:
            return
        self.frames[key] = found
        if found.signal is not None:
            self.decisions.analysed(key[0], found.signal, found.indicators)
        self.events.emit(
            MessageType.ANALYZED_DF,
            data={"key": [*key, self.own_kind.value], "df": found.frame, "la": found.analyzed_at},
        )

    def _analysed(self, key: Key, now: datetime) -> AnalyzedFrame | None:
        pair, timeframe = key
        frame = self.candles.dataframe(pair, timeframe)
        if frame is None or frame.empty:
            return None
        result = analyze(self.setup.strategy, frame, pair)
        oldest = self._oldest_usable(timeframe, now)
        signal = signal_of(self.setup.strategy, result, pair, oldest)
        return AnalyzedFrame(result, signal, now, self._indicators.newest(result))

    def _log_once(self, pair: str, error: Exception) -> None:
        kind = (pair, type(error).__name__)
        if kind not in self._logged:
            self._logged.add(kind)
            log.error("No signals for %s: its analysis failed", pair, exc_info=error)
            text = f"No signals for {pair}: its analysis failed ({kind[1]}); the log has the details"
            self.events.emit(MessageType.WARNING, status=text)

    async def _wanted(self, pairs: Iterable[str]) -> Mapping[Key, int]:
        """Return how many candles to store per pair and time frame, including the unfinished one."""
        count = max(self.setup.resolved.startup_candle_count + 1, self.gateway.candle_limit)
        wanted = {(pair, self.setup.resolved.timeframe): count for pair in pairs}
        informative = await self.thread.run(self.setup.strategy.gather_informative_pairs)
        others = [
            (pair, timeframe, kind) for pair, timeframe, kind in informative if kind is not self.own_kind
        ]
        for pair, timeframe, kind in informative:
            if kind is self.own_kind:
                wanted.setdefault((pair, timeframe), count)
        if others:
            await self.other_candles.refresh(others, count)
        return wanted
