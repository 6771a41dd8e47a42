"""Bitvavo: https://docs.bitvavo.com (v2; every order names an operator)."""

import time
from typing import Any, ClassVar

from tests.exchange_dialects.account import NoMoney, Placed
from tests.exchange_dialects.dialect import Dialect, Said

ID = "ETH-EUR"


class Bitvavo(Dialect):
    name = "bitvavo"
    pair = "ETH/EUR"
    orders = "POST /v2/order"
    routes: ClassVar = {
        "GET /v2/assets": "assets",
        "GET /v2/markets": "markets",
        "GET /v2/time": "time",
        "GET /v2/ticker/24h": "ticker",
        f"GET /v2/{ID}/candles": "candles",
        "GET /v2/balance": "balances",
        "POST /v2/order": "add",
        "DELETE /v2/order": "cancel",
        "GET /v2/order": "query",
        "GET /v2/ordersOpen": "list_open",
        "GET /v2/orders": "list_all",
        "GET /v2/trades": "fills",
    }

    def urls(self, root: str) -> dict[str, Any]:
        return {"urls": {"api": {"public": root, "private": root}}}

    def assets(self, _: dict[str, Any]) -> Any:
        return [{"symbol": symbol, "name": symbol, "decimals": places} for symbol, places in _PLACES.items()]

    def markets(self, _: dict[str, Any]) -> Any:
        return [
            {
                "market": ID, "status": "trading", "base": "ETH", "quote": "EUR", "pricePrecision": 5,
                "minOrderInBaseAsset": "0.001", "minOrderInQuoteAsset": "5", "quantityDecimals": 4,
                "maxOrderInBaseAsset": "1000", "notionalDecimals": 2, "tickSize": "0.01",
                "orderTypes": ["market", "limit", "stopLoss", "stopLossLimit"], "feeCategory": "A",
            }
        ]  # fmt: skip

    def time(self, _: dict[str, Any]) -> Any:
        return {"time": time.time_ns() // 1_000_000}

    def ticker(self, _: dict[str, Any]) -> Any:
        last = str(self.account.last)
        return {"market": ID, "last": last, "bid": last, "ask": last, "volume": "1", "timestamp": 1}

    def candles(self, _: dict[str, Any]) -> Any:
        first = time.time_ns() // 60_000_000_000 * 60_000 - 120_000
        return [[first + 60_000 * n, "1", "3", "0.5", "2", "10"] for n in range(3)][::-1]

    def balances(self, _: dict[str, Any]) -> Any:
        return [{"symbol": "EUR", "available": "9900", "inOrder": "100"}]

    def add(self, given: dict[str, Any]) -> Any:
        if "operatorId" not in given:
            raise _refused(203, "operatorId parameter is required.")
        kind = given["orderType"]
        try:
            order = self.account.place(
                f"1be6d0df-{self.account.new_id()}", given.get("clientOrderId"), given["side"],
                "limit" if "imit" in kind else "market", given["amount"], given.get("price"),
                given.get("triggerAmount"),
            )  # fmt: skip
        except NoMoney:
            raise _refused(216, "You do not have sufficient balance to complete this operation.") from None
        return _order(order)

    def cancel(self, given: dict[str, Any]) -> Any:
        order = self.account.find(order_id=given.get("orderId"), client_id=given.get("clientOrderId"))
        if order is None or not self.account.cancel(order):
            raise _refused(240, "No active order found.", 404)
        return {"orderId": order.id}

    def query(self, given: dict[str, Any]) -> Any:
        order = self.account.find(order_id=given.get("orderId"), client_id=given.get("clientOrderId"))
        if order is None:
            raise _refused(240, "No order found.", 404)
        return _order(order)

    def list_open(self, _: dict[str, Any]) -> Any:
        return [_order(order) for order in self.account.open]

    def list_all(self, _: dict[str, Any]) -> Any:
        return [_order(order) for order in self.account.orders]

    def fills(self, _: dict[str, Any]) -> Any:
        return [
            {
                "id": f"fill-{order.id}", "orderId": order.id, "timestamp": order.at_ms, "market": ID,
                "side": order.side, "amount": str(order.filled), "price": str(order.price), "taker": False,
                "fee": str(_fee(order)), "feeCurrency": "EUR", "settled": True,
                "clientOrderId": order.client_id,
            }
            for order in self.account.filled
        ]  # fmt: skip


_PLACES = {"ETH": 8, "EUR": 2}


def _fee(order: Placed) -> float:
    return round(order.cost * 0.001, 8)


def _refused(code: int, text: str, status: int = 400) -> Said:
    return Said({"errorCode": code, "error": text}, status)


def _order(order: Placed) -> dict[str, Any]:
    kind = order.kind if not order.stop else "stopLossLimit" if order.kind == "limit" else "stopLoss"
    state = {"open": "awaitingTrigger" if order.stop else "new", "closed": "filled"}.get(
        order.status, "canceled"
    )
    prices = {"price": str(order.price)} if order.kind == "limit" else {}
    stop = {"triggerPrice": str(order.stop), "triggerAmount": str(order.stop)} if order.stop else {}
    return {
        "orderId": order.id, "clientOrderId": order.client_id, "market": ID, "created": order.at_ms,
        "updated": order.at_ms, "status": state, "side": order.side, "orderType": kind,
        "amount": str(order.amount), "amountRemaining": str(order.amount - order.filled), **prices, **stop,
        "onHold": "0", "onHoldCurrency": "EUR", "filledAmount": str(order.filled),
        "filledAmountQuote": str(order.cost), "feePaid": str(_fee(order)), "feeCurrency": "EUR", "fills": [],
        "selfTradePrevention": "decrementAndCancel", "visible": True, "timeInForce": "GTC", "postOnly": False,
    }  # fmt: skip
