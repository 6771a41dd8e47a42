"""Say in what the exchanges that are supported by name differ, as far as ccxt does not even it out.

Source: ccxt 4.5.90's code for each exchange, and the exchanges' own documentation for client order ids:
Binance, OKX, Bybit, KuCoin, Bitget and HTX take letters and digits (OKX 32 of them, nothing else), Gate 28
after a `t-` that ccxt puts before them, Kraken 18 or a UUID, Bitvavo a UUID, Hyperliquid 128 bits in hex.
"""

from typing import Any, Literal

import msgspec

IdForm = Literal["plain", "uuid", "hex"]
Price = Literal["never", "buy", "always"]


class Peculiarities(msgspec.Struct, frozen=True, kw_only=True):
    """Describe one exchange.

    `id_form`: how a client order id of ours is written there. `finds_by_id`: one order can be asked for by
    it; elsewhere lists of orders are searched. `market_price`: whether ccxt needs a price for market orders,
    to work out what to pay or at what to stop. `stop_price`: ccxt's parameter for stop orders, None where
    this program does not place any; `stop_types` which of limit and market they may become. `stop_id`: the
    parameter for a stop order's client id where it has another name; `stop_list`: parameters that find stop
    orders where they are kept apart; `replaces_stops`: one takes another's place in one step; `fired_id`:
    where such an order tells the id of the one that it became.
    `order_query` goes with every question for one order; `options` are laid under the user's own.
    `permission`: what of the account's own description must not be false.
    """

    id_form: IdForm = "plain"
    finds_by_id: bool = False
    market_price: Price = "never"
    stop_price: str | None = None
    stop_types: tuple[str, ...] = ("limit", "market")
    stop_id: str | None = None
    stop_list: dict[str, Any] | None = None
    replaces_stops: bool = False
    fired_id: str | None = None
    order_query: dict[str, Any] = {}
    options: dict[str, Any] = {}
    permission: str | None = None


KNOWN = {
    "binance": Peculiarities(
        finds_by_id=True,
        stop_price="stopLossPrice",
        replaces_stops=True,
        options={"warnOnFetchOpenOrdersWithoutSymbol": False},
        permission="canTrade",
    ),
    "kraken": Peculiarities(id_form="uuid", stop_price="stopLossPrice"),
    "okx": Peculiarities(
        finds_by_id=True,
        stop_price="stopLossPrice",
        stop_id="algoClOrdId",
        stop_list={"trigger": True, "ordType": "conditional"},
        fired_id="ordId",
    ),
    "bybit": Peculiarities(market_price="buy", order_query={"acknowledged": True}),
    "gate": Peculiarities(market_price="buy"),
    "kucoin": Peculiarities(finds_by_id=True),
    "bitget": Peculiarities(finds_by_id=True, market_price="buy"),
    "htx": Peculiarities(
        finds_by_id=True, market_price="buy", stop_price="triggerPrice", stop_types=("limit",)
    ),
    "bitvavo": Peculiarities(
        id_form="uuid", finds_by_id=True, stop_price="stopLossPrice", options={"operatorId": 1}
    ),
    "hyperliquid": Peculiarities(id_form="hex", finds_by_id=True, market_price="always"),
}
"""The exchanges supported by name. Stop orders are placed only where a lost one can be found by its id."""

UNTRIED = Peculiarities()


def peculiarities(name: str) -> Peculiarities:
    """Return what is known of an exchange; the usual for those that are not supported by name."""
    return KNOWN.get(name, UNTRIED)
