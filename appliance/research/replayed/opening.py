"""Open the exchange `replayed`: downloaded candles as a market, with the time that goes with it."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from appliance.bot.state.clock import Clock
from appliance.domain import timeframe as timeframes
from appliance.domain.enums import TradingMode
from appliance.domain.errors import ConfigurationError, DataError
from appliance.exchange.dry_run.gateway import DryRunGateway
from appliance.exchange.replayed.futures import ReplayedFutures
from appliance.exchange.replayed.market import ReplayedMarket
from appliance.exchange.replayed.played_time import PlayedTime
from appliance.exchange.replayed.series import PlayedSeries
from appliance.exchange.traits import traits_of
from appliance.research.data.candles import CandleFiles
from appliance.research.data.layout import CandleKey, CandleType
from appliance.research.markets import KnownMarkets, known_markets
from appliance.research.timerange import TimeRange
from appliance.storage.inspection import newest_moment

if TYPE_CHECKING:
    from appliance.config.loading import LoadedSettings
    from appliance.domain.futures import Tiers
    from appliance.exchange.gateway import Gateway, Series
    from appliance.research.data.candles import Candles

log = logging.getLogger(__name__)

_DAY_MS = 86_400_000
_QUARTERS = 4


@dataclass(frozen=True)
class Replayed:
    """Hold a market that is replayed, as a bot trades on it, and its time."""

    gateway: "Gateway"
    time: PlayedTime

    @property
    def as_given(self) -> dict[str, Any]:
        """What a bot is assembled with, to trade on this market by its time."""
        return {"gateway": self.gateway, "clock": self.clock}

    def clock(self, _: "Gateway") -> Clock:
        """Return the bot's clock: all of it is the market's."""
        time = self.time
        return Clock(lambda: timeframes.to_date(time.now_ms()), time.seconds, time)


async def open_replayed(loaded: "LoadedSettings") -> Replayed:
    """Read what is played, and begin at the start, or where the database is already.

    Raises `DataError` where there are no candles, `ConfigurationError` for a span without any,
    `ExchangeError` where the markets are not known and their exchange does not answer.
    """
    async with known_markets(loaded) as known:
        candles = await asyncio.to_thread(_Stored, loaded)
        pairs = _pairs(loaded, known, candles)
        tiers = await known.leverage_tiers(list(pairs)) if candles.futures else {}
        return await asyncio.to_thread(_opened, loaded, known, candles, pairs, tiers)


def _pairs(loaded: "LoadedSettings", known: KnownMarkets, candles: "_Stored") -> Mapping[str, str]:
    """Return the shortest time frame of each pair that can be traded. Raises `DataError` without any."""
    stake = loaded.settings.stake_currency
    found = {
        pair: lengths[0]
        for pair, lengths in candles.timeframes().items()
        if pair in known.markets and known.markets[pair].quote == stake
    }
    if not found:
        raise DataError(_nothing(loaded))
    return found


def _opened(
    loaded: "LoadedSettings",
    known: KnownMarkets,
    candles: "_Stored",
    pairs: Mapping[str, str],
    tiers: "Mapping[str, Tiers]",
) -> Replayed:
    settings = loaded.settings
    prices = {pair: series for pair, one in pairs.items() if (series := _prices(candles, pair, one, loaded))}
    if not prices:
        raise ConfigurationError(f"exchange.replayed.start: no candles from then on in {loaded.datadir}")
    time = _time(loaded, prices)
    market = ReplayedMarket(
        candles,
        prices,
        markets=known.markets,
        details={pair: known.market_details(pair) for pair in prices},
        time=time,
        spread=settings.exchange.replayed.spread,
        futures=_futures(candles, known, time, tiers) if candles.futures else None,
    )
    return Replayed(DryRunGateway(market, fee=settings.fee), time)


def _futures(
    candles: "_Stored", known: KnownMarkets, time: PlayedTime, tiers: "Mapping[str, Tiers]"
) -> ReplayedFutures:
    return ReplayedFutures(
        stored=candles,
        time=time,
        tiers=tiers,
        formula=known.formula,
        grace_seconds=traits_of(known.name).funding_grace_seconds,
    )


class _Stored:
    """The candle files of a folder, as a market plays them: of spot pairs, or of perpetual contracts."""

    def __init__(self, loaded: "LoadedSettings") -> None:
        settings = loaded.settings
        self.futures = settings.trading_mode is TradingMode.FUTURES
        self._kind: CandleType = "futures" if self.futures else "spot"
        self._files = CandleFiles(loaded.datadir, settings.dataformat_ohlcv)
        self._timeframes: dict[str, list[str]] = defaultdict(list)
        for key in self._files.keys(futures=self.futures):
            if key.candle_type == self._kind:
                self._timeframes[key.pair].append(key.timeframe)
        for found in self._timeframes.values():
            found.sort(key=timeframes.milliseconds)

    def timeframes(self) -> Mapping[str, Sequence[str]]:
        return self._timeframes

    def load(self, pair: str, timeframe: str, timerange: TimeRange | None = None) -> "Candles":
        return self._files.load(CandleKey(pair, timeframe, self._kind), timerange)

    def load_series(self, pair: str, timeframe: str, series: "Series") -> "Candles":
        return self._files.load(CandleKey(pair, timeframe, series))


def _prices(candles: _Stored, pair: str, timeframe: str, loaded: "LoadedSettings") -> PlayedSeries | None:
    """Return the candles that prices follow, with a day before the start for tickers; None without any."""
    replayed = loaded.settings.exchange.replayed
    start = timeframes.to_ms(replayed.start) if replayed.start else None
    end = timeframes.to_ms(replayed.end) if replayed.end else None
    found = candles.load(pair, timeframe, TimeRange(start, end).earlier(_DAY_MS))
    if not len(found) or (start is not None and found[-1, 0] < start):
        log.warning("%s is not replayed: it has no candles in the time of the market", pair)
        return None
    return PlayedSeries(timeframe, found)


def _time(loaded: "LoadedSettings", prices: Mapping[str, PlayedSeries]) -> PlayedTime:
    replayed = loaded.settings.exchange.replayed
    shortest = min(timeframes.milliseconds(series.timeframe) for series in prices.values())
    step = replayed.step * 1000 if replayed.step else max(shortest // _QUARTERS, 1000)
    last = max(series.end_ms for series in prices.values())
    start = (
        timeframes.to_ms(replayed.start) if replayed.start else min(one.first_ms for one in prices.values())
    )
    end = min(timeframes.to_ms(replayed.end), last) if replayed.end else last
    known = newest_moment(loaded.db_url)
    begin = start if known is None else max(start, timeframes.to_ms(known))
    begin = -(-begin // step) * step
    if known is not None and begin > start:
        log.info("The replayed market goes on at %s, where the database ends", timeframes.to_date(begin))
    if begin >= end:
        raise ConfigurationError(_over(begin, end, is_known=known is not None and begin > start))
    log.info(
        "Replaying %d pairs of %s from %s to %s, in steps of %g s, at most %g times as fast as time",
        len(prices),
        loaded.settings.exchange.source,
        timeframes.to_date(begin),
        timeframes.to_date(end),
        step / 1000,
        replayed.speed,
    )
    idle = loaded.settings.internals.process_throttle_secs
    return PlayedTime(begin, end, step_ms=step, speed=replayed.speed, idle_seconds=idle)


def _over(begin_ms: int, end_ms: int, *, is_known: bool) -> str:
    begin, end = (f"{timeframes.to_date(at):%Y-%m-%d %H:%M} UTC" for at in (begin_ms, end_ms))
    if is_known:
        return (
            f"exchange.replayed: the market ends at {end}, and the database is at {begin} already; download "
            "more candles, set a later end, or name another database with --db-url"
        )
    return f"exchange.replayed.start: expected a time before the end of the candles, {end}, found {begin}"


def _nothing(loaded: "LoadedSettings") -> str:
    settings = loaded.settings
    mode = " --trading-mode futures" if settings.trading_mode is TradingMode.FUTURES else ""
    source, quote, own = settings.exchange.source, settings.stake_currency, settings.timeframe or "5m"
    return (
        f"no candles of pairs with {quote} in {loaded.datadir} to replay: download them with "
        f"`appliance download-data --exchange {source} --pairs … --timeframes 1m {own}{mode}`"
    )
