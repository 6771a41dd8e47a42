# ruff: noqa: N815 -- ccxt's own names
"""Type the part of ccxt's asynchronous classes that this program uses, and the answers of their methods.

ccxt checks nothing of what an exchange answers: any field may be missing or None, and a number may be text.
What is read from an answer goes through `number` and its like (`read_markets.py`, `read_orders.py`).
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias, TypedDict, TypeVar

from appliance.exchange.priority import Throttler

Json: TypeAlias = Any
"""What an exchange itself says or takes, in its own words: any JSON."""
Params: TypeAlias = dict[str, Json]
"""Parameters, options and settings as ccxt takes them."""
Number: TypeAlias = float | str | None
"""A number in an answer."""
Row: TypeAlias = Sequence[float | None]
"""One candle (time in ms, open, high, low, close, volume), or one offer of a book (price, amount)."""


class FeeAnswer(TypedDict, total=False):
    currency: str | None
    cost: Number
    rate: Number


class OrderAnswer(TypedDict, total=False):
    id: str | None
    clientOrderId: str | None
    symbol: str | None
    side: str | None
    type: str | None
    status: str | None
    amount: Number
    filled: Number
    remaining: Number
    price: Number
    average: Number
    cost: Number
    triggerPrice: Number
    stopLossPrice: Number
    stopPrice: Number
    timestamp: int | None
    lastTradeTimestamp: int | None
    lastUpdateTimestamp: int | None
    fee: FeeAnswer | None
    fees: list[FeeAnswer] | None
    info: Json


class TradeAnswer(TypedDict, total=False):
    id: str | None
    order: str | None
    clientOrderId: str | None
    type: str | None
    side: str | None
    amount: float
    price: float
    cost: Number
    timestamp: int | None
    fee: FeeAnswer | None
    fees: list[FeeAnswer] | None
    info: Json


class BalanceAnswer(TypedDict, total=False):
    total: Mapping[str, Number]
    free: Mapping[str, Number] | None
    used: Mapping[str, Number] | None
    info: Json


class TickerAnswer(TypedDict, total=False):
    symbol: str | None
    bid: Number
    ask: Number
    last: Number
    percentage: Number
    baseVolume: Number
    quoteVolume: Number
    timestamp: int | None


class BookAnswer(TypedDict):
    bids: Sequence[Sequence[float]]
    asks: Sequence[Sequence[float]]
    timestamp: int | None


class LimitsAnswer(TypedDict, total=False):
    min: Number
    max: Number


class MarketAnswer(TypedDict, total=False):
    symbol: str
    base: str
    quote: str
    active: bool | None
    spot: bool | None
    swap: bool | None
    linear: bool | None
    precision: Mapping[str, Number] | None
    limits: Mapping[str, LimitsAnswer | None] | None
    contractSize: Number
    maker: Number
    taker: Number
    info: Json


class TierAnswer(TypedDict, total=False):
    minNotional: Number
    maxNotional: Number
    maxLeverage: float
    maintenanceMarginRate: float
    info: Json


class FundingRateAnswer(TypedDict, total=False):
    timestamp: int
    fundingRate: float


Answer = TypeVar("Answer")
Read = TypeVar("Read")


class OpenInterestAnswer(TypedDict, total=False):
    timestamp: int | None
    openInterestAmount: Number
    openInterestValue: Number


CreateOrder: TypeAlias = Callable[[str, str, str, float, float | None, Params], Awaitable[OrderAnswer]]
"""Places an order: pair, type, side, amount, price, parameters."""
EditOrder: TypeAlias = Callable[[str, str, str, str, float, float | None, Params], Awaitable[OrderAnswer]]
"""Replaces an order: its id, and what `CreateOrder` takes."""


class CcxtExchange(Protocol):
    """An instance of ccxt's class of an exchange."""

    id: str
    has: Mapping[str, bool | str | None]
    options: Params
    timeframes: Mapping[str, Json] | None
    markets: Mapping[str, MarketAnswer]
    precisionMode: int
    timeout: Json
    urls: Mapping[str, Json]
    requiredCredentials: Mapping[str, bool]
    ohlcvs: Mapping[str, Mapping[str, Sequence[Row]]] | None
    session: Any
    throttler: Throttler
    ssl_context: Any
    aiohttp_trust_env: bool
    timeout_on_exit: float
    fetch: Callable[..., Any]
    on_rest_response: Callable[..., str]
    on_error: Callable[[Any, Any], None]
    on_close: Callable[[Any, Any], None]
    create_order: CreateOrder
    edit_order: EditOrder
    milliseconds: Callable[[], int]
    seconds: Callable[[], int]
    microseconds: Callable[[], int]

    async def close(self) -> None: ...
    async def close_ws_clients(self) -> None: ...
    async def load_markets(self, reload: bool, params: Params = ..., /) -> Json: ...
    def set_markets_from_exchange(self, source: Any, /) -> Json: ...
    def enable_demo_trading(self, enable: bool, /) -> None: ...
    def check_proxy_settings(self, url: str, method: str, headers: None, body: None, /) -> Json: ...
    def check_ws_proxy_settings(self) -> Json: ...
    def feature_value_by_type(
        self, kind: str, subtype: str | None, method: str, parameter: str, default: Json, /
    ) -> Json: ...

    async def fetch_time(self) -> int | None: ...
    async def fetch_ticker(self, pair: str, /) -> TickerAnswer: ...
    async def fetch_tickers(self, pairs: list[str] | None, /) -> Mapping[str, TickerAnswer]: ...
    async def fetch_bids_asks(self, pairs: list[str] | None, /) -> Mapping[str, TickerAnswer]: ...
    async def fetch_order_book(self, pair: str, depth: int, /) -> BookAnswer: ...
    async def fetch_ohlcv(
        self, pair: str, timeframe: str, since_ms: int | None, limit: int, params: Params = ..., /
    ) -> Sequence[Row]: ...
    async def fetch_trades(
        self, pair: str, since_ms: int | None, limit: int, params: Params = ..., /
    ) -> Sequence[TradeAnswer]: ...
    async def watch_ohlcv(self, pair: str, timeframe: str, /) -> Sequence[Row]: ...

    async def fetch_leverage_tiers(self) -> Mapping[str, Sequence[TierAnswer]]: ...
    async def fetch_market_leverage_tiers(self, pair: str, /) -> Sequence[TierAnswer]: ...
    async def fetch_funding_rate(self, pair: str, /) -> Mapping[str, Json]: ...
    async def fetch_open_interest_history(
        self, pair: str, timeframe: str, since_ms: int, limit: int, /
    ) -> Sequence[OpenInterestAnswer]: ...
    async def fetch_funding_rate_history(
        self, pair: str, since_ms: int, limit: int, /
    ) -> Sequence[FundingRateAnswer]: ...

    async def fetch_balance(self) -> BalanceAnswer: ...
    async def fetch_order(self, order_id: str, pair: str, params: Params, /) -> OrderAnswer: ...
    async def fetch_open_orders(
        self, pair: str | None, since_ms: int | None, limit: int | None, params: Params, /
    ) -> Sequence[OrderAnswer]: ...
    async def fetch_order_trades(self, order_id: str, pair: str, /) -> Sequence[TradeAnswer]: ...
    async def fetch_my_trades(
        self, pair: str, since_ms: int | None, limit: int | None = ..., params: Params = ..., /
    ) -> Sequence[TradeAnswer]: ...
    async def cancel_order(self, order_id: str, pair: str, params: Params, /) -> Json: ...


Question: TypeAlias = Callable[[CcxtExchange], Awaitable[Answer]]
"""Asks a ccxt class one thing."""


def unchanged(answer: Answer) -> Answer:
    """Return an answer as it is: the reading of a question whose answer is read later."""
    return answer
