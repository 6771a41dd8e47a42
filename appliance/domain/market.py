"""Describe what an exchange states: markets, prices, order books, candles, and its view of orders."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from appliance.domain.enums import ExchangeStatus, OrderKind, OrderSide, PrecisionMode, SeenSide

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Candles = npt.NDArray[np.float64]
    """float64 of shape (n, 6), oldest first: open time (ms, UTC), open, high, low, close, volume (base)."""


class Market(msgspec.Struct, frozen=True, kw_only=True):
    """Describe one pair of the exchange. Limits are None where the exchange states none.

    Of a perpetual market (`swap`), amounts and their limits are counted in contracts of `contract_size` base
    currency each; the bot itself counts in base currency everywhere.
    """

    pair: str
    base: str
    quote: str
    active: bool = True
    spot: bool = True
    swap: bool = False
    amount_precision: float | None = None
    price_precision: float | None = None
    precision_mode: PrecisionMode = PrecisionMode.TICK_SIZE
    amount_min: float | None = None
    amount_max: float | None = None
    price_min: float | None = None
    price_max: float | None = None
    cost_min: float | None = None
    cost_max: float | None = None
    contract_size: float | None = None
    maker: float = 0.001
    taker: float = 0.001


class Ticker(msgspec.Struct, frozen=True, kw_only=True):
    """State a pair's best prices and day: prices in quote, `percentage` in percent, `timestamp` in ms.

    `more` has the other fields of the answer under ccxt's names, only where a single ticker was fetched.
    """

    pair: str
    bid: float | None
    ask: float | None
    last: float | None
    percentage: float | None = None
    base_volume: float | None = None
    quote_volume: float | None = None
    timestamp: int = 0
    more: dict[str, Any] = {}


class BidAsk(msgspec.Struct, frozen=True):
    """State the best current bid and ask of a pair, in quote currency; None where there is no offer."""

    bid: float | None
    ask: float | None


class OrderBook(msgspec.Struct, frozen=True, kw_only=True):
    """Hold an order book: (price, amount in base), best first on either side; `timestamp` in ms."""

    pair: str
    bids: list[tuple[float, float]]
    asks: list[tuple[float, float]]
    timestamp: int = 0


class PublicTrade(NamedTuple):
    """State one trade that anybody made; the fields are in the order of freqtrade's files.

    `timestamp` in ms (UTC); `type` (limit, market) and `side` of the taker, None where they are not stated;
    price and cost in quote, amount in base currency.
    """

    timestamp: int
    id: str | None
    type: str | None
    side: str | None
    price: float
    amount: float
    cost: float


class Fee(msgspec.Struct, frozen=True):
    """State a fee paid: `cost` in `currency`, `rate` as a ratio of the order's cost where known."""

    currency: str
    cost: float
    rate: float | None = None


class OrderRequest(msgspec.Struct, frozen=True, kw_only=True):
    """State an order that an exchange is to place: `amount` in base currency, prices in quote currency.

    `price` is the limit, or what an order at the market is expected to meet (not sent). With a `stop_price`
    the order waits on the exchange until the price reaches that, then becomes one of `order_type` ("market"
    or "limit"); `replaces` is the exchange's id of the stop order that goes in the same step.
    `client_order_id` is set when the order is written into the journal: none is sent without. `tag` is for
    the books and not sent.
    """

    pair: str
    side: OrderSide
    order_type: OrderKind
    amount: float
    price: float
    client_order_id: str = ""
    time_in_force: str = "GTC"
    reduce_only: bool = False
    leverage: float = 1.0
    stop_price: float | None = None
    replaces: str | None = None
    tag: str | None = None

    @property
    def limit_price(self) -> float | None:
        """The price of a limit order; None for orders at the market."""
        return self.price if self.order_type == "limit" else None


class ExchangeOrder(msgspec.Struct, frozen=True, kw_only=True):
    """State an order as the exchange reports it (immutable; a new answer is a new object).

    `side` is empty where neither the answer nor our request states it; `type` is any text, since exchanges
    have types of their own. Amounts in base currency, `cost` in quote, `average` is the mean price of the
    fills, times in ms (UTC). `fees` were paid, one for each currency (Binance takes BNB while there is any,
    then the currency bought); `fee` is the first of them.
    """

    id: str
    pair: str
    side: SeenSide
    type: str
    status: ExchangeStatus
    amount: float
    filled: float = 0.0
    price: float | None = None
    average: float | None = None
    stop_price: float | None = None
    cost: float = 0.0
    fee: Fee | None = None
    fees: tuple[Fee, ...] = ()
    client_order_id: str | None = None
    timestamp: int = 0
    filled_timestamp: int | None = None

    @property
    def remaining(self) -> float:
        return max(self.amount - self.filled, 0.0)

    @property
    def is_open(self) -> bool:
        return self.status == "open"


class Fill(msgspec.Struct, frozen=True, kw_only=True):
    """State one fill of our order, whole or partial.

    `amount` in base, `price` and `cost` in quote currency, `timestamp` in ms (UTC).
    """

    id: str
    order_id: str
    pair: str
    side: SeenSide
    amount: float
    price: float
    cost: float
    fee: Fee | None = None
    client_order_id: str | None = None
    timestamp: int = 0


class Balance(msgspec.Struct, frozen=True):
    """State the balance of one currency, in that currency."""

    currency: str
    free: float
    used: float
    total: float


Balances = Mapping[str, Balance]
