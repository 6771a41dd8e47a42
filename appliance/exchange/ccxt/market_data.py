"""Answer an exchange's public questions through ccxt's asynchronous class of it."""

import functools
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from appliance.config.sections.exchange import ExchangeSettings
from appliance.domain.enums import TradingMode
from appliance.domain.errors import ConfigurationError, ExchangeError
from appliance.domain.market import BidAsk, Market, OrderBook, Ticker
from appliance.exchange.capabilities import PUBLIC_METHODS, warnings
from appliance.exchange.ccxt import read_markets
from appliance.exchange.ccxt.batch import BatchRequests, tops_of_books
from appliance.exchange.ccxt.candle_streams import CcxtCandleStreams
from appliance.exchange.ccxt.connection import Connection
from appliance.exchange.ccxt.protocol import CcxtExchange, Json, TickerAnswer, unchanged
from appliance.exchange.ccxt.settings import FUTURES, SPOT, with_all
from appliance.exchange.ccxt.trade_history import PagesById, PagesByTime, trade_history
from appliance.exchange.retry import RetryPolicy

if TYPE_CHECKING:
    from appliance.domain.market import Candles
    from appliance.exchange.gateway import FuturesData

logger = logging.getLogger(__name__)
_USUAL_CANDLES = 500
_MOST_NAMED = 300
"""Of how many pairs the best offers are asked for by name: all names stand in the request's address."""
_FEW = 5
"""So many books are asked for sooner than the tickers of all pairs."""

_Tickers: TypeAlias = Mapping[str, TickerAnswer]
_TickersQuestion: TypeAlias = Callable[[CcxtExchange, list[str] | None], Awaitable[_Tickers]]


class CcxtMarketData:
    """Answer as the markets of `connection`; `streams` are its candles, `futures` its futures data."""

    def __init__(self, connection: Connection, *, with_streams: bool = False) -> None:
        self._connection = connection
        self._batch = BatchRequests()
        self._streams: CcxtCandleStreams | None = None
        self.futures: FuturesData | None = None
        if with_streams:
            self._streams = CcxtCandleStreams(
                connection.name, connection.streaming, connection.secrets, connection.note_answer
            )

    @property
    def name(self) -> str:
        return self._connection.name

    @property
    def markets(self) -> Mapping[str, Market]:
        return self._connection.markets

    @property
    def candle_streams(self) -> CcxtCandleStreams | None:
        return self._streams

    @property
    def trade_history(self) -> PagesById | PagesByTime | None:
        async def hourly_candles(pair: str, since_ms: int) -> "Candles":
            return await self.fetch_candles(pair, "1h", since_ms=since_ms)

        return trade_history(self._connection, hourly_candles)

    @property
    def keeps_candles(self) -> bool:
        return self._connection.traits.keeps_candles

    @property
    def timeframes(self) -> Sequence[str]:
        return list(self._connection.exchange.timeframes or ()) if self._connection.is_open else []

    @property
    def candle_limit(self) -> int:
        kind, found = self._connection.market_type, _USUAL_CANDLES
        if self._connection.is_open:
            limit = self._connection.exchange.feature_value_by_type(
                kind.name, kind.subtype, "fetchOHLCV", "limit", _USUAL_CANDLES
            )
            found = int(limit or _USUAL_CANDLES)
        return found if kind.most_candles is None else min(found, kind.most_candles)

    @property
    def tells_all_tickers(self) -> bool:
        return bool(self._connection.has("fetchTickers"))

    @property
    def silent_for(self) -> float:
        return self._connection.silent_for

    def market_details(self, pair: str) -> Mapping[str, Json]:
        return self._connection.described(pair)

    def now_ms(self) -> int:
        return self._connection.clock()

    async def open(self) -> None:
        """Import the class and load markets. Raises `ConfigurationError` for what the user must change."""
        await self.load_markets(reload=True)
        if missing := [what for what in PUBLIC_METHODS if not self._connection.has(what)]:
            raise ConfigurationError(
                f"exchange.name: {self.name} cannot be used: its public interface lacks {', '.join(missing)}"
            )
        for line in warnings(self.name):
            logger.warning("%s", line)

    async def close(self) -> None:
        if self._streams is not None:
            await self._streams.close()
        await self._connection.close()

    async def load_markets(self, *, reload: bool = False) -> Mapping[str, Market]:
        if reload or not self.markets:
            loaded = await self._connection.load_markets()
            if self._streams is not None:
                self._streams.use_markets(loaded)
            self._batch.forget()
        return self.markets

    async def fetch_bases(self, quote: str, mode: TradingMode) -> frozenset[str]:
        wanted = FUTURES if mode is TradingMode.FUTURES else SPOT
        if wanted is self._connection.market_type:
            markets = self.markets.values()
            return frozenset(market.base for market in markets if market.quote == quote and market.active)
        bases = await self._connection.bases_of(wanted)
        return bases.get(quote, frozenset())

    async def fetch_ticker(self, pair: str) -> Ticker:
        self._connection.check(pair)
        answer = await self._connection.ask(lambda exchange: exchange.fetch_ticker(pair), _as_ticker)
        best = {} if _has_both(answer) else await self._best_offers([pair])
        reading = functools.partial(read_markets.ticker, best=best.get(pair), pair=pair, whole=True)
        return self._connection.read(reading, answer)

    async def fetch_tickers(self, pairs: Sequence[str] | None = None) -> Mapping[str, Ticker]:
        wanted = None if pairs is None else [pair for pair in pairs if pair in self.markets]
        if wanted == []:
            return {}
        self._connection.check()
        if not self.tells_all_tickers:
            return await self._tickers_one_by_one(wanted or self.markets)
        answers = await self._of_many(_tickers, wanted)
        ours = {pair: answer for pair, answer in answers.items() if answer and pair in self.markets}
        best = {} if all(map(_has_both, ours.values())) else await self._best_offers(wanted)
        return read_markets.tickers(ours, best)

    async def fetch_order_book(self, pair: str, depth: int) -> OrderBook:
        self._connection.check(pair)
        offered = self._connection.traits.book_depths or (depth,)
        asked = next((size for size in offered if size >= depth), offered[-1])
        answer = await self._connection.ask(
            lambda exchange: exchange.fetch_order_book(pair, asked), unchanged
        )
        reading = functools.partial(
            read_markets.order_book,
            pair=pair,
            depth=depth,
            now_ms=self.now_ms(),
            contract_size=self.markets[pair].contract_size or 1.0,
        )
        return self._connection.read(reading, answer)

    async def fetch_bids_asks(self, pairs: Sequence[str]) -> Mapping[str, BidAsk]:
        known = [pair for pair in pairs if pair in self.markets]
        if not self._connection.is_open or not known:
            return {}
        found: dict[str, BidAsk] = {}
        if self._connection.has("fetchBidsAsks") is True:
            answer = await self._of_many(_bids_asks, known if len(known) <= _MOST_NAMED else None)
            found = read_markets.bids_asks(answer, known)
        elif self.tells_all_tickers and len(known) > _FEW:  # elsewhere they may be those of all pairs
            found = read_markets.bids_asks(await self._of_many(_tickers, known), known)
        return found | await tops_of_books(self.fetch_order_book, [p for p in known if p not in found])

    async def fetch_candles(
        self, pair: str, timeframe: str, *, since_ms: int | None = None, limit: int | None = None
    ) -> "Candles":
        self._connection.check(pair)
        self.check_timeframe(timeframe)
        most = min(limit or self.candle_limit, self.candle_limit)
        answer = await self._connection.ask(
            lambda exchange: exchange.fetch_ohlcv(pair, timeframe, since_ms, most), unchanged
        )
        return self._connection.read(read_markets.candles, answer)

    def check_timeframe(self, timeframe: str) -> None:
        """Raise `ExchangeError` for a candle length that the exchange does not offer."""
        if timeframe not in self.timeframes:
            raise ExchangeError(
                f"{self.name} has no candles of '{timeframe}'; it has {', '.join(self.timeframes)}."
            )

    async def _tickers_one_by_one(self, pairs: Iterable[str]) -> Mapping[str, Ticker]:
        async def one(pairs: list[str]) -> dict[str, Ticker]:
            return {pair: await self.fetch_ticker(pair) for pair in pairs}

        each = [await self._batch.ask(one, [pair]) for pair in pairs]
        return {pair: ticker for found in each for pair, ticker in found.items()}

    async def _best_offers(self, pairs: Sequence[str] | None) -> _Tickers:
        if self._connection.has("fetchBidsAsks") is not True:
            return {}
        return await self._of_many(_bids_asks, pairs)

    async def _of_many(self, question: _TickersQuestion, pairs: Sequence[str] | None) -> _Tickers:
        """Ask for many pairs (None: all) at once; a delisted one does not fail the others."""

        async def ask(wanted: list[str] | None) -> dict[str, TickerAnswer]:
            return await self._connection.ask(lambda exchange: question(exchange, wanted), dict)

        return await (ask(None) if pairs is None else self._batch.ask(ask, pairs))


def _tickers(exchange: CcxtExchange, pairs: list[str] | None) -> Awaitable[_Tickers]:
    return exchange.fetch_tickers(pairs)


def _bids_asks(exchange: CcxtExchange, pairs: list[str] | None) -> Awaitable[_Tickers]:
    return exchange.fetch_bids_asks(pairs)


def _as_ticker(answer: TickerAnswer) -> TickerAnswer:
    """Return the answer as an object of its own. Raises TypeError or ValueError for what is no object."""
    return dict(answer)  # type: ignore[return-value]


def _has_both(answer: TickerAnswer) -> bool:
    return bool(answer.get("bid") and answer.get("ask"))


def spot_market_data(settings: ExchangeSettings, *, retry: RetryPolicy | None = None) -> CcxtMarketData:
    """Return the spot markets of any exchange that ccxt knows, not yet connected. No credentials are sent."""
    return CcxtMarketData(Connection(settings, retry=retry), with_streams=settings.enable_ws)


def all_market_data(settings: ExchangeSettings) -> CcxtMarketData:
    """Return everything that an exchange lists, not yet connected; its tickers are those of spot markets."""
    return CcxtMarketData(Connection(settings, with_all(SPOT)))
