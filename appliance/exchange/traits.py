"""Say in what the exchanges that are supported by name differ, as far as ccxt does not even it out.

Source: ccxt 4.5.90's code for each exchange, and the exchanges' own documentation for client order ids:
Binance, OKX, Bybit, KuCoin, Bitget and HTX take letters and digits (OKX 32 of them, nothing else), Gate 28
after a `t-` that ccxt puts before them, Kraken 18 or a UUID, Bitvavo a UUID, Hyperliquid 128 bits in hex.
"""

from typing import Any, Literal

import msgspec

from appliance.exchange.families import lineage, of_family

IdForm = Literal["plain", "uuid", "hex"]
Price = Literal["never", "buy", "always", "ask"]


class ExchangeTraits(msgspec.Struct, frozen=True, kw_only=True):
    """Describe one exchange.

    Ids: `id_form` is how a client order id of ours is written there. `finds_by_id`: one order can be asked
    for by it; `list_id`: the parameter that narrows lists of orders down to it; elsewhere whole lists are
    searched, of which one answer tells the newest `list_limit` (None: all, or many).
    `unknown_order`: what the exchange says of an order that it does not have, where ccxt does not know.
    `refused_key`: what it says of a key that may not do this, where ccxt takes it for a wish to slow down.

    `window_option`: ccxt's option for how old a request may be (ms), where each is signed with that.

    Orders: `order_params` go with every new one, `order_query` with every question for one.
    `market_price`: whether ccxt needs a price for market orders, to work out what to pay or at what to stop;
    "ask": its class tells (`ccxt_wants.py`).

    Stop orders: `stop_price` is ccxt's parameter for them, None where this program does not place any;
    `stop_types` which of limit and market they may become; `stop_id` the parameter for their client id where
    it has another name; `stop_list` the parameters that find them where they are kept apart, `fired_id` where
    one tells the id of the order that it became; `replaces_stops`: one takes another's place in one step.

    `options` are laid under the user's own. `unasked`: methods by which ccxt's class sends something of its
    own accord, which they are kept from; `asked_first`: one by which it learns of the account.
    `permission`: what of the account's own description must not be false.
    """

    id_form: IdForm = "plain"
    finds_by_id: bool = False
    list_id: str | None = None
    list_limit: int | None = None
    unknown_order: str | None = None
    window_option: str | None = None
    refused_key: str | None = None
    order_params: dict[str, Any] = {}
    market_price: Price = "never"
    stop_price: str | None = None
    stop_types: tuple[str, ...] = ("limit", "market")
    stop_id: str | None = None
    stop_list: dict[str, Any] | None = None
    replaces_stops: bool = False
    fired_id: str | None = None
    order_query: dict[str, Any] = {}
    options: dict[str, Any] = {}
    unasked: tuple[str, ...] = ()
    asked_first: str | None = None
    permission: str | None = None


KNOWN = {
    "binance": ExchangeTraits(
        finds_by_id=True,
        window_option="recvWindow",
        refused_key='"code":-2015',  # once the key has been good, ccxt does
        stop_price="stopLossPrice",
        replaces_stops=True,
        options={"warnOnFetchOpenOrdersWithoutSymbol": False},
        permission="canTrade",
    ),
    "kraken": ExchangeTraits(
        id_form="uuid",
        list_id="clientOrderId",
        unknown_order="EOrder:Unknown order",
        stop_price="stopLossPrice",
    ),
    "okx": ExchangeTraits(
        finds_by_id=True,
        list_limit=100,
        order_params={"tdMode": "cash"},  # else ccxt places stop orders on margin
        stop_price="stopLossPrice",
        stop_id="algoClOrdId",
        stop_list={"trigger": True, "ordType": "conditional"},
        fired_id="ordId",
    ),
    "bybit": ExchangeTraits(
        list_id="orderLinkId",
        list_limit=50,
        window_option="recvWindow",
        order_query={"acknowledged": True},
    ),
    "gate": ExchangeTraits(finds_by_id=True, list_limit=100, market_price="buy"),
    "kucoin": ExchangeTraits(
        finds_by_id=True,
        list_limit=20,  # more would be told, but ccxt asks for it by a name that is not known there
        asked_first="load_migration_status",  # which of its two kinds of trade account this is
    ),
    "bitget": ExchangeTraits(finds_by_id=True, list_limit=100, market_price="buy"),
    "htx": ExchangeTraits(
        finds_by_id=True,
        list_limit=100,
        market_price="buy",
        stop_price="triggerPrice",
        stop_types=("limit",),
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
    ),
}
"""The exchanges supported by name. Stop orders are placed only where a lost one can be found by its id."""

UNTRIED = ExchangeTraits(market_price="ask")


def peculiarities(name: str) -> ExchangeTraits:
    """Return what is known of an exchange, or of the one that ccxt makes it of; the usual for all others."""
    return of_family(name, KNOWN) or UNTRIED


def relative(name: str) -> str | None:
    """Return the exchange of the table that ccxt makes this one of; None for those of the table itself."""
    return None if name in KNOWN else next((each for each in lineage(name) if each in KNOWN), None)
