"""HTX: https://www.htx.com/en-us/opend/newApiPages (spot; numbers of a market buy are in quote currency)."""

import time
from typing import Any, ClassVar

from tests.exchange_dialects.account import NoMoney, Placed
from tests.exchange_dialects.dialect import Dialect, Said

ID = "ethusdt"


class Htx(Dialect):
    name = "htx"
    orders = "POST /v1/order/orders/place"
    routes: ClassVar = {
        "GET /v2/reference/currencies": "nothing",
        "GET /v1/common/symbols": "markets",
        "GET /v1/common/timestamp": "time",
        "GET /market/detail/merged": "ticker",
        "GET /market/history/candles": "candles",
        "GET /market/history/kline": "candles",
        "GET /v1/account/accounts": "accounts",
        "GET /v1/account/accounts/*/balance": "balances",
        "POST /v1/order/orders/place": "add",
        "POST /v1/order/orders/*/submitcancel": "cancel",
        "GET /v1/order/openOrders": "list_open",
        "GET /v1/order/orders/getClientOrder": "query_own",
        "GET /v1/order/orders/*/matchresults": "fills_of",
        "GET /v1/order/orders/*": "query",
        "GET /v1/order/orders": "list_all",
        "GET /v1/order/matchresults": "fills",
    }

    def urls(self, root: str) -> dict[str, Any]:
        names = ("status", "contract", "spot", "public", "private", "v2Public", "v2Private")
        return {"urls": {"api": dict.fromkeys(names, root)}}

    def nothing(self, _: dict[str, Any]) -> Any:
        return {"code": 200, "data": []}

    def markets(self, _: dict[str, Any]) -> Any:
        market = {
            "symbol": ID, "base-currency": "eth", "quote-currency": "usdt", "price-precision": 2,
            "amount-precision": 4, "value-precision": 8, "symbol-partition": "main", "state": "online",
            "min-order-amt": 0.001, "max-order-amt": 10000, "min-order-value": 10, "api-trading": "enabled",
        }  # fmt: skip
        return _data([market])

    def time(self, _: dict[str, Any]) -> Any:
        return _data(time.time_ns() // 1_000_000)

    def ticker(self, _: dict[str, Any]) -> Any:
        last = self.account.last
        tick = {"open": last, "close": last, "low": 1, "high": 2, "amount": 1, "vol": 1, "count": 1}
        return {"status": "ok", "ch": "x", "ts": 1, "tick": {**tick, "bid": [last, 1], "ask": [last, 1]}}

    def candles(self, _: dict[str, Any]) -> Any:
        first = int(time.time()) // 60 * 60 - 120
        rows = [
            {"id": first + 60 * n, "open": 1, "high": 3, "low": 0.5, "close": 2, "amount": 10, "vol": 20}
            for n in range(3)
        ]
        return _data(rows[::-1])

    def accounts(self, _: dict[str, Any]) -> Any:
        return _data([{"id": 55, "type": "spot", "subtype": "", "state": "working"}])

    def balances(self, _: dict[str, Any]) -> Any:
        kinds = (("trade", "9900"), ("frozen", "100"))
        told = [{"currency": "usdt", "type": kind, "balance": balance} for kind, balance in kinds]
        return _data({"id": 55, "type": "spot", "state": "working", "list": told})

    def add(self, given: dict[str, Any]) -> Any:
        side, _, kind = given["type"].partition("-")
        amount = float(given["amount"])
        if given["type"] == "buy-market":
            amount /= self.account.last
        try:
            order = self.account.place(
                self.account.new_id(), given.get("client-order-id"), side, kind, amount, given.get("price"),
                given.get("stop-price"),
            )  # fmt: skip
        except NoMoney:
            raise _refused("account-frozen-balance-insufficient-error", "trade account balance") from None
        return _data(order.id)

    def cancel(self, given: dict[str, Any]) -> Any:
        named = self.seen[-1].path.split("/")[-2]
        order = self.account.find(order_id=named)
        if order is None or not self.account.cancel(order):
            raise _refused("order-orderstate-error", "the order state is error")
        return _data(order.id)

    def query(self, given: dict[str, Any]) -> Any:
        return self._told(self.account.find(order_id=given["path"]))

    def query_own(self, given: dict[str, Any]) -> Any:
        return self._told(self.account.find(client_id=given["clientOrderId"]))

    def list_open(self, _: dict[str, Any]) -> Any:
        return _data([_order(order) for order in self.account.open])

    def list_all(self, given: dict[str, Any]) -> Any:
        orders = [_order(order) for order in self.account.orders]
        return _data([order for order in orders if order["state"] in given["states"].split(",")])

    def fills_of(self, _: dict[str, Any]) -> Any:
        return self._fills(self.account.find(order_id=self.seen[-1].path.split("/")[-2]))

    def fills(self, _: dict[str, Any]) -> Any:
        return self._fills(*self.account.filled)

    def _fills(self, *orders: Placed | None) -> Any:
        return _data(
            [
                {
                    "id": int(f"1{order.id}"), "trade-id": int(f"2{order.id}"), "match-id": 1, "symbol": ID,
                    "order-id": int(order.id), "type": f"{order.side}-{order.kind}", "role": "maker",
                    "price": str(order.price), "filled-amount": str(order.filled), "source": "spot-api",
                    "filled-fees": str(order.fee), "filled-points": "0.0", "fee-deduct-currency": "",
                    "fee-currency": "eth" if order.side == "buy" else "usdt", "created-at": order.at_ms,
                }
                for order in orders
                if order and order.filled
            ]
        )  # fmt: skip

    def _told(self, order: Placed | None) -> Any:
        if order is None:
            raise _refused("base-record-invalid", "record invalid")
        return _data(_order(order))


def _data(told: Any) -> dict[str, Any]:
    return {"status": "ok", "data": told}


def _refused(code: str, text: str) -> Said:
    return Said({"status": "error", "err-code": code, "err-msg": text, "data": None})


def _order(order: Placed) -> dict[str, Any]:
    quote = order.kind == "market" and order.side == "buy"
    state = {"open": "created" if order.stop else "submitted", "closed": "filled"}.get(
        order.status, "canceled"
    )
    stop = {"stop-price": str(order.stop), "operator": "lte"} if order.stop else {}
    return {
        "id": int(order.id), "symbol": ID, "account-id": 55, "client-order-id": order.client_id,
        "amount": str(order.cost if quote else order.amount), "state": state, "created-at": order.at_ms,
        "price": str(order.price) if order.kind == "limit" else "0.0", "source": "spot-api",
        "type": f"{order.side}-{'stop-' if order.stop else ''}{order.kind}", "finished-at": order.at_ms,
        "field-amount": str(order.filled), "field-cash-amount": str(order.cost), "canceled-at": 0,
        "field-fees": str(order.fee), **stop,
    }  # fmt: skip
