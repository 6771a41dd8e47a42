"""KuCoin: https://www.kucoin.com/docs-new (the trade account's "hf" endpoints)."""

import time
from typing import Any, ClassVar

from tests.exchange_dialects.account import NoMoney, Placed
from tests.exchange_dialects.dialect import Dialect, Said

ID = "ETH-USDT"


class Kucoin(Dialect):
    name = "kucoin"
    orders = "POST /api/v1/hf/orders"
    credentials: ClassVar = {**Dialect.credentials, "password": "a-passphrase"}
    routes: ClassVar = {
        "GET /api/v3/currencies": "nothing",
        "GET /api/v2/symbols": "markets",
        "GET /api/v1/market/allTickers": "tickers",
        "GET /api/v1/timestamp": "time",
        "GET /api/v1/market/stats": "ticker",
        "GET /api/v1/market/orderbook/level1": "ticker",
        "GET /api/v1/market/candles": "candles",
        "GET /api/ua/v1/account/mode": "mode",
        "GET /api/v1/hf/accounts/opened": "opened",
        "GET /api/v1/accounts": "balances",
        "POST /api/v1/hf/orders": "add",
        "DELETE /api/v1/hf/orders/*": "cancel",
        "GET /api/v1/hf/orders/active*": "list_open",
        "GET /api/v1/hf/orders/done*": "list_finished",
        "GET /api/v1/hf/orders/client-order/*": "query_own",
        "GET /api/v1/hf/orders/*": "query",
        "GET /api/v1/hf/fills": "fills",
    }

    def urls(self, root: str) -> dict[str, Any]:
        names = ("public", "private", "uta", "utaV2", "utaPrivate", "broker", "earn")
        return {"urls": {"api": dict.fromkeys(names, root)}}

    def nothing(self, _: dict[str, Any]) -> Any:
        return _data([])

    def markets(self, _: dict[str, Any]) -> Any:
        market = {
            "symbol": ID, "name": ID, "baseCurrency": "ETH", "quoteCurrency": "USDT", "market": "USDS",
            "baseMinSize": "0.001", "quoteMinSize": "0.1", "baseMaxSize": "10000", "quoteMaxSize": "9999999",
            "baseIncrement": "0.0001", "quoteIncrement": "0.000001", "priceIncrement": "0.01",
            "minFunds": "0.1", "isMarginEnabled": False, "enableTrading": True, "feeCategory": 1,
            "makerFeeCoefficient": "1.00", "takerFeeCoefficient": "1.00", "feeCurrency": "USDT",
        }  # fmt: skip
        return _data([market])

    def tickers(self, _: dict[str, Any]) -> Any:
        return _data(
            {"time": 1, "ticker": [{"symbol": ID, "takerFeeRate": "0.001", "makerFeeRate": "0.001"}]}
        )

    def time(self, _: dict[str, Any]) -> Any:
        return _data(time.time_ns() // 1_000_000)

    def ticker(self, _: dict[str, Any]) -> Any:
        last = str(self.account.last)
        return _data({"symbol": ID, "buy": last, "sell": last, "last": last, "time": 1})

    def candles(self, _: dict[str, Any]) -> Any:
        first = int(time.time()) // 60 * 60 - 120
        return _data([[str(first + 60 * n), "1", "2", "3", "0.5", "10", "20"] for n in range(3)][::-1])

    def mode(self, _: dict[str, Any]) -> Any:
        return _data({"selfAccountMode": "CLASSIC"})

    def opened(self, _: dict[str, Any]) -> Any:
        return _data(True)

    def balances(self, given: dict[str, Any]) -> Any:
        usdt = {"currency": "USDT", "balance": "10000", "available": "9900", "holds": "100"}
        return _data([{**usdt, "type": given["type"]}])

    def add(self, given: dict[str, Any]) -> Any:
        try:
            order = self.account.place(
                f"67{self.account.new_id()}", given.get("clientOid"), given["side"], given["type"],
                given["size"], given.get("price"),
            )  # fmt: skip
        except NoMoney:
            raise _refused("200004", "Balance insufficient!") from None
        return _data({"orderId": order.id, "clientOid": order.client_id})

    def cancel(self, given: dict[str, Any]) -> Any:
        order = self.account.find(order_id=given["path"])
        if order is None or not self.account.cancel(order):
            raise _refused("400100", "order_not_exist_or_not_allow_to_cancel")
        return _data({"orderId": order.id})

    def query(self, given: dict[str, Any]) -> Any:
        return self._told(self.account.find(order_id=given["path"]))

    def query_own(self, given: dict[str, Any]) -> Any:
        return self._told(self.account.find(client_id=given["path"]))

    def list_open(self, _: dict[str, Any]) -> Any:
        return _data([_order(order) for order in self.account.open])

    def list_finished(self, _: dict[str, Any]) -> Any:
        return _data({"lastId": 1, "items": [_order(order) for order in self.account.finished]})

    def fills(self, _: dict[str, Any]) -> Any:
        trades = [
            {
                "id": int(f"1{order.id}"), "symbol": ID, "tradeId": int(f"2{order.id}"), "orderId": order.id,
                "side": order.side, "liquidity": "maker", "price": str(order.price), "fee": str(order.fee),
                "size": str(order.filled), "funds": str(order.cost), "feeRate": "0.001",
                "feeCurrency": "USDT", "type": order.kind, "createdAt": order.at_ms,
            }
            for order in self.account.filled
        ]  # fmt: skip
        return _data({"lastId": 1, "items": trades})

    def _told(self, order: Placed | None) -> Any:
        if order is None:
            raise _refused("400100", "order not exist.")
        return _data(_order(order))


def _data(told: Any) -> dict[str, Any]:
    return {"code": "200000", "data": told}


def _refused(code: str, text: str) -> Said:
    return Said({"code": code, "msg": text}, 400)


def _order(order: Placed) -> dict[str, Any]:
    return {
        "id": order.id, "clientOid": order.client_id, "symbol": ID, "opType": "DEAL", "type": order.kind,
        "side": order.side, "price": str(order.price) if order.kind == "limit" else "0",
        "size": str(order.amount), "funds": "0", "dealSize": str(order.filled), "dealFunds": str(order.cost),
        "fee": str(order.fee), "feeCurrency": "USDT", "timeInForce": "GTC", "postOnly": False,
        "active": order.is_open, "inOrderBook": order.is_open, "cancelExist": order.status == "canceled",
        "cancelledSize": str(order.amount - order.filled if order.status == "canceled" else 0),
        "remainSize": str(order.amount - order.filled), "createdAt": order.at_ms,
        "lastUpdatedAt": order.at_ms, "tradeType": "TRADE", "tax": "0",
    }  # fmt: skip
