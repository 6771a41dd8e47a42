"""Forward requests for public data to the market data that something is built on."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from appliance.domain.enums import TradingMode
from appliance.domain.market import BidAsk, Market, OrderBook, Ticker
from appliance.exchange.gateway import CandleStreams, FuturesData, MarketData, TradeHistory

if TYPE_CHECKING:
    from appliance.domain.market import Candles


class ForwardedMarketData:
    """Market data that is that of `data`."""

    def __init__(self, data: MarketData) -> None:
        self.data = data

    @property
    def name(self) -> str:
        return self.data.name

    @property
    def markets(self) -> Mapping[str, Market]:
        return self.data.markets

    @property
    def timeframes(self) -> Sequence[str]:
        return self.data.timeframes

    @property
    def candle_limit(self) -> int:
        return self.data.candle_limit

    @property
    def candle_streams(self) -> CandleStreams | None:
        return self.data.candle_streams

    @property
    def keeps_candles(self) -> bool:
        return self.data.keeps_candles

    @property
    def trade_history(self) -> TradeHistory | None:
        return self.data.trade_history

    @property
    def tells_all_tickers(self) -> bool:
        return self.data.tells_all_tickers

    @property
    def silent_for(self) -> float:
        return self.data.silent_for

    @property
    def futures(self) -> FuturesData | None:
        return self.data.futures

    def market_details(self, pair: str) -> Mapping[str, Any]:
        return self.data.market_details(pair)

    def now_ms(self) -> int:
        return self.data.now_ms()

    async def open(self) -> None:
        await self.data.open()

    async def close(self) -> None:
        await self.data.close()

    async def load_markets(self, *, reload: bool = False) -> Mapping[str, Market]:
        return await self.data.load_markets(reload=reload)

    async def fetch_bases(self, quote: str, mode: TradingMode) -> frozenset[str]:
        return await self.data.fetch_bases(quote, mode)

    async def fetch_ticker(self, pair: str) -> Ticker:
        return await self.data.fetch_ticker(pair)

    async def fetch_tickers(self, pairs: Sequence[str] | None = None) -> Mapping[str, Ticker]:
        return await self.data.fetch_tickers(pairs)

    async def fetch_order_book(self, pair: str, depth: int) -> OrderBook:
        return await self.data.fetch_order_book(pair, depth)

    async def fetch_bids_asks(self, pairs: Sequence[str]) -> Mapping[str, BidAsk]:
        return await self.data.fetch_bids_asks(pairs)

    async def fetch_candles(
        self, pair: str, timeframe: str, *, since_ms: int | None = None, limit: int | None = None
    ) -> "Candles":
        return await self.data.fetch_candles(pair, timeframe, since_ms=since_ms, limit=limit)
