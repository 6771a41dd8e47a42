"""Kraken: https://docs.kraken.com/api (spot REST, errors as text with status 200)."""

import time
from collections.abc import Sequence
from typing import Any, ClassVar

from tests.exchange_dialects.account import NoMoney, Placed
from tests.exchange_dialects.dialect import Dialect, Said

PAIR = "XETHZUSD"


def refused(text: str) -> Said:
    return Said({"error": [text]})


class Kraken(Dialect):
    name = "kraken"
    pair = "ETH/USD"
    orders = "POST /0/private/AddOrder"
    routes: ClassVar = {
        "GET /0/public/Assets": "assets",
        "GET /0/public/AssetPairs": "markets",
        "GET /0/public/Time": "time",
        "GET /0/public/Ticker": "ticker",
        "GET /0/public/OHLC": "candles",
        "GET /0/public/Trades": "tell_trades",
        "POST /0/private/BalanceEx": "balances",
        "POST /0/private/AddOrder": "add",
        "POST /0/private/CancelOrder": "cancel",
        "POST /0/private/QueryOrders": "query",
        "POST /0/private/OpenOrders": "list_open",
        "POST /0/private/ClosedOrders": "list_closed",
        "POST /0/private/TradesHistory": "fills",
    }

    def urls(self, root: str) -> dict[str, Any]:
        return {"urls": {"api": {"public": root, "private": root}}}

    def assets(self, _: dict[str, Any]) -> Any:
        asset = {"aclass": "currency", "decimals": 10, "display_decimals": 5, "status": "enabled"}
        return _result({"XETH": {**asset, "altname": "ETH"}, "ZUSD": {**asset, "altname": "USD"}})

    def markets(self, _: dict[str, Any]) -> Any:
        pair = {
            "altname": "ETHUSD", "wsname": "ETH/USD", "aclass_base": "currency", "base": "XETH",
            "aclass_quote": "currency", "quote": "ZUSD", "lot": "unit", "cost_decimals": 5,
            "pair_decimals": 2, "lot_decimals": 8, "lot_multiplier": 1, "leverage_buy": [],
            "leverage_sell": [], "fees": [[0, 0.4]], "fees_maker": [[0, 0.25]], "fee_volume_currency": "ZUSD",
            "ordermin": "0.002", "costmin": "0.5", "tick_size": "0.01", "status": "online",
        }  # fmt: skip
        return _result({PAIR: pair})

    def time(self, _: dict[str, Any]) -> Any:
        return _result({"unixtime": int(time.time())})

    def ticker(self, _: dict[str, Any]) -> Any:
        last = str(self.account.last)
        offer = [last, "1", "1.0"]
        day = {name: ["1", "1"] for name in "vplh"} | {"t": [1, 1], "o": last}
        return _result({PAIR: {"a": offer, "b": offer, "c": [last, "0.1"], **day}})

    def candles(self, given: dict[str, Any]) -> Any:
        first = int(time.time()) // 60 * 60 - 120
        rows = [[first + 60 * n, "1", "3", "0.5", "2", "1.5", "10.0", 5] for n in range(3)]
        return _result({PAIR: rows, "last": first})

    trades: Sequence[tuple[float, int]] = ()
    """Public trades: time in seconds, and id."""

    def tell_trades(self, given: dict[str, Any]) -> Any:
        since, count = int(given.get("since", 0)), int(given.get("count", 1000))
        after = [(at, name) for at, name in self.trades if round(at * 1e6) * 1000 > since][:count]
        rows = [["2.0", "1.5", at, "b", "l", "", name] for at, name in after]
        last = str(round(after[-1][0] * 1e6) * 1000) if after else str(since)
        return _result({PAIR: rows, "last": last})

    def balances(self, _: dict[str, Any]) -> Any:
        return _result({"ZUSD": {"balance": "10000.0", "hold_trade": "100.0"}})

    def add(self, given: dict[str, Any]) -> Any:
        kind = given["ordertype"]
        stop = given["price"] if kind.startswith("stop-loss") else None
        price = given.get("price2") if stop else given.get("price")
        try:
            order = self.account.place(
                f"OABCDE-{self.account.new_id()}", given.get("cl_ord_id"), given["type"],
                "limit" if kind.endswith("limit") else "market", given["volume"], price, stop,
            )  # fmt: skip
        except NoMoney:
            raise refused("EOrder:Insufficient funds") from None
        told = f"{order.side} {order.amount:.8f} ETHUSD @ {_words(order)}"
        return _result({"descr": {"order": told}, "txid": [order.id]})

    def cancel(self, given: dict[str, Any]) -> Any:
        order = self.account.find(order_id=given["txid"])
        if order is None or not self.account.cancel(order):
            raise refused("EOrder:Unknown order")
        return _result({"count": 1})

    def query(self, given: dict[str, Any]) -> Any:
        order = self.account.find(order_id=given["txid"])
        if order is None:
            raise refused("EOrder:Unknown order")
        return _result({order.id: _order(order)})

    def list_open(self, given: dict[str, Any]) -> Any:
        return _result({"open": self._listed(self.account.open, given)})

    def list_closed(self, given: dict[str, Any]) -> Any:
        return _result({"closed": self._listed(self.account.finished, given), "count": 1})

    def fills(self, _: dict[str, Any]) -> Any:
        trades = {
            f"TABCDE-{order.id}": {
                "ordertxid": order.id, "pair": PAIR, "time": order.at_ms / 1000, "type": order.side,
                "ordertype": order.kind, "price": str(order.price), "cost": str(order.cost),
                "fee": str(order.fee), "vol": str(order.filled), "margin": "0", "misc": "", "trade_id": 1,
            }
            for order in self.account.filled
        }  # fmt: skip
        return _result({"trades": trades, "count": len(trades)})

    def _listed(self, orders: list[Placed], given: dict[str, Any]) -> dict[str, Any]:
        wanted = given.get("cl_ord_id")
        return {order.id: _order(order) for order in orders if wanted in (None, order.client_id)}


def _result(told: Any) -> dict[str, Any]:
    return {"error": [], "result": told}


def _words(order: Placed) -> str:
    """Describe an order's kind as Kraken does."""
    if not order.stop:
        return f"limit {order.price:.2f}" if order.kind == "limit" else "market"
    return f"stop loss {order.stop:.2f}" + (f" -> limit {order.price:.2f}" if order.kind == "limit" else "")


def _order(order: Placed) -> dict[str, Any]:
    kind = order.kind if order.stop is None else ("stop-loss" + ("-limit" if order.kind == "limit" else ""))
    prices = (order.stop, order.price if order.kind == "limit" else 0) if order.stop else (order.price, 0)
    return {
        "refid": None, "userref": None, "cl_ord_id": order.client_id, "status": order.status,
        "opentm": order.at_ms / 1000, "starttm": 0, "expiretm": 0,
        "descr": {
            "pair": "ETHUSD", "aclass": "forex", "type": order.side, "ordertype": kind,
            "price": str(prices[0]), "price2": str(prices[1]), "leverage": "none",
            "order": f"{order.side} {order.amount:.8f} ETHUSD @ {_words(order)}", "close": "",
        },
        "vol": str(order.amount), "vol_exec": str(order.filled), "cost": str(order.cost),
        "fee": str(order.fee), "price": str(order.price if order.filled else 0), "stopprice": "0",
        "limitprice": "0", "misc": "", "oflags": "fciq",
    }  # fmt: skip
