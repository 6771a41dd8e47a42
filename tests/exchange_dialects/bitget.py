"""Bitget: https://www.bitget.com/api-doc (v2, spot)."""

import json
import time
from typing import Any, ClassVar

from tests.exchange_dialects.account import NoMoney, Placed
from tests.exchange_dialects.dialect import Dialect, Said

ID = "ETHUSDT"


class Bitget(Dialect):
    name = "bitget"
    orders = "POST /api/v2/spot/trade/place-order"
    credentials: ClassVar = {**Dialect.credentials, "password": "a-passphrase"}
    routes: ClassVar = {
        "GET /api/v2/spot/public/symbols": "markets",
        "GET /api/v2/spot/public/coins": "nothing",
        "GET /api/v2/margin/currencies": "nothing",
        "GET /api/v2/public/time": "time",
        "GET /api/v2/spot/market/tickers": "ticker",
        "GET /api/v2/spot/market/candles": "candles",
        "GET /api/v2/spot/account/assets": "balances",
        "POST /api/v2/spot/trade/place-order": "add",
        "POST /api/v2/spot/trade/cancel-order": "cancel",
        "GET /api/v2/spot/trade/orderInfo": "query",
        "GET /api/v2/spot/trade/unfilled-orders": "list_open",
        "GET /api/v2/spot/trade/history-orders": "list_finished",
        "GET /api/v2/spot/trade/fills": "fills",
    }

    def urls(self, root: str) -> dict[str, Any]:
        names = ("spot", "mix", "user", "p2p", "broker", "margin", "common", "tax", "convert", "earn", "uta")
        return {"urls": {"api": dict.fromkeys(names, root)}}

    def nothing(self, _: dict[str, Any]) -> Any:
        return _data([])

    def markets(self, _: dict[str, Any]) -> Any:
        market = {
            "symbol": ID, "baseCoin": "ETH", "quoteCoin": "USDT", "minTradeAmount": "0",
            "maxTradeAmount": "10000000000", "takerFeeRate": "0.001", "makerFeeRate": "0.001",
            "pricePrecision": "2", "quantityPrecision": "4", "quotePrecision": "6", "status": "online",
            "minTradeUSDT": "1", "buyLimitPriceRatio": "0.05", "sellLimitPriceRatio": "0.05",
        }  # fmt: skip
        return _data([market])

    def time(self, _: dict[str, Any]) -> Any:
        return _data({"serverTime": str(time.time_ns() // 1_000_000)})

    def ticker(self, _: dict[str, Any]) -> Any:
        last = str(self.account.last)
        return _data([{"symbol": ID, "bidPr": last, "askPr": last, "lastPr": last, "ts": "1"}])

    def candles(self, _: dict[str, Any]) -> Any:
        first = time.time_ns() // 60_000_000_000 * 60_000 - 120_000
        return _data([[str(first + 60_000 * n), "1", "3", "0.5", "2", "10", "20", "20"] for n in range(3)])

    def balances(self, _: dict[str, Any]) -> Any:
        return _data([{"coin": "USDT", "available": "9900", "frozen": "100", "locked": "0", "uTime": "1"}])

    def add(self, given: dict[str, Any]) -> Any:
        amount = float(given["size"])
        if given["orderType"] == "market" and given["side"] == "buy":
            amount /= self.account.last
        try:
            order = self.account.place(
                self.account.new_id(), given.get("clientOid"), given["side"], given["orderType"], amount,
                given.get("price"),
            )  # fmt: skip
        except NoMoney:
            raise _refused("43012", "Insufficient balance") from None
        return _data({"orderId": order.id, "clientOid": order.client_id})

    def cancel(self, given: dict[str, Any]) -> Any:
        order = self.account.find(order_id=given["orderId"])
        if order is None or not self.account.cancel(order):
            raise _refused("43001", "The order does not exist")
        return _data({"orderId": order.id, "clientOid": order.client_id})

    def query(self, given: dict[str, Any]) -> Any:
        order = self.account.find(order_id=given.get("orderId"), client_id=given.get("clientOid"))
        return _data([_order(order)] if order else [])

    def list_open(self, _: dict[str, Any]) -> Any:
        return _data([_order(order) for order in self.account.open])

    def list_finished(self, _: dict[str, Any]) -> Any:
        return _data([_order(order) for order in self.account.finished])

    def fills(self, _: dict[str, Any]) -> Any:
        return _data(
            [
                {
                    "symbol": ID, "orderId": order.id, "tradeId": f"1{order.id}", "orderType": order.kind,
                    "side": order.side, "priceAvg": str(order.price), "size": str(order.filled),
                    "amount": str(order.cost), "tradeScope": "maker", "cTime": str(order.at_ms),
                    "feeDetail": {
                        "deduction": "no", "feeCoin": "ETH" if order.side == "buy" else "USDT",
                        "totalDeductionFee": "", "totalFee": f"-{order.fee}",
                    },
                }
                for order in self.account.filled
            ]
        )  # fmt: skip


def _data(told: Any) -> dict[str, Any]:
    return {"code": "00000", "msg": "success", "requestTime": 1, "data": told}


def _refused(code: str, text: str) -> Said:
    return Said({"code": code, "msg": text, "requestTime": 1, "data": None}, 400)


def _order(order: Placed) -> dict[str, Any]:
    coin = "ETH" if order.side == "buy" else "USDT"
    fee = {coin: {"deduction": False, "feeCoinCode": coin, "totalDeductionFee": 0, "totalFee": -order.fee}}
    quote = order.kind == "market" and order.side == "buy"
    return {
        "userId": "1", "symbol": ID, "orderId": order.id, "clientOid": order.client_id,
        "price": str(order.price) if order.kind == "limit" else "0",
        "size": str(order.cost if quote else order.amount), "orderType": order.kind, "side": order.side,
        "status": {"open": "live", "closed": "filled", "canceled": "cancelled"}[order.status],
        "priceAvg": str(order.price if order.filled else 0), "baseVolume": str(order.filled),
        "quoteVolume": str(order.cost), "feeDetail": json.dumps(fee) if order.filled else "",
        "orderSource": order.kind, "cTime": str(order.at_ms), "uTime": str(order.at_ms),
    }  # fmt: skip
