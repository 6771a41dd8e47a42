"""Gate: https://www.gate.com/docs/developers/apiv4 (orders may be asked for by their text)."""

import time
from typing import Any, ClassVar

from tests.exchange_dialects.account import NoMoney, Placed
from tests.exchange_dialects.dialect import Dialect, Said

ID = "ETH_USDT"


class Gate(Dialect):
    name = "gate"
    orders = "POST /api/v4/spot/orders"
    routes: ClassVar = {
        "GET /api/v4/spot/currency_pairs": "markets",
        "GET /api/v4/spot/currencies": "nothing",
        "GET /api/v4/margin/currency_pairs": "nothing",
        "GET /api/v4/spot/time": "time",
        "GET /api/v4/spot/tickers": "ticker",
        "GET /api/v4/spot/candlesticks": "candles",
        "GET /api/v4/account/detail": "account_detail",
        "GET /api/v4/spot/accounts": "balances",
        "POST /api/v4/spot/orders": "add",
        "DELETE /api/v4/spot/orders/*": "cancel",
        "GET /api/v4/spot/orders/*": "query",
        "GET /api/v4/spot/open_orders": "list_open",
        "GET /api/v4/spot/orders": "list_finished",
        "GET /api/v4/spot/my_trades": "fills",
    }

    def urls(self, root: str) -> dict[str, Any]:
        public, private = ("wallet", "margin", "spot"), ("wallet", "margin", "spot", "unified", "account")
        api = f"{root}/api/v4"
        return {
            "urls": {"api": {"public": dict.fromkeys(public, api), "private": dict.fromkeys(private, api)}}
        }

    def nothing(self, _: dict[str, Any]) -> Any:
        return []

    def markets(self, _: dict[str, Any]) -> Any:
        return [
            {
                "id": ID, "base": "ETH", "quote": "USDT", "fee": "0.2", "min_quote_amount": "3",
                "amount_precision": 4, "precision": 2, "trade_status": "tradable", "sell_start": 0,
                "buy_start": 0,
            }
        ]  # fmt: skip

    def time(self, _: dict[str, Any]) -> Any:
        return {"server_time": time.time_ns() // 1_000_000}

    def ticker(self, _: dict[str, Any]) -> Any:
        last = str(self.account.last)
        return [{"currency_pair": ID, "last": last, "lowest_ask": last, "highest_bid": last}]

    def candles(self, _: dict[str, Any]) -> Any:
        first = int(time.time()) // 60 * 60 - 120
        return [[str(first + 60 * n), "20", "2", "3", "0.5", "1", "10", "true"] for n in range(3)]

    def account_detail(self, _: dict[str, Any]) -> Any:
        return {"user_id": 1, "key": {"mode": 1}}

    def balances(self, _: dict[str, Any]) -> Any:
        return [{"currency": "USDT", "available": "9900", "locked": "100"}]

    def add(self, given: dict[str, Any]) -> Any:
        if not str(given.get("text", "t-")).startswith("t-"):
            raise _refused("INVALID_PARAM_VALUE", "Invalid text")
        amount = float(given["amount"])
        if given["type"] == "market" and given["side"] == "buy":
            amount /= self.account.last
        try:
            order = self.account.place(
                self.account.new_id(), given.get("text"), given["side"], given["type"], amount,
                given.get("price"),
            )  # fmt: skip
        except NoMoney:
            raise _refused("BALANCE_NOT_ENOUGH", "Not enough balance") from None
        return _order(order)

    def cancel(self, given: dict[str, Any]) -> Any:
        order = self._named(given["path"])
        if not self.account.cancel(order):
            raise _refused("ORDER_CLOSED", "Order is closed")
        return _order(order)

    def query(self, given: dict[str, Any]) -> Any:
        return _order(self._named(given["path"]))

    def list_open(self, _: dict[str, Any]) -> Any:
        orders = [_order(order) for order in self.account.open]
        return [{"currency_pair": ID, "total": len(orders), "orders": orders}] if orders else []

    def list_finished(self, _: dict[str, Any]) -> Any:
        return [_order(order) for order in self.account.finished]

    def fills(self, _: dict[str, Any]) -> Any:
        return [
            {
                "id": f"1{order.id}", "create_time_ms": f"{order.at_ms}.123", "currency_pair": ID,
                "side": order.side, "role": "maker", "amount": str(order.filled), "price": str(order.price),
                "order_id": order.id, "fee": str(order.fee), "point_fee": "0", "gt_fee": "0",
                "fee_currency": "ETH" if order.side == "buy" else "USDT", "text": order.client_id,
            }
            for order in self.account.filled
        ]  # fmt: skip

    def _named(self, named: str) -> Placed:
        order = self.account.find(order_id=named, client_id=named)
        if order is None:
            raise _refused("ORDER_NOT_FOUND", f"Order with ID {named} not found", 404)
        return order


def _refused(label: str, text: str, status: int = 400) -> Said:
    return Said({"label": label, "message": text}, status)


def _order(order: Placed) -> dict[str, Any]:
    quote = order.kind == "market" and order.side == "buy"
    finished = {"open": "open", "closed": "filled", "canceled": "cancelled"}[order.status]
    return {
        "id": order.id, "text": order.client_id, "create_time_ms": order.at_ms, "update_time_ms": order.at_ms,
        "status": {"canceled": "cancelled"}.get(order.status, order.status), "currency_pair": ID,
        "type": order.kind, "account": "spot", "side": order.side,
        "amount": str(order.cost if quote else order.amount),
        "price": str(order.price) if order.kind == "limit" else "0", "time_in_force": "gtc",
        "left": "0" if quote else str(order.amount - order.filled), "filled_total": str(order.cost),
        "avg_deal_price": str(order.price) if order.filled else "", "fee": str(order.fee),
        "filled_amount": str(order.filled), "fee_currency": "ETH" if order.side == "buy" else "USDT",
        "point_fee": "0", "gt_fee": "0", "rebated_fee": "0", "finish_as": finished,
    }  # fmt: skip
