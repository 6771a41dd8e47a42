"""Run a strategy on the candles before a row: on all of them, or on so many."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from appliance.domain import timeframe as timeframes
from appliance.domain.errors import StrategyError
from appliance.research.lookahead.known_candles import KnownCandles, Span
from appliance.research.lookahead.subject import Subject
from appliance.research.recursive.variance import deviations, last_values, scales_of
from appliance.research.timerange import TimeRange

if TYPE_CHECKING:
    from appliance.strategy.interface import IStrategy


class Place(NamedTuple):
    """Name a row of a pair's candles, counted from the first one that is loaded."""

    pair: str
    row: int


class Base(NamedTuple):
    """Hold the values of a row with all candles before it, and the usual size of each column."""

    values: dict[str, Any]
    scales: dict[str, float]


@dataclass(frozen=True, eq=False)
class Windows:
    """Run a strategy's indicators at places."""

    subject: Subject

    def base(self, place: Place) -> Base:
        """Return the values with all candles before. Raises StrategyError."""
        candles = self.subject.candles(place.pair)[: place.row + 1]
        columns = self.subject.columns(place.pair, candles)
        return Base(last_values(columns), scales_of(columns))

    def deviations(self, place: Place, base: Base, count: int) -> dict[str, float]:
        """Return by how much values are wrong with `count` candles before."""
        candles = self.subject.candles(place.pair)[place.row - count : place.row + 1]
        span = Span(self.subject.closes_ms(candles), since_ms=int(candles[-1, 0]), before=count)
        try:
            with startup_of(self.subject, count):
                columns = self.subject.columns_of_span(place.pair, candles, span)
        except StrategyError:
            return deviations(base.values, None, base.scales)
        return deviations(base.values, last_values(columns), base.scales)

    def with_startup(self, pair: str, count: int, last_ms: int) -> dict[str, Any]:
        """Return the last values with `count` candles before the one before the last, as in freqtrade.

        `last_ms` is when the last one opened (ms, UTC). Candles are loaded anew, from before the range, too.
        Raises StrategyError.
        """
        own = timeframes.milliseconds(self.subject.source.timeframe)
        timerange = TimeRange(last_ms - own, last_ms)
        source = replace(self.subject.source, timerange=timerange, startup=count)
        data = KnownCandles(source.files, timerange, count, self.subject.data.market)
        data.pairs_tested, data.timeframe = self.subject.data.pairs_tested, source.timeframe
        subject = replace(self.subject, source=source, data=data)
        with startup_of(subject, count):
            return last_values(subject.columns(pair, source.candles(pair)))


@contextmanager
def startup_of(subject: Subject, count: int) -> Iterator[None]:
    """Let a strategy have another `startup_candle_count` within the block."""
    strategy = subject.strategy
    before = strategy.startup_candle_count
    _set_startup(strategy, count)
    try:
        yield
    finally:
        _set_startup(strategy, before)


def _set_startup(strategy: "IStrategy", count: int) -> None:
    strategy.config["startup_candle_count"] = count
    with suppress(AttributeError):  # a property stays as it is
        strategy.startup_candle_count = count
