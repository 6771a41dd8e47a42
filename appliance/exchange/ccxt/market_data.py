"""Answer an exchange's public questions through ccxt's asynchronous class of it."""

import asyncio
import functools
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from appliance.config.sections.exchange import ExchangeSettings
from appliance.domain.enums import TradingMode
from appliance.domain.errors import (
    ConfigurationError,
    ExchangeError,
    PairNotFound,
    RateLimited,
    TemporaryExchangeError,
)
from appliance.domain.market import BidAsk, Market, OrderBook, Ticker
from appliance.exchange.batch import ManyAtOnce
from appliance.exchange.capabilities import warnings
from appliance.exchange.ccxt import loading, read_markets
from appliance.exchange.ccxt.candle_streams import CcxtCandleStreams
from appliance.exchange.ccxt.errors import is_of_ccxt, translated, unreadable
from appliance.exchange.ccxt.order_book_tops import tops_of_books
from appliance.exchange.ccxt.read_markets import STUMBLES
from appliance.exchange.ccxt.request_trace import watched
from appliance.exchange.ccxt.sessions import connect
from appliance.exchange.ccxt.settings import public_settings, secrets_of, spot_only
from appliance.exchange.families import of_family
from appliance.exchange.gateway import FuturesData
from appliance.exchange.priority import UrgentFirst
from appliance.exchange.rate_limit import Pause
from appliance.exchange.retry import Patience, patiently
from appliance.exchange.steady_clock import SteadyClock

if TYPE_CHECKING:
    from appliance.domain.market import Candles

logger = logging.getLogger(__name__)
Read = TypeVar("Read")
_NEEDED = ("fetchOHLCV", "fetchTicker", "fetchOrderBook")
_CLOCKS_DIFFER_MS = 10_000
"""What two looks at the exchange's clock may differ by, and what it may be ahead, without it being news."""
_USUAL_CANDLES = 500
_MOST_NAMED = 300
"""Of how many pairs the best offers are asked for by name: all names stand in the request's address."""
_FEW = 5
"""So many books are asked for sooner than the tickers of all pairs."""
_BOOK_DEPTHS = {
    "binance": (5, 10, 20, 50, 100, 500, 1000, 5000),
    "htx": (5, 10, 20),
    "kucoin": (20, 100),
}
"""Depths of a book that exchanges insist on; others take any number."""


class CcxtMarketData:
    """Be the market data of any exchange that ccxt knows (spot markets). No credentials go to it."""

    kind = "spot"
    """What ccxt calls the markets that are meant."""
    restrict = staticmethod(spot_only)
    futures: FuturesData | None = None

    def __init__(self, settings: ExchangeSettings, *, patience: Patience | None = None) -> None:
        self.name = settings.name
        self._settings = public_settings(settings, self.kind)
        self._account_settings: dict[str, Any] | None = None
        self._demo = settings.demo_trading
        self._secrets = secrets_of(settings)
        self._patience = patience or Patience()
        self._pause = Pause()
        self._many = ManyAtOnce(self.name)
        self._exchange: Any = None
        self._clock = SteadyClock()
        self._setting_clock = asyncio.Lock()
        self._heard_at = time.monotonic()
        self.markets: Mapping[str, Market] = {}
        self._streams: CcxtCandleStreams | None = None
        if settings.enable_ws:
            self._streams = CcxtCandleStreams(self.name, self._streaming, self._secrets, self._is_heard)

    @property
    def candle_streams(self) -> CcxtCandleStreams | None:
        return self._streams

    @property
    def timeframes(self) -> Sequence[str]:
        return list(self._exchange.timeframes or ()) if self._exchange else []

    @property
    def candle_limit(self) -> int:
        if self._exchange is None:
            return _USUAL_CANDLES
        told = self._exchange.feature_value_by_type(*self._features, "fetchOHLCV", "limit", _USUAL_CANDLES)
        return int(told or _USUAL_CANDLES)

    @property
    def tells_all_tickers(self) -> bool:
        return self._exchange is not None and bool(self._exchange.has.get("fetchTickers"))

    @property
    def silent_for(self) -> float:
        return time.monotonic() - self._heard_at

    @property
    def _features(self) -> tuple[str, str | None]:
        """What ccxt calls the markets where it lists what a class can do."""
        return (self.kind, None if self.kind == "spot" else "linear")

    def can(self, what: str) -> Any:
        """Return what ccxt says of an ability: True, False, None, or "emulated"."""
        return self._exchange.has.get(what) if self._exchange is not None else None

    def market_details(self, pair: str) -> Mapping[str, Any]:
        listed: Mapping[str, Mapping[str, Any]] = (self._exchange and self._exchange.markets) or {}
        return listed.get(pair, {})

    def now_ms(self) -> int:
        return self._clock()

    async def open(self) -> None:
        """Import the class and load markets. Raises `ConfigurationError` for what the user must change."""
        await self.load_markets(reload=True)
        if missing := [what for what in _NEEDED if not self._exchange.has.get(what)]:
            raise ConfigurationError(
                f"exchange.name: {self.name} cannot be used: its public interface lacks {', '.join(missing)}"
            )
        for line in warnings(self.name):
            logger.warning("%s", line)

    async def close(self) -> None:
        if self._streams is not None:
            await self._streams.close()
        exchange, self._exchange = self._exchange, None
        if exchange is not None:
            await exchange.close()

    async def load_markets(self, *, reload: bool = False) -> Mapping[str, Market]:
        if reload or not self.markets:
            loaded, ahead_ms = await patiently(self._load, self._patience)
            self._clock.set(ahead_ms)
            if self._exchange is None:
                self._exchange = loaded
                connect(loaded)
                loaded.throttler = UrgentFirst(loaded.throttler)
            else:
                loading.share_markets(loaded, self._exchange)
                if self._streams:
                    self._streams.use_markets(loaded)
            loading.set_clock(self._exchange, self._clock)
            self._many.forget()
            self.markets = await asyncio.to_thread(
                read_markets.markets, loaded.markets, loaded.precisionMode, self.kind
            )
        return self.markets

    async def fetch_bases(self, quote: str, mode: TradingMode) -> frozenset[str]:
        if mode is TradingMode.SPOT:
            markets = self.markets.values()
            return frozenset(market.base for market in markets if market.quote == quote and market.active)
        load = functools.partial(loading.perpetuals, self.name, self._settings)
        bases = await patiently(lambda: self._in_thread(load), self._patience)
        return bases.get(quote, frozenset())

    async def fetch_ticker(self, pair: str) -> Ticker:
        self._check(pair)
        answer = await self._ask(lambda exchange: exchange.fetch_ticker(pair), dict)
        best = {} if answer.get("bid") and answer.get("ask") else await self._best_offers([pair])
        return self._read(lambda: read_markets.ticker(answer, best.get(pair), pair, whole=True))

    async def fetch_tickers(self, pairs: Sequence[str] | None = None) -> Mapping[str, Ticker]:
        wanted = None if pairs is None else [pair for pair in pairs if pair in self.markets]
        if wanted == []:
            return {}
        if not self._exchange.has.get("fetchTickers"):
            each = [await self._many.ask(self._ticker_of, [pair]) for pair in wanted or self.markets]
            return {pair: ticker for found in each for pair, ticker in found.items()}
        answers = await self._of_many("fetch_tickers", wanted)
        ours = {pair: answer for pair, answer in answers.items() if answer and pair in self.markets}
        blind = any(not (answer.get("bid") and answer.get("ask")) for answer in ours.values())
        best = await self._best_offers(wanted) if blind else {}
        return read_markets.tickers(ours, best)

    async def _ticker_of(self, pairs: list[str]) -> dict[str, Ticker]:
        return {pair: await self.fetch_ticker(pair) for pair in pairs}

    async def fetch_order_book(self, pair: str, depth: int) -> OrderBook:
        self._check(pair)
        offered = of_family(self.name, _BOOK_DEPTHS) or (depth,)
        asked = next((size for size in offered if size >= depth), offered[-1])
        answer = await self._ask(lambda exchange: exchange.fetch_order_book(pair, asked))
        size = self.markets[pair].contract_size or 1.0
        return self._read(lambda: read_markets.order_book(answer, pair, depth, self.now_ms(), size))

    async def fetch_bids_asks(self, pairs: Sequence[str]) -> Mapping[str, BidAsk]:
        known = [pair for pair in pairs if pair in self.markets]
        if self._exchange is None or not known:
            return {}
        has = self._exchange.has
        found: dict[str, BidAsk] = {}
        if has.get("fetchBidsAsks") is True:
            answer = await self._of_many("fetch_bids_asks", known if len(known) <= _MOST_NAMED else None)
            found = read_markets.bids_asks(answer, known)
        elif has.get("fetchTickers") and len(known) > _FEW:  # elsewhere they may be those of all pairs
            found = read_markets.bids_asks(await self._of_many("fetch_tickers", known), known)
        return found | await tops_of_books(self.fetch_order_book, [p for p in known if p not in found])

    async def fetch_candles(
        self, pair: str, timeframe: str, *, since_ms: int | None = None, limit: int | None = None
    ) -> "Candles":
        self._check(pair)
        if timeframe not in self.timeframes:
            raise ExchangeError(
                f"{self.name} has no candles of '{timeframe}'; it has {', '.join(self.timeframes)}."
            )
        most = min(limit or self.candle_limit, self.candle_limit)
        answer = await self._ask(lambda exchange: exchange.fetch_ohlcv(pair, timeframe, since_ms, most))
        return self._read(lambda: read_markets.candles(answer))

    def _check(self, pair: str) -> None:
        if self._exchange is None:
            raise ExchangeError(f"{self.name} is not connected.")
        if pair not in self.markets:
            raise PairNotFound(f"{self.name} has no pair {pair}.")

    async def _best_offers(self, pairs: Sequence[str] | None) -> Mapping[str, Mapping[str, Any]]:
        if self._exchange.has.get("fetchBidsAsks") is not True:
            return {}
        return await self._of_many("fetch_bids_asks", pairs)

    async def _of_many(self, method: str, pairs: Sequence[str] | None) -> dict[str, Mapping[str, Any]]:
        """Ask a question that takes many pairs (None: all); one that is gone spoils no other's answer."""

        async def ask(wanted: list[str] | None) -> dict[str, Mapping[str, Any]]:
            return await self._ask(lambda exchange: getattr(exchange, method)(wanted), dict)  # type: ignore[no-any-return]

        return await (ask(None) if pairs is None else self._many.ask(ask, pairs))

    async def _ask(
        self, question: Callable[[Any], Awaitable[Any]], reading: Callable[[Any], Read] | None = None
    ) -> Any:
        """Put a question that may be put twice without harm, patiently, and translate what goes wrong.

        `reading` makes of the answer what is returned; an answer that it stumbles over is asked for again.
        """
        return await patiently(lambda: self._ask_once(question, reading), self._patience)

    async def _ask_once(
        self, question: Callable[[Any], Awaitable[Any]], reading: Callable[[Any], Read] | None = None
    ) -> Any:
        from ccxt.base.errors import BaseError

        await self._wait_for_pause()
        with watched() as wire:
            try:
                answer = await question(self._exchange)
                read = reading(answer) if reading else answer
                self._is_heard()
                self._pause.calm()
                return read
            except BaseError as error:
                told = translated(error, self.name, self._secrets, wire.retry_after, wire.status)
                await self._learn_from(error, told)
                raise told from None
            except STUMBLES as error:
                raise unreadable(error, self.name) from error

    async def _wait_for_pause(self) -> None:
        left = self._pause.left
        if left > self._patience.longest_delay:
            raise RateLimited(f"{self.name} is left alone for another {left:.0f} s, as it asked.", left)
        if left:
            await asyncio.sleep(left)

    async def _learn_from(self, error: Exception, told: ExchangeError) -> None:
        """Keep quiet where that is asked for, and set the clock anew where it is told to differ."""
        self._obey(told)
        if not isinstance(told, TemporaryExchangeError) or isinstance(told, RateLimited):
            self._is_heard()  # a refusal is an answer too
        if type(error).__name__ == "InvalidNonce":
            async with self._setting_clock:
                await self._set_clock()

    def _obey(self, told: ExchangeError) -> None:
        if isinstance(told, RateLimited):
            if told.retry_after is None:
                self._pause.back_off(self._patience.first_delay, self._patience.longest_delay)
            else:
                self._pause.begin(told.retry_after)

    def _is_heard(self) -> None:
        self._heard_at = time.monotonic()

    async def _set_clock(self) -> None:
        """Sign by the exchange's time; should it not be told, the next refusal asks again.

        The bot's own time follows when a second answer agrees: a single one may be a slip.
        """
        from ccxt.base.errors import BaseError

        try:
            ahead_ms = await loading.clock_ahead(self._exchange, self._clock)
            loading.set_clock(self._exchange, self._clock, ahead_ms)
            if abs(ahead_ms) < _CLOCKS_DIFFER_MS:
                return
            again_ms = await loading.clock_ahead(self._exchange, self._clock)
        except (BaseError, *STUMBLES) as error:
            logger.warning("%s: the clock could not be compared (%s).", self.name, type(error).__name__)
            return
        if abs(again_ms - ahead_ms) < _CLOCKS_DIFFER_MS:
            logger.warning("%s: its clock is %.0f s ahead of ours; going by it.", self.name, again_ms / 1000)
            self._clock.put_ahead(again_ms)
            loading.set_clock(self._exchange, self._clock)

    def _read(self, reading: Callable[[], Read]) -> Read:
        try:
            return reading()
        except STUMBLES as error:
            raise unreadable(error, self.name) from error

    async def _load(self) -> tuple[Any, int]:
        await self._wait_for_pause()
        ready = functools.partial(
            loading.ready_exchange,
            self.name,
            self._settings,
            self._account_settings,
            demo=self._demo,
            restrict=self.restrict,
        )
        return await self._in_thread(ready)

    def _streaming(self) -> Any:
        return loading.streaming_exchange(self.name, self._settings, self._exchange)

    async def _in_thread(self, load: Callable[[], Read]) -> Read:
        """Have something loaded in a thread, and translate what goes wrong."""
        with watched() as wire:
            try:
                return await asyncio.to_thread(load)
            except STUMBLES as error:
                raise unreadable(error, self.name) from error
            except Exception as error:  # ccxt's own root class is known only once it is imported
                if not is_of_ccxt(error):
                    raise
                told = translated(error, self.name, self._secrets, wire.retry_after, wire.status)
                self._obey(told)
                raise told from None
