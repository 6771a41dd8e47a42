"""State what the bot asks of an exchange; ccxt, the simulated market and dry-run matching all answer it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from appliance.domain.enums import TradingMode
from appliance.domain.futures import FundingRate, Tiers
from appliance.domain.market import Balances, BidAsk, ExchangeOrder, Market, OrderBook, OrderRequest, Ticker
from appliance.rules.leverage import Formula

if TYPE_CHECKING:
    from appliance.domain.market import Candles
    from appliance.exchange.capabilities import Needs


class FuturesData(Protocol):
    """Answer public questions that only linear perpetual markets have; raises as `MarketData` does."""

    @property
    def formula(self) -> Formula:
        """How this exchange reckons liquidation prices."""

    @property
    def grace_seconds(self) -> int:
        """So long after the hour a position may be opened and still pay that hour's funding."""

    async def leverage_tiers(self, pair: str) -> Tiers:
        """Return the tiers of a pair: the exchange's, or careful ones of our own where it tells none."""

    async def fetch_mark_candles(
        self, pair: str, timeframe: str, *, since_ms: int | None = None, limit: int | None = None
    ) -> "Candles":
        """Return candles of the mark price, by which positions are valued, as `fetch_candles` does."""

    async def fetch_funding_rates(self, pair: str, since_ms: int) -> Sequence[FundingRate]:
        """Return the rates that were charged from a time on, oldest first."""

    async def fetch_funding_rate(self, pair: str) -> Mapping[str, Any]:
        """Return the rate that is to be charged next, in ccxt's layout (`fundingRate`, `markPrice` …)."""

    def delisting(self, pair: str) -> datetime | None:
        """Return when the pair will no longer be traded (UTC), where that is known; from memory."""


class CandleStreams(Protocol):
    """Hear candles without asking for them. Nothing here waits or raises; what is not heard is asked for.

    A key is a pair and a timeframe.
    """

    def follow(self, keys: Iterable[tuple[str, str]]) -> None:
        """Listen to these from now on, and to nothing else."""

    def closed(self, key: tuple[str, str], after_ms: int, current_ms: int) -> "Candles | None":
        """Candles that opened after `after_ms` and before `current_ms`, all of them; None: ask for them."""

    def is_believed(self, key: tuple[str, str]) -> bool:
        """Whether it is worth waiting a moment for what will be heard."""

    def mended_ms(self, key: tuple[str, str]) -> int | None:
        """When the first candle opened that was handed out and told otherwise since: to be asked for now."""

    def compare(self, key: tuple[str, str], answered: "Candles", current_ms: int) -> None:
        """Learn from an answer, closed before `current_ms`, what the stream is worth."""


class MarketData(Protocol):
    """Answer public questions.

    Every method may raise `ExchangeError`: `TemporaryExchangeError` and `RateLimited` when asking again later
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
        """What hears candles as they form; None where there is nothing to hear them from."""

    @property
    def tells_all_tickers(self) -> bool:
        """Whether one question answers the tickers of all pairs."""

    @property
    def futures(self) -> FuturesData | None:
        """What can be asked of futures markets; None where spot markets are traded."""

    def market_details(self, pair: str) -> Mapping[str, Any]:
        """What the exchange says of a market, in ccxt's layout (`info`: its own words); empty if unknown."""

    @property
    def silent_for(self) -> float:
        """Seconds since the exchange last answered anything, by a clock that cannot be set.

        Where orders go to it: since it last answered anything of the account, while that is asked.
        """

    def now_ms(self) -> int:
        """The exchange's present time in ms (the local clock, corrected where the exchange tells its own)."""

    async def open(self) -> None:
        """Connect and load markets; raises what the user must be told."""

    async def close(self) -> None: ...

    async def load_markets(self, *, reload: bool = False) -> Mapping[str, Market]: ...

    async def fetch_bases(self, quote: str, mode: TradingMode) -> frozenset[str]:
        """Base currencies that are traded for `quote` now on the spot or the futures (perpetual) market."""

    async def fetch_ticker(self, pair: str) -> Ticker: ...

    async def fetch_tickers(self, pairs: Sequence[str] | None = None) -> Mapping[str, Ticker]:
        """Return tickers by pair, of these or of all; what cannot be told of one is left out."""

    async def fetch_order_book(self, pair: str, depth: int) -> OrderBook: ...

    async def fetch_bids_asks(self, pairs: Sequence[str]) -> Mapping[str, BidAsk]:
        """Return the top of the book of many pairs, from one question where the exchange has one.

        What cannot be told of a pair, or not of one that the exchange does not have, is left out.
        """

    async def fetch_candles(
        self, pair: str, timeframe: str, *, since_ms: int | None = None, limit: int | None = None
    ) -> "Candles":
        """Candles from `since_ms` on (or the newest), oldest first; the last may be unfinished."""


class Gateway(MarketData, Protocol):
    """Answer public questions and take orders."""

    async def create_order(self, request: OrderRequest) -> ExchangeOrder:
        """Place a market or limit order.

        It certainly does not exist after `InvalidOrder` (`InsufficientFunds`; `OrderNotTaken` for reasons
        that are not its own), `PairNotFound` and `RateLimited`. After any other `ExchangeError` it may exist
        (a time-out is not a no): `find_order` tells.
        """

    async def create_stop_order(self, request: OrderRequest) -> ExchangeOrder:
        """Place an order that waits until the price reaches its `stop_price`, then sells or buys.

        It may replace another only where `replaces_stops`; what became of that one is to be asked afterwards,
        whatever the outcome. Raises as `create_order`.
        """

    def lacking(self, needs: "Needs") -> Sequence[str]:
        """Return a line for everything that the exchange lacks of what is needed."""

    @property
    def replaces_stops(self) -> bool:
        """Whether one stop order can take another's place in one step, without a moment between."""

    async def fetch_order(self, order_id: str, pair: str) -> ExchangeOrder:
        """Return an order as it stands now; finished and filled, it has its fees. Raises `OrderNotFound`."""

    @property
    def settling_seconds(self) -> float:
        """How long after its sending a lost order may still be accepted by the exchange, generously."""

    async def find_order(self, client_order_id: str, pair: str, since_ms: int) -> ExchangeOrder | None:
        """Look for an order by the id we gave it, in every place where it could stand; None: it is nowhere.

        Raises `ExchangeError` when not every place could be looked through: then nothing is proven.
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
        """The fee as a ratio of an order's cost."""
