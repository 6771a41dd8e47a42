"""OKX: https://www.okx.com/docs-v5 (v5 REST; stop orders are "algo" orders in lists of their own)."""

import time
from typing import Any, ClassVar

from tests.exchange_dialects.account import NoMoney, Placed
from tests.exchange_dialects.dialect import Dialect, Said

ID = "ETH-USDT"


def refused(code: str, text: str) -> Said:
    return Said({"code": code, "msg": text, "data": []})


class Okx(Dialect):
    name = "okx"
    orders = "POST /api/v5/trade/*order*"
    credentials: ClassVar = {**Dialect.credentials, "password": "a-passphrase"}
    routes: ClassVar = {
        "GET /api/v5/public/instruments": "markets",
        "GET /api/v5/public/time": "time",
        "GET /api/v5/market/ticker": "ticker",
        "GET /api/v5/market/candles": "candles",
        "GET /api/v5/account/balance": "balances",
        "POST /api/v5/trade/batch-orders": "add",
        "POST /api/v5/trade/order-algo": "add_stop",
        "POST /api/v5/trade/cancel-order": "cancel",
        "POST /api/v5/trade/cancel-algos": "cancel_stop",
        "GET /api/v5/trade/order": "query",
        "GET /api/v5/trade/order-algo": "query_stop",
        "GET /api/v5/trade/orders-pending": "list_open",
        "GET /api/v5/trade/orders-algo-pending": "list_stops",
        "GET /api/v5/trade/orders-history": "list_finished",
        "GET /api/v5/trade/orders-algo-history": "list_finished_stops",
        "GET /api/v5/trade/fills*": "fills",
    }

    def urls(self, root: str) -> dict[str, Any]:
        return {"urls": {"api": {"rest": root}}}

    def markets(self, given: dict[str, Any]) -> Any:
        market = {
            "instId": ID, "instType": "SPOT", "baseCcy": "ETH", "quoteCcy": "USDT", "state": "live",
            "tickSz": "0.01", "lotSz": "0.0001", "minSz": "0.001", "maxLmtSz": "9999", "lever": "",
            "ctVal": "", "ctMult": "", "uly": "", "settleCcy": "", "listTime": "1548133413000",
        }  # fmt: skip
        return _data(market if given["instType"] == "SPOT" else None)

    def time(self, _: dict[str, Any]) -> Any:
        return _data({"ts": str(time.time_ns() // 1_000_000)})

    def ticker(self, _: dict[str, Any]) -> Any:
        last = str(self.account.last)
        return _data(
            {"instType": "SPOT", "instId": ID, "last": last, "askPx": last, "bidPx": last, "ts": "1"}
        )

    def candles(self, _: dict[str, Any]) -> Any:
        first = time.time_ns() // 60_000_000_000 * 60_000 - 120_000
        rows = [[str(first + 60_000 * n), "1", "3", "0.5", "2", "10", "20", "20", "1"] for n in range(3)]
        return {"code": "0", "msg": "", "data": rows[::-1]}

    def balances(self, _: dict[str, Any]) -> Any:
        usdt = {"ccy": "USDT", "availBal": "9900", "frozenBal": "100", "cashBal": "10000", "eq": "10000"}
        return _data({"details": [usdt], "uTime": "1"})

    def add(self, given: dict[str, Any]) -> Any:
        try:
            order = self.account.place(
                self.account.new_id(), given.get("clOrdId"), given["side"], given["ordType"], given["sz"],
                given.get("px"),
            )  # fmt: skip
        except NoMoney:
            told = {"ordId": "", "clOrdId": "", "sCode": "51008", "sMsg": "Insufficient USDT balance"}
            raise Said({"code": "1", "msg": "All operations failed", "data": [told]}) from None
        return _data({"ordId": order.id, "clOrdId": order.client_id, "tag": "", "sCode": "0", "sMsg": ""})

    def add_stop(self, given: dict[str, Any]) -> Any:
        limit = given["slOrdPx"]
        order = self.account.place(
            self.account.new_id(), given.get("algoClOrdId"), given["side"],
            "market" if str(limit) == "-1" else "limit", given["sz"], limit, given["slTriggerPx"],
        )  # fmt: skip
        return _data({"algoId": order.id, "algoClOrdId": order.client_id, "sCode": "0", "sMsg": ""})

    def cancel(self, given: dict[str, Any]) -> Any:
        order = self.account.find(order_id=given["ordId"])
        if order is None or order.stop or not self.account.cancel(order):
            told = {"ordId": given["ordId"], "clOrdId": "", "sCode": "51400", "sMsg": "does not exist"}
            raise Said({"code": "1", "msg": "All operations failed", "data": [told]})
        return _data({"ordId": order.id, "clOrdId": order.client_id, "sCode": "0", "sMsg": ""})

    def cancel_stop(self, given: dict[str, Any]) -> Any:
        order = self.account.find(order_id=given["algoId"])
        if order is None or not self.account.cancel(order):
            raise refused("51400", "Cancellation failed as the order does not exist.")
        return _data({"algoId": order.id, "sCode": "0", "sMsg": ""})

    def query(self, given: dict[str, Any]) -> Any:
        order = self.account.find(order_id=given.get("ordId"), client_id=given.get("clOrdId"))
        if order is None or order.stop:
            raise refused("51603", "Order does not exist")
        return _data(_order(order))

    def query_stop(self, given: dict[str, Any]) -> Any:
        order = self.account.find(order_id=given.get("algoId"), client_id=given.get("algoClOrdId"))
        if order is None or not order.stop:
            raise refused("51603", "Order does not exist")
        return _data(_stop(order))

    def list_open(self, _: dict[str, Any]) -> Any:
        return _data(*(_order(order) for order in self.account.open if not order.stop))

    def list_stops(self, _: dict[str, Any]) -> Any:
        return _data(*(_stop(order) for order in self.account.open if order.stop))

    def list_finished(self, given: dict[str, Any]) -> Any:
        orders = [_order(order) for order in self.account.finished if not order.stop]
        return _data(*(order for order in orders if order["state"] == given["state"]))

    def list_finished_stops(self, _: dict[str, Any]) -> Any:
        return _data(*(_stop(order) for order in self.account.finished if order.stop))

    def fills(self, _: dict[str, Any]) -> Any:
        return _data(
            *(
                {
                    "instType": "SPOT", "instId": ID, "tradeId": f"1{order.id}", "billId": f"2{order.id}",
                    "ordId": order.id, "clOrdId": order.client_id, "fillPx": str(order.price),
                    "fillSz": str(order.filled), "side": order.side, "execType": "M", "fee": f"-{order.fee}",
                    "feeCcy": "ETH" if order.side == "buy" else "USDT", "ts": str(order.at_ms),
                }
                for order in self.account.filled
            )
        )  # fmt: skip


def _data(*told: Any) -> dict[str, Any]:
    return {"code": "0", "msg": "", "data": [each for each in told if each is not None]}


def _order(order: Placed) -> dict[str, Any]:
    state = {"open": "live", "closed": "filled", "canceled": "canceled"}[order.status]
    return {
        "instType": "SPOT", "instId": ID, "ordId": order.id, "clOrdId": order.client_id, "tag": "",
        "px": str(order.price) if order.kind == "limit" else "", "sz": str(order.amount),
        "ordType": order.kind, "side": order.side, "accFillSz": str(order.filled), "tgtCcy": "base_ccy",
        "avgPx": str(order.price) if order.filled else "", "state": state, "fee": f"-{order.fee}",
        "feeCcy": "ETH" if order.side == "buy" else "USDT", "uTime": str(order.at_ms),
        "cTime": str(order.at_ms), "fillTime": str(order.at_ms) if order.filled else "",
    }  # fmt: skip


def _stop(order: Placed) -> dict[str, Any]:
    return {
        "instType": "SPOT", "instId": ID, "algoId": order.id, "algoClOrdId": order.client_id, "ordId": "",
        "ordType": "conditional", "side": order.side, "sz": str(order.amount),
        "state": "live" if order.is_open else "canceled", "slTriggerPx": str(order.stop),
        "slOrdPx": str(order.price) if order.kind == "limit" else "-1", "slTriggerPxType": "last",
        "cTime": str(order.at_ms), "uTime": str(order.at_ms),
    }  # fmt: skip
