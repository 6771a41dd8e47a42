"""Bybit: https://bybit-exchange.github.io/docs/v5 (unified account, category spot)."""

import time
from typing import Any, ClassVar

from tests.exchange_dialects.account import NoMoney, Placed
from tests.exchange_dialects.dialect import Dialect, Said

ID = "ETHUSDT"


class Bybit(Dialect):
    name = "bybit"
    orders = "POST /v5/order/create"
    routes: ClassVar = {
        "GET /v5/market/instruments-info": "markets",
        "GET /v5/market/time": "time",
        "GET /v5/market/tickers": "ticker",
        "GET /v5/market/kline": "candles",
        "GET /v5/user/query-api": "key_info",
        "GET /v5/account/info": "account_info",
        "GET /v5/account/wallet-balance": "balances",
        "POST /v5/order/create": "add",
        "POST /v5/order/cancel": "cancel",
        "GET /v5/order/realtime": "query",
        "GET /v5/order/history": "list_finished",
        "GET /v5/execution/list": "fills",
    }

    def urls(self, root: str) -> dict[str, Any]:
        names = ("spot", "futures", "v2", "public", "private")
        return {"urls": {"api": dict.fromkeys(names, root)}}

    def markets(self, _: dict[str, Any]) -> Any:
        market = {
            "symbol": ID, "baseCoin": "ETH", "quoteCoin": "USDT", "status": "Trading",
            "marginTrading": "none",
            "lotSizeFilter": {
                "basePrecision": "0.0001", "quotePrecision": "0.0000001", "minOrderQty": "0.001",
                "maxOrderQty": "9999", "minOrderAmt": "5", "maxOrderAmt": "4000000",
            },
            "priceFilter": {"tickSize": "0.01"},
        }  # fmt: skip
        return _result({"category": "spot", "list": [market]})

    def time(self, _: dict[str, Any]) -> Any:
        return {**_result({"timeSecond": str(int(time.time()))}), "time": time.time_ns() // 1_000_000}

    def ticker(self, _: dict[str, Any]) -> Any:
        last = str(self.account.last)
        return _result({"list": [{"symbol": ID, "bid1Price": last, "ask1Price": last, "lastPrice": last}]})

    def candles(self, _: dict[str, Any]) -> Any:
        first = time.time_ns() // 60_000_000_000 * 60_000 - 120_000
        rows = [[str(first + 60_000 * n), "1", "3", "0.5", "2", "10", "20"] for n in range(3)]
        return _result({"symbol": ID, "category": "spot", "list": rows[::-1]})

    def key_info(self, _: dict[str, Any]) -> Any:
        return _result({"unified": 0, "uta": 1})

    def account_info(self, _: dict[str, Any]) -> Any:
        return _result({"unifiedMarginStatus": 5})

    def balances(self, _: dict[str, Any]) -> Any:
        usdt = {"coin": "USDT", "walletBalance": "10000", "locked": "100", "equity": "10000"}
        return _result({"list": [{"accountType": "UNIFIED", "coin": [usdt]}]})

    def add(self, given: dict[str, Any]) -> Any:
        quote = (
            given["orderType"] == "Market"
            and given.get("marketUnit") != "baseCoin"
            and given["side"] == "Buy"
        )
        amount = float(given["qty"]) / self.account.last if quote else given["qty"]
        try:
            order = self.account.place(
                self.account.new_id(), given.get("orderLinkId"), given["side"], given["orderType"], amount,
                given.get("price"),
            )  # fmt: skip
        except NoMoney:
            raise _refused(170131, "Insufficient balance.") from None
        return _result({"orderId": order.id, "orderLinkId": order.client_id})

    def cancel(self, given: dict[str, Any]) -> Any:
        order = self.account.find(order_id=given["orderId"])
        if order is None or not self.account.cancel(order):
            raise _refused(170213, "Order does not exist.")
        return _result({"orderId": order.id, "orderLinkId": order.client_id})

    def query(self, given: dict[str, Any]) -> Any:
        """Tell open orders, or one of the newest 500 of any state."""
        if "orderId" not in given and "orderLinkId" not in given:
            return self._listed(self.account.open)
        order = self.account.find(order_id=given.get("orderId"), client_id=given.get("orderLinkId"))
        return self._listed([order] if order else [])

    def list_finished(self, _: dict[str, Any]) -> Any:
        return self._listed(self.account.finished)

    def fills(self, _: dict[str, Any]) -> Any:
        trades = [
            {
                "symbol": ID, "orderId": order.id, "orderLinkId": order.client_id, "execId": f"1{order.id}",
                "side": order.side.capitalize(), "execPrice": str(order.price), "execQty": str(order.filled),
                "execValue": str(order.cost), "execFee": str(order.fee), "feeRate": "0.001",
                "feeCurrency": "ETH" if order.side == "buy" else "USDT", "execType": "Trade",
                "execTime": str(order.at_ms), "isMaker": True, "orderType": order.kind.capitalize(),
            }
            for order in self.account.filled
        ]  # fmt: skip
        return _result({"category": "spot", "list": trades})

    def _listed(self, orders: list[Placed]) -> Any:
        return _result(
            {"category": "spot", "nextPageCursor": "", "list": [_order(order) for order in orders]}
        )


def _result(told: Any) -> dict[str, Any]:
    return {"retCode": 0, "retMsg": "OK", "result": told, "retExtInfo": {}, "time": 1}


def _refused(code: int, text: str) -> Said:
    return Said({"retCode": code, "retMsg": text, "result": {}, "retExtInfo": {}, "time": 1})


def _order(order: Placed) -> dict[str, Any]:
    state = {"open": "New", "closed": "Filled", "canceled": "Cancelled"}[order.status]
    quote = order.kind == "market" and order.side == "buy"
    return {
        "orderId": order.id, "orderLinkId": order.client_id, "symbol": ID, "side": order.side.capitalize(),
        "price": str(order.price) if order.kind == "limit" else "0", "orderStatus": state,
        "qty": str(order.cost if quote else order.amount), "marketUnit": "quoteCoin" if quote else "",
        "avgPrice": str(order.price) if order.filled else "", "cumExecQty": str(order.filled),
        "leavesQty": str(order.amount - order.filled), "cumExecValue": str(order.cost),
        "cumExecFee": str(order.fee), "orderType": order.kind.capitalize(), "timeInForce": "GTC",
        "cumFeeDetail": {"ETH" if order.side == "buy" else "USDT": str(order.fee)} if order.filled else {},
        "createdTime": str(order.at_ms), "updatedTime": str(order.at_ms), "triggerPrice": "",
    }  # fmt: skip
