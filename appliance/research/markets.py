"""Know the markets of an exchange without asking it each time: they are kept on disk for a day.

`user_data/cache/markets/` has a file for each exchange and market type; it may be removed at any time.
"""

import asyncio
import hashlib
import json
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from appliance.config.sections.exchange import SIMULATED
from appliance.domain.enums import TradingMode
from appliance.domain.errors import DataError, ExchangeError
from appliance.domain.futures import LeverageTier, Tiers
from appliance.domain.market import Market, Ticker
from appliance.exchange.ccxt_layout import ccxt_layout
from appliance.exchange.factory import market_data
from appliance.exchange.forwarded_market_data import ForwardedMarketData
from appliance.exchange.leverage_tiers import careful_tiers, tiers_without_keys
from appliance.exchange.traits import traits_of
from appliance.research.data.candles import replace_file
from appliance.rules.leverage import Formula

if TYPE_CHECKING:
    from appliance.config.loading import LoadedSettings
    from appliance.exchange.gateway import MarketData

log = logging.getLogger(__name__)

FRESH_SECONDS = 86_400.0
_VERSION = 1


class StoredMarkets(msgspec.Struct, frozen=True, kw_only=True):
    """Hold what an exchange told of its markets; `details` by pair in ccxt's layout, not yet decoded.

    `without_tiers` are pairs whose leverage tiers it did not tell.
    """

    version: int = _VERSION
    fetched_at: float
    markets: dict[str, Market]
    details: msgspec.Raw
    timeframes: list[str]
    candle_limit: int
    tells_all_tickers: bool
    tiers: dict[str, tuple[LeverageTier, ...]] = {}
    without_tiers: list[str] = []


class KnownMarkets(ForwardedMarketData):
    """Answer from what is stored; other questions go to the exchange, which is connected with the first.

    Raises `ExchangeError` for those if it cannot be reached.
    """

    def __init__(
        self, loaded: "LoadedSettings", connect: "Callable[[], MarketData]", clock: Callable[[], float]
    ) -> None:
        self._settings = loaded.settings
        self._file = markets_file(loaded)
        self._tiers_file = (
            loaded.datadir / "futures" / f"leverage_tiers_{loaded.settings.stake_currency}.json"
        )
        self._connect, self._clock = connect, clock
        self._live: MarketData | None = None
        self._stored: StoredMarkets | None = None
        self._decoded: dict[str, Any] | None = None

    @property
    def name(self) -> str:
        return self._settings.exchange.source

    @property
    def markets(self) -> Mapping[str, Market]:
        return self._known.markets

    @property
    def timeframes(self) -> Sequence[str]:
        return self._known.timeframes

    @property
    def candle_limit(self) -> int:
        return self._known.candle_limit

    @property
    def tells_all_tickers(self) -> bool:
        return self._known.tells_all_tickers

    @property
    def candle_streams(self) -> None:
        return None

    @property
    def futures(self) -> None:
        """None: what is known of futures markets are their tiers."""
        return None

    @property
    def silent_for(self) -> float:
        return 0.0

    @property
    def formula(self) -> Formula:
        """How the exchange calculates liquidation prices."""
        return "with_maintenance_amount" if self.name == SIMULATED else traits_of(self.name).formula

    def now_ms(self) -> int:
        return int(self._clock() * 1000)

    def market_details(self, pair: str) -> Mapping[str, Any]:
        if self._decoded is None:
            self._decoded = msgspec.msgpack.decode(self._known.details)
        details: Mapping[str, Any] = self._decoded.get(pair, {})
        return details

    def described(self, pair: str) -> Mapping[str, Any] | None:
        """Return a market in ccxt's layout; None for an unknown pair."""
        market = self.markets.get(pair)
        return None if market is None else {**ccxt_layout(market), **self.market_details(pair)}

    async def load_markets(self, *, reload: bool = False) -> Mapping[str, Market]:
        return self.markets

    async def open(self) -> None:
        """Read the file, or ask the exchange if that is a day old. Raises `ExchangeError` without either."""
        stored = await asyncio.to_thread(self._read)
        if stored is not None and 0 <= self._clock() - stored.fetched_at < FRESH_SECONDS:
            self._stored = stored
            return
        try:
            await self._connected()
        except ExchangeError as error:
            if stored is None:
                raise
            age = (self._clock() - stored.fetched_at) / 86_400
            log.warning("%s: the markets of %.0f days ago are used", error, age)
            self._stored = stored

    async def close(self) -> None:
        live, self._live = self._live, None
        if live is not None:
            await live.close()

    async def leverage_tiers(self, pairs: Sequence[str]) -> dict[str, Tiers]:
        """Return the tiers of pairs: those of the tiers file, the exchange's, or careful ones.

        The file is freqtrade's `futures/leverage_tiers_<stake currency>.json` in the folder of the candles.
        """
        stored = self._known
        found: dict[str, Tiers] = {**stored.tiers, **await asyncio.to_thread(self._tiers_of_file)}
        if missing := [pair for pair in pairs if pair not in found and pair not in stored.without_tiers]:
            found |= await self._asked_tiers(missing)
        found = await asyncio.to_thread(self._completed, found, pairs)
        careful = [pair for pair in pairs if found[pair] is careful_tiers()]
        if careful:
            log.warning(
                "%s does not show its leverage tiers without keys: careful ones are used for %s, of 20 times "
                "at most; for its own ones, store %s",
                self.name,
                ", ".join(careful[:5]),
                self._tiers_file,
            )
        return found

    async def fetch_ticker(self, pair: str) -> Ticker:
        return await (await self._connected()).fetch_ticker(pair)

    async def fetch_tickers(self, pairs: Sequence[str] | None = None) -> Mapping[str, Ticker]:
        return await (await self._connected()).fetch_tickers(pairs)

    async def fetch_bases(self, quote: str, mode: TradingMode) -> frozenset[str]:
        return await (await self._connected()).fetch_bases(quote, mode)

    @property
    def _known(self) -> StoredMarkets:
        if self._stored is None:
            raise ExchangeError(f"{self.name} is not connected.")
        return self._stored

    async def _connected(self) -> "MarketData":
        if self._live is None:
            live = await asyncio.to_thread(self._connect)
            try:
                await live.open()
            except BaseException:
                await live.close()
                raise
            self._live = live
            details = {pair: live.market_details(pair) for pair in live.markets}
            self._stored = StoredMarkets(
                fetched_at=self._clock(),
                markets=dict(live.markets),
                details=msgspec.Raw(msgspec.msgpack.encode(details, enc_hook=str)),
                timeframes=list(live.timeframes),
                candle_limit=live.candle_limit,
                tells_all_tickers=live.tells_all_tickers,
                tiers=self._stored.tiers if self._stored is not None else {},
                without_tiers=[],
            )
            await asyncio.to_thread(self._write)
        return self._live

    async def _asked_tiers(self, pairs: Sequence[str]) -> dict[str, Tiers]:
        """Return the tiers that the exchange publishes, and store them."""
        try:
            futures = (await self._connected()).futures
            told = {pair: await futures.leverage_tiers(pair) for pair in pairs} if futures else {}
        except ExchangeError as error:
            log.warning("%s", error)
            return {}
        known_here = await asyncio.to_thread(self._completed, {}, pairs)
        own = {pair: tuple(tiers) for pair, tiers in told.items() if tiers != known_here[pair]}
        stored = self._known
        self._stored = msgspec.structs.replace(
            stored,
            tiers={**stored.tiers, **own},
            without_tiers=[*stored.without_tiers, *(pair for pair in pairs if pair not in own)],
        )
        await asyncio.to_thread(self._write)
        return dict(own)

    def _completed(self, found: Mapping[str, Tiers], pairs: Sequence[str]) -> dict[str, Tiers]:
        """Return the tiers of all pairs: these, those that this program knows, or careful ones."""
        if self.name == SIMULATED:
            return {pair: found.get(pair) or careful_tiers() for pair in pairs}
        return {pair: found.get(pair) or tiers_without_keys(self.name, pair) for pair in pairs}

    def _tiers_of_file(self) -> dict[str, Tiers]:
        if not self._tiers_file.is_file():
            return {}
        try:
            listed = json.loads(self._tiers_file.read_bytes())["data"]
            return {pair: tuple(map(_tier, tiers)) for pair, tiers in listed.items() if tiers}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise DataError(
                f"{self._tiers_file}: expected leverage tiers as freqtrade stores them ({error!r}); remove it"
            ) from error

    def _read(self) -> StoredMarkets | None:
        """Return what is stored; None without a file, or with a damaged one."""
        if self.name == SIMULATED:
            return None
        try:
            stored = msgspec.msgpack.decode(self._file.read_bytes(), type=StoredMarkets)
        except (OSError, msgspec.MsgspecError):
            return None
        return stored if stored.version == _VERSION else None

    def _write(self) -> None:
        if self.name == SIMULATED or self._stored is None:
            return
        try:
            replace_file(self._file, msgspec.msgpack.encode(self._stored))
        except DataError as error:
            log.warning("%s: the markets are fetched again next time", error)


@asynccontextmanager
async def known_markets(
    loaded: "LoadedSettings", clock: Callable[[], float] = time.time
) -> AsyncIterator[KnownMarkets]:
    """Open the markets of the configured exchange. Raises `ConfigurationError`, `ExchangeError`."""
    settings = loaded.settings
    known = KnownMarkets(loaded, lambda: market_data(settings.exchange, mode=settings.trading_mode), clock)
    try:
        await known.open()
        yield known
    finally:
        await known.close()


def markets_file(loaded: "LoadedSettings") -> Path:
    """Return the file of these markets; another address of the exchange has another one."""
    settings = loaded.settings
    way = [settings.exchange.ccxt_config.get(key) for key in ("urls", "options", "sandbox", "hostname")]
    digest = hashlib.sha256(json.dumps(way, sort_keys=True, default=str).encode()).hexdigest()[:8]
    name = f"{settings.exchange.source}-{settings.trading_mode.value}-{digest}.msgpack"
    return loaded.user_data_dir / "cache" / "markets" / name


def _tier(listed: Mapping[str, Any]) -> LeverageTier:
    info = listed.get("info") or {}
    amount = info.get("cum") if isinstance(info, Mapping) else None
    most = listed.get("maxNotional")
    return LeverageTier(
        least=float(listed.get("minNotional") or 0.0),
        most=None if most is None else float(most),
        largest_leverage=float(listed["maxLeverage"]),
        maintenance_ratio=float(listed["maintenanceMarginRate"]),
        maintenance_amount=None if amount is None else float(amount),
    )
