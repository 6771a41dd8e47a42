"""Define what the bot asks of an exchange: ccxt, the simulated market and dry-run matching implement it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol

from appliance.domain.enums import TradingMode
from appliance.domain.futures import FundingRate, Tiers
from appliance.domain.market import (
    Balances,
    BidAsk,
    ExchangeOrder,
    Market,
    OrderBook,
    OrderRequest,
    PublicTrade,
    Ticker,
)
from appliance.rules.leverage import Formula

if TYPE_CHECKING:
    from appliance.domain.market import Candles
    from appliance.exchange.capabilities import Needs


Series = Literal["mark", "index", "premiumIndex", "open_interest", "funding_rate"]
"""What futures markets have beside traded prices, by freqtrade's names of candle types."""


class FuturesData(Protocol):
    """Public data that only linear perpetual markets have; raises as `MarketData` does."""

    @property
    def formula(self) -> Formula:
        """How this exchange calculates liquidation prices."""

    @property
    def grace_seconds(self) -> int:
        """How long after the hour a position may be opened and still pay that hour's funding."""

    async def leverage_tiers(self, pair: str) -> Tiers:
        """Return the tiers of a pair: the exchange's, or careful ones of our own where it publishes none."""

    async def fetch_mark_candles(
        self, pair: str, timeframe: str, *, since_ms: int | None = None, limit: int | None = None
    ) -> "Candles":
        """Return candles of the mark price, by which positions are valued, as `fetch_candles` does.

        Where the exchange has none, those of the traded price.
        """

    def has(self, series: Series) -> bool:
        """Return whether the exchange has the past of this series."""

    async def fetch_series(
        self, pair: str, timeframe: str, series: Series, *, since_ms: int, limit: int | None = None
    ) -> "Candles":
        """Return the past of another series than traded prices, as `fetch_candles` does.

        Columns after the time: prices and volume; of `open_interest`, its amount and its worth.
        """

    async def fetch_funding_rates(self, pair: str, since_ms: int) -> Sequence[FundingRate]:
        """Return the rates charged from a time on, oldest first."""

    async def fetch_funding_rate(self, pair: str) -> Mapping[str, Any]:
        """Return the rate charged next, in ccxt's layout (`fundingRate`, `markPrice` …)."""

    def delisting(self, pair: str) -> datetime | None:
        """Return when the pair will no longer be traded (UTC), where that is known; from memory."""


class CandleStreams(Protocol):
    """Candles that the exchange sends unasked. Nothing here waits or raises; missing ones are requested.

    A key is a pair and a timeframe.
    """

    def subscribe(self, keys: Iterable[tuple[str, str]]) -> None:
        """Subscribe to these from now on, and to nothing else."""

    def closed(self, key: tuple[str, str], after_ms: int, current_ms: int) -> "Candles | None":
        """Return all candles that opened after `after_ms` and before `current_ms`; None: request them."""

    def is_trusted(self, key: tuple[str, str]) -> bool:
        """Return whether it is worth waiting a moment for the stream."""

    def corrected_ms(self, key: tuple[str, str]) -> int | None:
        """Return when the first candle opened that was used and corrected since: to be requested now."""

    def compare(self, key: tuple[str, str], answered: "Candles", current_ms: int) -> None:
        """Compare the stream with an answer of candles closed before `current_ms`."""


class TradeHistory(Protocol):
    """Public trades of the past, page by page; raises as `MarketData` does."""

    @property
    def limit(self) -> int:
        """The most trades that one call returns."""

    async def fetch_since(self, pair: str, since_ms: int) -> Sequence[PublicTrade]:
        """Return the first trades from a time on, oldest first; none where nothing was traded since."""

    async def fetch_after(self, pair: str, last: PublicTrade) -> Sequence[PublicTrade]:
        """Return the trades that follow one, oldest first; it and those of its moment may be among them."""


class MarketData(Protocol):
    """Public data of an exchange.

    Every method may raise `ExchangeError`: `TemporaryExchangeError` and `RateLimited` when a later request
    may help, `PairNotFound` for a pair that the exchange does not have.
    """

    @property
    def name(self) -> str:
        """The exchange's name as configured, e.g. `binance`, `simulated`."""

    @property
    def markets(self) -> Mapping[str, Market]:
        """Markets by pair as of the last `load_markets`; answered from memory."""

    @property
    def timeframes(self) -> Sequence[str]:
        """Candle lengths that the exchange offers, e.g. `["1m", "5m"]`."""

    @property
    def candle_limit(self) -> int:
        """The most candles that one call returns."""

    @property
    def candle_streams(self) -> CandleStreams | None:
        """Streams of candles as they form; None where there are none."""

    @property
    def keeps_candles(self) -> bool:
        """Whether all past candles can be had, not only the newest."""

    @property
    def trade_history(self) -> TradeHistory | None:
        """Public trades of the past; None where the exchange has none, or only those of some hours."""

    @property
    def tells_all_tickers(self) -> bool:
        """Whether one request returns the tickers of all pairs."""

    @property
    def futures(self) -> FuturesData | None:
        """Data of futures markets; None where spot markets are traded."""

    def market_details(self, pair: str) -> Mapping[str, Any]:
        """Return a market's description in ccxt's layout (`info`: the exchange's own); empty if unknown."""

    @property
    def silent_for(self) -> float:
        """Seconds since the last answer of the exchange, by a monotonic clock.

        Where orders are sent: since the last answer about the account, while that is requested.
        """

    def now_ms(self) -> int:
        """Return the exchange's time in ms (the local clock, corrected where the exchange states its own)."""

    async def open(self) -> None:
        """Connect and load markets. Raises `ConfigurationError` for what the user must change."""

    async def close(self) -> None: ...

    async def load_markets(self, *, reload: bool = False) -> Mapping[str, Market]: ...

    async def fetch_bases(self, quote: str, mode: TradingMode) -> frozenset[str]:
        """Return base currencies traded for `quote` now on the spot or the futures (perpetual) market."""

    async def fetch_ticker(self, pair: str) -> Ticker: ...

    async def fetch_tickers(self, pairs: Sequence[str] | None = None) -> Mapping[str, Ticker]:
        """Return tickers by pair, of these or of all; unknown ones are left out."""

    async def fetch_order_book(self, pair: str, depth: int) -> OrderBook: ...

    async def fetch_bids_asks(self, pairs: Sequence[str]) -> Mapping[str, BidAsk]:
        """Return the best offers of many pairs, from one request where the exchange has one.

        Pairs that are unknown, or of which prices are missing, are left out.
        """

    async def fetch_candles(
        self, pair: str, timeframe: str, *, since_ms: int | None = None, limit: int | None = None
    ) -> "Candles":
        """Return candles from `since_ms` on (or the newest), oldest first; the last may be unfinished."""


class Gateway(MarketData, Protocol):
    """Public data of an exchange, and orders."""

    async def create_order(self, request: OrderRequest) -> ExchangeOrder:
        """Place a market or limit order.

        It certainly does not exist after `InvalidOrder` (`InsufficientFunds`; `OrderNotTaken` for reasons
        that are not its own), `PairNotFound` and `RateLimited`. After any other `ExchangeError` it may exist
        (a time-out is not a no): ask with `find_order`.
        """

    async def create_stop_order(self, request: OrderRequest) -> ExchangeOrder:
        """Place an order that waits until the price reaches its `stop_price`, then sells or buys.

        It may replace another only where `replaces_stops`; what became of that one is to be asked afterwards,
        whatever the outcome. Raises as `create_order`.
        """

    def missing(self, needs: "Needs") -> Sequence[str]:
        """Return a line for everything that is needed and that the exchange does not have."""

    @property
    def replaces_stops(self) -> bool:
        """Whether one stop order can replace another in one step, without a moment between."""

    async def fetch_order(self, order_id: str, pair: str) -> ExchangeOrder:
        """Return an order as it is now; finished and filled, it has its fees. Raises `OrderNotFound`."""

    @property
    def settling_seconds(self) -> float:
        """How long after it was sent a lost order may still be accepted by the exchange, at most."""

    async def find_order(self, client_order_id: str, pair: str, since_ms: int) -> ExchangeOrder | None:
        """Look for an order by its client id, in every list where it could be; None: it is nowhere.

        Raises `ExchangeError` when not every list could be searched: then nothing is proven.
        """

    async def cancel_order(self, order_id: str, pair: str) -> ExchangeOrder:
        """Cancel and return the order as it is afterwards; it may have filled meanwhile.

        Raises `OrderNotFound`.
        """

    async def fetch_open_orders(self, pair: str | None = None) -> Sequence[ExchangeOrder]: ...

    async def fetch_orders_since(self, pair: str, since_ms: int) -> Sequence[ExchangeOrder]:
        """Return the orders of a pair placed at `since_ms` or later, finished ones too, oldest first.

        Their fees may be missing. Raises `ExchangeError` where the exchange cannot list finished orders.
        """

    async def fetch_balances(self) -> Balances: ...

    def fee_rate(self, pair: str, *, maker: bool) -> float:
        """Return the fee as a ratio of an order's cost."""
