"""Show stored candles as the public data of an exchange whose present is that of `PlayedTime`."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import msgspec
import numpy as np

from appliance.config.sections.exchange import REPLAYED
from appliance.domain import timeframe as timeframes
from appliance.domain.enums import TradingMode
from appliance.domain.errors import ExchangeError, PairNotFound
from appliance.domain.market import BidAsk, Market, OrderBook, Ticker
from appliance.domain.money import price_to_tick
from appliance.exchange.replayed.series import PlayedSeries

if TYPE_CHECKING:
    from appliance.domain.market import Candles
    from appliance.exchange.replayed.futures import ReplayedFutures
    from appliance.exchange.replayed.played_time import PlayedTime

_MOST_CANDLES = 1000
_DAY_MS = 86_400_000
_OFFERED = 1e15
"""What is offered at the best price, in base currency: candles do not tell it, so there is enough."""


class StoredCandles(Protocol):
    """The candles that are played. Both may be called in any thread; they raise `DataError`."""

    def timeframes(self) -> Mapping[str, Sequence[str]]:
        """Return the time frames that there are of each pair, the shortest first."""

    def load(self, pair: str, timeframe: str) -> "Candles":
        """Return the candles of a pair; none where nothing is stored."""


class ReplayedMarket:
    """Public data of the pairs of which there are candles; prices follow the shortest ones of each pair.

    With `futures` these are perpetual contracts.
    `spread` is the distance of ask and bid as a ratio of the price. `markets` describes the pairs of the
    exchange that the candles are from, `details` each in ccxt's layout.
    """

    name = REPLAYED
    candle_limit = _MOST_CANDLES
    candle_streams = None
    keeps_candles = True
    trade_history = None
    tells_all_tickers = True
    silent_for = 0.0

    def __init__(  # noqa: PLR0913 -- independent parts, each by name
        self,
        candles: StoredCandles,
        prices: Mapping[str, PlayedSeries],
        *,
        markets: Mapping[str, Market],
        details: Mapping[str, Mapping[str, Any]],
        time: "PlayedTime",
        spread: float = 0.0,
        futures: "ReplayedFutures | None" = None,
    ) -> None:
        stored = candles.timeframes()
        self.timeframes: Sequence[str] = sorted(
            {one for pair in prices for one in stored[pair]}, key=timeframes.milliseconds
        )
        self.time = time
        self.futures = futures
        self._stored = candles
        self._prices = prices
        self._series: dict[tuple[str, str], PlayedSeries] = {}
        self._loading = asyncio.Lock()
        self._listed = {pair: markets[pair] for pair in prices}
        self._details = details
        self._spread = spread
        self.markets: Mapping[str, Market] = self._traded_now()

    def market_details(self, pair: str) -> Mapping[str, Any]:
        return self._details.get(pair, {})

    def now_ms(self) -> int:
        return self.time.now_ms()

    async def open(self) -> None:
        """Do nothing: there is no connection."""

    async def close(self) -> None:
        """Do nothing."""

    async def load_markets(self, *, reload: bool = False) -> Mapping[str, Market]:
        """Return the markets; those before their first candle and after their last are not active."""
        self.markets = self._traded_now()
        return self.markets

    async def fetch_bases(self, quote: str, mode: TradingMode) -> frozenset[str]:
        """Return base currencies of the pairs that are played: those of one mode."""
        if (mode is TradingMode.FUTURES) is not (self.futures is not None):
            return frozenset()
        return frozenset(market.base for market in self._listed.values() if market.quote == quote)

    async def fetch_ticker(self, pair: str) -> Ticker:
        return self._ticker(pair, self._price(pair))

    async def fetch_tickers(self, pairs: Sequence[str] | None = None) -> Mapping[str, Ticker]:
        asked = self._prices if pairs is None else pairs
        return {pair: self._ticker(pair, price) for pair, price in self._known_prices(asked).items()}

    async def fetch_order_book(self, pair: str, depth: int) -> OrderBook:
        top = self._top(pair, self._price(pair))
        assert top.bid is not None
        assert top.ask is not None
        bids, asks = [(top.bid, _OFFERED)], [(top.ask, _OFFERED)]
        for _ in range(1, depth):  # strategies and pricing may ask for deeper levels
            bids.append(bids[-1])
            asks.append(asks[-1])
        return OrderBook(pair=pair, bids=bids, asks=asks, timestamp=self.now_ms())

    async def fetch_bids_asks(self, pairs: Sequence[str]) -> Mapping[str, BidAsk]:
        return {pair: self._top(pair, price) for pair, price in self._known_prices(pairs).items()}

    async def fetch_candles(
        self, pair: str, timeframe: str, *, since_ms: int | None = None, limit: int | None = None
    ) -> "Candles":
        most = _MOST_CANDLES if limit is None else min(max(limit, 1), _MOST_CANDLES)
        series, now = await self._loaded(pair, timeframe), self.now_ms()
        current = timeframes.candle_open_ms(timeframe, now)
        unfinished = self._unfinished(pair, series, current, now)
        closed = series.closed(current, since_ms, most)
        is_whole = since_ms is not None and len(closed) == most
        if is_whole or unfinished is None or (since_ms is not None and since_ms > current):
            return closed
        return np.concatenate((closed, unfinished))[-most:]

    async def _loaded(self, pair: str, timeframe: str) -> PlayedSeries:
        self._base(pair)
        async with self._loading:
            found = self._series.get((pair, timeframe))
            if found is None:
                candles = await asyncio.to_thread(self._stored.load, pair, timeframe)
                if not len(candles):
                    raise ExchangeError(
                        f"There are no {timeframe} candles of {pair} to replay: download them, or take the "
                        "pair off the whitelist."
                    )
                found = self._series[pair, timeframe] = PlayedSeries(timeframe, candles)
        return found

    def _unfinished(self, pair: str, series: PlayedSeries, current_ms: int, now_ms: int) -> "Candles | None":
        """Return the candle that is not over, with what the shortest candles tell of it."""
        so_far = self._base(pair).since(current_ms, now_ms)
        if so_far is None or current_ms < series.first_ms:
            return None
        row = np.array([[current_ms, *so_far]])
        stored = series.stored(current_ms)
        if len(stored):
            row[0, 1] = stored[0, 1]
        return row

    def _traded_now(self) -> dict[str, Market]:
        now = self.now_ms()
        return {
            pair: msgspec.structs.replace(market, active=series.first_ms <= now <= series.end_ms)
            for pair, market in self._listed.items()
            for series in (self._prices[pair],)
        }

    def _ticker(self, pair: str, price: float) -> Ticker:
        now, series, top = self.now_ms(), self._base(pair), self._top(pair, price)
        before = series.price(max(now - _DAY_MS, series.first_ms)) or price
        base, quote = series.traded(now - _DAY_MS, now)
        return Ticker(
            pair=pair,
            bid=top.bid,
            ask=top.ask,
            last=price,
            percentage=(price / before - 1) * 100,
            base_volume=base,
            quote_volume=quote,
            timestamp=now,
        )

    def _top(self, pair: str, price: float) -> BidAsk:
        half = self._spread / 2
        return BidAsk(self._on_tick(pair, price * (1 - half)), self._on_tick(pair, price * (1 + half)))

    def _known_prices(self, pairs: Iterable[str]) -> dict[str, float]:
        now = self.now_ms()
        found = {pair: self._prices[pair].price(now) for pair in pairs if pair in self._prices}
        return {pair: self._on_tick(pair, price) for pair, price in found.items() if price is not None}

    def _price(self, pair: str) -> float:
        price = self._base(pair).price(self.now_ms())
        if price is None:
            raise ExchangeError(f"{pair} has no candles at the present time of the replayed market.")
        return self._on_tick(pair, price)

    def _on_tick(self, pair: str, price: float) -> float:
        """Round a price to a step of the exchange, on which orders are, too."""
        market = self._listed[pair]
        return price_to_tick(price, market.price_precision, market.precision_mode)

    def _base(self, pair: str) -> PlayedSeries:
        series = self._prices.get(pair)
        if series is None:
            raise PairNotFound(f"There are no candles of {pair} to replay.")
        return series
