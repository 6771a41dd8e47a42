"""Simulate an exchange's public market data."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from appliance.domain.enums import TradingMode
from appliance.domain.errors import ConfigurationError, ExchangeError, PairNotFound
from appliance.domain.market import BidAsk, Market, OrderBook, PublicTrade, Ticker
from appliance.exchange.simulated.bars import CLOSE, Bars
from appliance.exchange.simulated.book import order_book
from appliance.exchange.simulated.candles import TIMEFRAMES, candles, open_times
from appliance.exchange.simulated.days import Day, Days
from appliance.exchange.simulated.futures import SimulatedFutures
from appliance.exchange.simulated.pairs import pairs
from appliance.exchange.simulated.path import STEP_MS
from appliance.exchange.simulated.trades import SimulatedTrades, trades
from appliance.exchange.steady_clock import SteadyClock

if TYPE_CHECKING:
    from appliance.domain.market import Candles

Result = TypeVar("Result")
_MOST_CANDLES = 1000
_DEEPEST_BOOK = 5000
_FASTEST = 1000


class SimulatedMarket:
    """Simulate a market whose prices are a pure function of seed, speed, pair and time.

    `mode`: whether it trades spot pairs or their perpetual contracts; the prices are the same.
    `speed`: so many minutes' movement happens in one minute of the clock; candles keep the clock's times.
    `clock` returns the present in ms since 1970. Everything is computed in one worker thread: several would
    take turns holding the interpreter, and the event loop would wait for each of them.
    """

    name = "simulated"
    timeframes: Sequence[str] = TIMEFRAMES
    candle_limit = _MOST_CANDLES
    candle_streams = None
    keeps_candles = True
    tells_all_tickers = True
    silent_for = 0.0

    def __init__(
        self,
        *,
        seed: int = 1,
        speed: float = 1.0,
        fee: float = 0.001,
        clock: Callable[[], int] | None = None,
        mode: TradingMode = TradingMode.SPOT,
    ) -> None:
        if not 0 < speed <= _FASTEST:
            raise ConfigurationError(
                f"exchange.simulated.speed: expected a number above 0, at most {_FASTEST}, found {speed}"
            )
        self._seed = seed
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="simulated-market")
        self._clock = clock or SteadyClock()
        self._speed = speed
        self._pairs = list(pairs(fee, mode))
        self._number = {pair.market.pair: number for number, pair in enumerate(self._pairs)}
        self._bars = Bars(self._pairs, seed=seed, speed=speed)
        self._days = Days(self._bars, self._pairs)
        self.markets: Mapping[str, Market] = {pair.market.pair: pair.market for pair in self._pairs}
        self.trade_history = SimulatedTrades(self._fetch_trades)
        self.futures = SimulatedFutures(self, seed) if mode is TradingMode.FUTURES else None

    def market_details(self, pair: str) -> Mapping[str, Any]:
        """Return base and quote: a simulated market has no other details."""
        market = self.markets.get(pair)
        return {"symbol": pair, "base": market.base, "quote": market.quote} if market else {}

    def now_ms(self) -> int:
        return self._clock()

    async def open(self) -> None:
        """Do nothing: there is no connection."""

    async def close(self) -> None:
        self._worker.shutdown(wait=False, cancel_futures=True)

    async def load_markets(self, *, reload: bool = False) -> Mapping[str, Market]:
        return self.markets

    async def fetch_bases(self, quote: str, mode: TradingMode) -> frozenset[str]:
        """Return base currencies; spot and futures have the same."""
        listed = (pair.market for pair in pairs(0.0, mode))
        return frozenset(market.base for market in listed if market.quote == quote)

    def day_volume(self, pair: str) -> float:
        """Return what is traded on an ordinary day, in quote currency. Raises `PairNotFound`."""
        return self._pairs[self._numbered(pair)].day_volume

    async def fetch_ticker(self, pair: str) -> Ticker:
        return (await self.fetch_tickers([pair]))[pair]

    async def fetch_tickers(self, pairs: Sequence[str] | None = None) -> Mapping[str, Ticker]:
        numbers = [self._numbered(pair) for pair in (self.markets if pairs is None else pairs)]
        return await self._compute(self._tickers, numbers, self.now_ms())

    async def fetch_days(self, pairs: Sequence[str], now_ms: int) -> list[Day]:
        """Sum up the last 24 hours of these pairs. Raises `PairNotFound`."""
        return await self._compute(self._days.until, [self._numbered(pair) for pair in pairs], now_ms)

    async def fetch_order_book(self, pair: str, depth: int) -> OrderBook:
        self._numbered(pair)
        return await self._compute(self.order_book, pair, min(max(depth, 1), _DEEPEST_BOOK), self.now_ms())

    async def fetch_bids_asks(self, pairs: Sequence[str]) -> Mapping[str, BidAsk]:
        numbers = [self._number[pair] for pair in pairs if pair in self._number]
        return await self._compute(self._bids_asks, numbers, self.now_ms()) if numbers else {}

    async def fetch_candles(
        self, pair: str, timeframe: str, *, since_ms: int | None = None, limit: int | None = None
    ) -> "Candles":
        if timeframe not in TIMEFRAMES:
            raise ExchangeError(
                f"The simulated market has no candles of '{timeframe}'; it has {', '.join(TIMEFRAMES)}."
            )
        most = _MOST_CANDLES if limit is None else min(max(limit, 1), _MOST_CANDLES)
        return await self._compute(
            self._candles, self._numbered(pair), timeframe, since_ms, most, self.now_ms()
        )

    async def _fetch_trades(self, pair: str, since_ms: int, limit: int) -> list[PublicTrade]:
        number = self._numbered(pair)
        return await self._compute(trades, self._bars, number, since_ms, limit, self.now_ms())

    def price(self, pair: str, at_ms: int) -> float:
        """Return the last traded price at any time. Raises `PairNotFound`."""
        number = self._numbered(pair)
        ticks = float(self._bars.until([number], at_ms // STEP_MS, at_ms)[CLOSE, 0, -1])
        return ticks / 10.0 ** self._pairs[number].price_decimals

    def order_book(self, pair: str, depth: int, at_ms: int) -> OrderBook:
        """Return the book at any time. Raises `PairNotFound`."""
        number = self._numbered(pair)
        return order_book(self._pairs[number], self._seed, self.price(pair, at_ms), depth, at_ms)

    def _numbered(self, pair: str) -> int:
        number = self._number.get(pair)
        if number is None:
            raise PairNotFound(f"The simulated market has no pair {pair}.")
        return number

    async def _compute(self, work: Callable[..., Result], *given: object) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._worker, work, *given)

    def _candles(
        self, number: int, timeframe: str, since_ms: int | None, limit: int, now_ms: int
    ) -> "Candles":
        opens = open_times(timeframe, since_ms, limit, now_ms)
        return candles(self._bars, number, timeframe, opens, now_ms)

    def _bids_asks(self, numbers: Sequence[int], now_ms: int) -> dict[str, BidAsk]:
        ticks = self._bars.until(numbers, now_ms // STEP_MS, now_ms)[CLOSE, :, -1].tolist()
        found = {}
        for number, price in zip(numbers, ticks, strict=True):
            pair = self._pairs[number]
            book = order_book(pair, self._seed, price / 10.0**pair.price_decimals, 1, now_ms)
            found[pair.market.pair] = BidAsk(book.bids[0][0], book.asks[0][0])
        return found

    def _tickers(self, numbers: Sequence[int], now_ms: int) -> dict[str, Ticker]:
        return {day.pair: self._ticker(day) for day in self._days.until(numbers, now_ms)}

    def _ticker(self, day: Day) -> Ticker:
        number = self._number[day.pair]
        book = order_book(self._pairs[number], self._seed, day.last, 1, day.close_ms)
        return Ticker(
            pair=day.pair,
            bid=book.bids[0][0],
            ask=book.asks[0][0],
            last=day.last,
            percentage=(day.last / day.open - 1) * 100,
            base_volume=day.base_volume,
            quote_volume=day.quote_volume,
            timestamp=day.close_ms,
        )
