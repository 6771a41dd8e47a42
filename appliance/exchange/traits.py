"""List what is special about single exchanges, as far as ccxt does not even it out: the one table of it.

No other module names an exchange (`tests/exchange/test_one_table.py`). A row holds for the exchange and for
all that ccxt derives from it (`families.py`).

Source: ccxt 4.5.90's code for each exchange, and the exchanges' own documentation for client order ids:
Binance, OKX, Bybit, KuCoin, Bitget and HTX take letters and digits (OKX 32 of them, nothing else), Gate 28
after a `t-` that ccxt puts before them, Kraken 18 or a UUID, Bitvavo a UUID, Hyperliquid 128 bits in hex.
"""

from typing import Any, Literal

import msgspec

from appliance.domain.enums import TradingMode
from appliance.exchange.families import lineage, of_family
from appliance.rules.leverage import Formula

IdForm = Literal["plain", "uuid", "hex"]
Price = Literal["never", "buy", "always", "ask"]
TradePages = Literal["ids", "nanoseconds"]
Params = dict[str, Any]
"""Parameters and options as ccxt takes them: any JSON."""


class ExchangeTraits(msgspec.Struct, frozen=True, kw_only=True):
    """Describe one exchange.

    `is_supported`: tested by name. Elsewhere ccxt itself is asked how many orders a list holds, and pages of
    unknown length prove nothing.

    Ids: `id_form` is how a client order id of ours is written there. `finds_by_id`: one order can be asked
    for by it; `list_id`: the parameter that narrows lists of orders down to it; elsewhere whole lists are
    searched, of which one answer holds the newest `list_limit` (None: all, or many).

    Errors: `unknown_order` is the text for an order that does not exist, where ccxt does not recognise it;
    `refused_key` the text for a key without this permission, where ccxt takes it for a rate limit.
    `not_placed` matches (regular expression) the answer to a replacement whose new order was not placed;
    `too_many_orders` is the text for a limit of open orders: there is room again later.

    `window_option`: ccxt's option for how old a request may be (ms), where each is signed with that.

    Orders: `order_params` go with every new one, `order_query` with every question for one.
    `market_price`: whether ccxt needs a price for market orders, to work out what to pay or at what to stop;
    "ask": ask its class (`ccxt/requirements.py`).

    Stop orders: `stop_price` is ccxt's parameter for them, None where this program does not place any;
    `stop_types` which of limit and market they may become; `stop_id` the parameter for their client id where
    it has another name; `stop_list` the parameters that find them where they are listed separately,
    `fired_id` where one names the id of the order that it became; `replaces_stops`: one order can replace
    another in one step.

    ccxt's class: `options` are overridden by the user's own. `unasked`: methods by which it sends something
    of its own accord; they are disabled. `asked_first`: a method by which it learns about the account.
    `permission`: the field of the account's description that must not be false.

    Market data: `book_depths` are the only depths of a book that may be asked for (empty: any).
    `markets_query` shortens the list of spot markets, of this very exchange only. `ticker_has_quote_volume`,
    `ticker_has_bid_and_ask`: whether tickers of all pairs have them. `delistings`: the modes in which the end
    of a market is known. `trade_pages`: how its past public trades are paged through, None where only the
    newest can be had: each request from an id on, or from a time in nanoseconds. `keeps_candles`: whether
    all its past candles can be had, not only the newest ones.

    Futures: `formula` of the liquidation price. `funding_grace_seconds` after the hour a position may be
    opened and still pay that hour's funding. `delivery_field` of a market's description is when it ends
    (ms); with `delivery_reference`, a pair that stays, its date stands for "no end".
    """

    is_supported: bool = True

    id_form: IdForm = "plain"
    finds_by_id: bool = False
    list_id: str | None = None
    list_limit: int | None = None

    unknown_order: str | None = None
    refused_key: str | None = None
    not_placed: str | None = None
    too_many_orders: str | None = None

    window_option: str | None = None

    order_params: Params = {}
    order_query: Params = {}
    market_price: Price = "never"

    stop_price: str | None = None
    stop_types: tuple[str, ...] = ("limit", "market")
    stop_id: str | None = None
    stop_list: Params | None = None
    fired_id: str | None = None
    replaces_stops: bool = False

    options: Params = {}
    unasked: tuple[str, ...] = ()
    asked_first: str | None = None
    permission: str | None = None

    book_depths: tuple[int, ...] = ()
    markets_query: Params = {}
    ticker_has_quote_volume: bool = True
    ticker_has_bid_and_ask: bool = True
    delistings: tuple[TradingMode, ...] = ()
    trade_pages: TradePages | None = None
    keeps_candles: bool = True

    formula: Formula = "with_fee"
    funding_grace_seconds: int = 0
    delivery_field: str | None = None
    delivery_reference: str | None = None


_NOT_PLACED = (
    r'"newOrderResult"\s*:\s*"NOT_ATTEMPTED"|"newOrderResponse"\s*:\s*\{\s*"code"\s*:\s*-(1013|11\d\d|2010)\b'
)
_TOO_MANY_ORDERS = "Filter failure: MAX_NUM"

SUPPORTED = {
    "binance": ExchangeTraits(
        finds_by_id=True,
        refused_key='"code":-2015',  # once the key has been good, ccxt does
        not_placed=_NOT_PLACED,
        too_many_orders=_TOO_MANY_ORDERS,
        window_option="recvWindow",
        stop_price="stopLossPrice",
        replaces_stops=True,
        options={"warnOnFetchOpenOrdersWithoutSymbol": False},
        permission="canTrade",
        book_depths=(5, 10, 20, 50, 100, 500, 1000, 5000),
        markets_query={"showPermissionSets": "false"},  # 4 MB with this and 17 MB without
        delistings=(TradingMode.SPOT, TradingMode.FUTURES),
        trade_pages="ids",
        formula="with_maintenance_amount",
        funding_grace_seconds=14,
        delivery_field="deliveryDate",
        delivery_reference="BTC/USDT:USDT",  # all markets that stay have the same date, in the year 2100
    ),
    "kraken": ExchangeTraits(
        id_form="uuid",
        list_id="clientOrderId",
        unknown_order="EOrder:Unknown order",
        stop_price="stopLossPrice",
        trade_pages="nanoseconds",
        keeps_candles=False,
    ),
    "okx": ExchangeTraits(
        finds_by_id=True,
        list_limit=100,
        order_params={"tdMode": "cash"},  # else ccxt places stop orders on margin
        stop_price="stopLossPrice",
        stop_id="algoClOrdId",
        stop_list={"trigger": True, "ordType": "conditional"},
        fired_id="ordId",
        ticker_has_quote_volume=False,
    ),
    "bybit": ExchangeTraits(
        list_id="orderLinkId",
        list_limit=50,
        window_option="recvWindow",
        order_query={"acknowledged": True},
        delistings=(TradingMode.FUTURES,),
        formula="of_margin",
        delivery_field="deliveryTime",
    ),
    "gate": ExchangeTraits(finds_by_id=True, list_limit=100, market_price="buy"),
    "kucoin": ExchangeTraits(
        finds_by_id=True,
        list_limit=20,  # more could be listed, but ccxt asks for it by a parameter that is not known there
        asked_first="load_migration_status",  # which of its two kinds of trade account this is
        book_depths=(20, 100),
    ),
    "bitget": ExchangeTraits(
        finds_by_id=True,
        list_limit=100,
        market_price="buy",
        delistings=(TradingMode.FUTURES,),
        delivery_field="limitOpenTime",
    ),
    "htx": ExchangeTraits(
        finds_by_id=True,
        list_limit=100,
        market_price="buy",
        stop_price="triggerPrice",
        stop_types=("limit",),
        book_depths=(5, 10, 20),
    ),
    "bitvavo": ExchangeTraits(
        id_form="uuid",
        finds_by_id=True,
        window_option="recvWindow",
        stop_price="stopLossPrice",
        options={"operatorId": 1},
    ),
    "hyperliquid": ExchangeTraits(
        id_form="hex",
        finds_by_id=True,
        market_price="always",
        unasked=("initialize_client",),  # it signs away a part of each trade, and names a referrer
        ticker_has_bid_and_ask=False,
        keeps_candles=False,
    ),
}
"""The exchanges supported by name. Stop orders are placed only where a lost one can be found by its id."""

UNSUPPORTED = ExchangeTraits(
    is_supported=False,
    market_price="ask",
    not_placed=_NOT_PLACED,  # several exchanges have copied Binance's interface and its texts
    too_many_orders=_TOO_MANY_ORDERS,
)
_OTHERS = {
    "coinex": msgspec.structs.replace(
        UNSUPPORTED, ticker_has_quote_volume=False, ticker_has_bid_and_ask=False
    ),
    "krakenfutures": msgspec.structs.replace(UNSUPPORTED, ticker_has_quote_volume=False),
    "simulated": msgspec.structs.replace(UNSUPPORTED, delistings=(TradingMode.SPOT, TradingMode.FUTURES)),
}
_ALL = SUPPORTED | _OTHERS

FORMER_NAMES = {
    "gateio": "gate",
    "huobi": "htx",
    "huobipro": "htx",
    "okex": "okx",
    "okex5": "okx",
    "coinbasepro": "coinbaseexchange",
    "coinbaseadvanced": "coinbase",
}
"""Names that ccxt has given up, as configurations of some years ago have them."""

# Fields of an exchange's own answers that ccxt does not read everywhere. An answer does not say whose it is,
# and these names have one meaning wherever they appear.
CLIENT_ID_FIELDS = (
    "algoClOrdId",  # OKX, of stop orders
    "clientOrderId",  # Binance, Bitvavo
    "clOrdId",  # OKX
    "orderLinkId",  # Bybit
    "text",  # Gate
    "clientOid",  # KuCoin, Bitget
    "cl_ord_id",  # Kraken
    "cloid",  # Hyperliquid
)
CLIENT_ID_PREFIX = "t-"
"""Gate's, before every client order id."""
STOP_LIMIT_FIELD = "slOrdPx"
"""OKX's, the limit of a stop order; -1 for none."""
CURRENCY_NAMES_OPTION = "spotCurrencyMapping"
"""Hyperliquid's: ccxt's option with its own names of currencies, which ccxt leaves in fees."""


def traits_of(name: str) -> ExchangeTraits:
    """Return the traits of an exchange, or of the one from which ccxt derives it; else `UNSUPPORTED`."""
    return of_family(name, _ALL) or UNSUPPORTED


def relative(name: str) -> str | None:
    """Return the supported exchange from which ccxt derives this one; None for the supported themselves."""
    return None if name in SUPPORTED else next((each for each in lineage(name) if each in SUPPORTED), None)
