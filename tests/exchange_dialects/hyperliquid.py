"""Hyperliquid: https://hyperliquid.gitbook.io (questions to /info, signed actions to /exchange; spot)."""

import time
from typing import Any, ClassVar

from tests.exchange_dialects.account import NoMoney, Placed
from tests.exchange_dialects.dialect import Dialect, Said

COIN = "@151"


class Hyperliquid(Dialect):
    name = "hyperliquid"
    pair = "ETH/USDC"
    orders = "POST /exchange"
    credentials: ClassVar = {"walletAddress": "0x" + "a1" * 20, "privateKey": "0x" + "5b" * 32}
    routes: ClassVar = {"POST /info": "info", "POST /exchange": "act"}

    def urls(self, root: str) -> dict[str, Any]:
        return {"urls": {"api": {"public": root, "private": root}}}

    def info(self, given: dict[str, Any]) -> Any:
        told = getattr(self, f"_{given['type']}", None)
        if told is None:
            raise Said(None, 422)
        return told(given)

    def act(self, given: dict[str, Any]) -> Any:
        action = given["action"]
        if action["type"] == "order":
            return _statuses("order", [self._add(order) for order in action["orders"]])
        if action["type"] == "cancel":
            return _statuses("cancel", [self._cancel(cancel) for cancel in action["cancels"]])
        raise Said({"status": "err", "response": f"not expected: {action['type']}"})

    def _add(self, given: dict[str, Any]) -> Any:
        market = given["t"].get("limit", {}).get("tif") == "Ioc"
        try:
            order = self.account.place(
                self.account.new_id(), given.get("c"), "buy" if given["b"] else "sell",
                "market" if market else "limit", given["s"], None if market else given["p"],
            )  # fmt: skip
        except NoMoney:
            return {"error": "Insufficient spot balance asset=10151"}
        named = {"oid": int(order.id), "cloid": order.client_id}
        if order.filled:
            return {"filled": {**named, "totalSz": str(order.filled), "avgPx": str(order.price)}}
        return {"resting": named}

    def _cancel(self, given: dict[str, Any]) -> Any:
        order = self.account.find(order_id=str(given["o"]))
        if order is None or not self.account.cancel(order):
            return {"error": "Order was never placed, already canceled, or filled. asset=10151"}
        return "success"

    def _spotMetaAndAssetCtxs(self, _: dict[str, Any]) -> Any:  # noqa: N802
        tokens = [
            {"name": "USDC", "szDecimals": 8, "weiDecimals": 8, "index": 0, "isCanonical": True},
            {"name": "UETH", "szDecimals": 4, "weiDecimals": 10, "index": 1, "isCanonical": False},
        ]
        universe = [{"tokens": [1, 0], "name": COIN, "index": 0, "isCanonical": False}]
        last = str(self.account.last)
        context = {"prevDayPx": last, "dayNtlVlm": "1", "markPx": last, "midPx": last, "coin": COIN}
        return [{"universe": universe, "tokens": tokens}, [context]]

    def _spotMeta(self, given: dict[str, Any]) -> Any:  # noqa: N802
        return self._spotMetaAndAssetCtxs(given)[0]

    def _l2Book(self, _: dict[str, Any]) -> Any:  # noqa: N802
        offer = [{"px": str(self.account.last), "sz": "10", "n": 1}]
        return {"coin": COIN, "time": time.time_ns() // 1_000_000, "levels": [offer, offer]}

    def _exchangeStatus(self, _: dict[str, Any]) -> Any:  # noqa: N802
        return {"time": time.time_ns() // 1_000_000, "specialStatuses": None}

    def _candleSnapshot(self, _: dict[str, Any]) -> Any:  # noqa: N802
        first = time.time_ns() // 60_000_000_000 * 60_000 - 120_000
        row = {"s": COIN, "i": "1m", "o": "1", "h": "3", "l": "0.5", "c": "2", "v": "10", "n": 5}
        opened = [first + 60_000 * n for n in range(3)]
        return [{**row, "t": each, "T": each + 59_999} for each in opened]

    def _userAbstraction(self, _: dict[str, Any]) -> Any:  # noqa: N802
        return "default"

    def _spotClearinghouseState(self, _: dict[str, Any]) -> Any:  # noqa: N802
        return {"balances": [{"coin": "USDC", "token": 0, "hold": "100", "total": "10000", "entryNtl": "0"}]}

    def _orderStatus(self, given: dict[str, Any]) -> Any:  # noqa: N802
        order = self.account.find(order_id=str(given["oid"]), client_id=given["oid"])
        return {"status": "order", "order": _order(order)} if order else {"status": "unknownOid"}

    def _frontendOpenOrders(self, _: dict[str, Any]) -> Any:  # noqa: N802
        return [_order(order)["order"] for order in self.account.open]

    def _historicalOrders(self, _: dict[str, Any]) -> Any:  # noqa: N802
        return [_order(order) for order in self.account.orders]

    def _userFills(self, _: dict[str, Any]) -> Any:  # noqa: N802
        return [
            {
                "coin": COIN, "px": str(order.price), "sz": str(order.filled), "oid": int(order.id),
                "side": "B" if order.side == "buy" else "A", "time": order.at_ms, "dir": "Buy", "hash": "0x1",
                "crossed": False, "fee": str(order.fee), "tid": int(f"1{order.id}"), "cloid": order.client_id,
                "feeToken": "UETH" if order.side == "buy" else "USDC", "startPosition": "0",
            }
            for order in self.account.filled
        ]  # fmt: skip

    _userFillsByTime = _userFills  # noqa: N815


def _statuses(kind: str, told: list[Any]) -> Any:
    return {"status": "ok", "response": {"type": kind, "data": {"statuses": told}}}


def _order(order: Placed) -> dict[str, Any]:
    state = {"open": "open", "closed": "filled", "canceled": "canceled"}[order.status]
    return {
        "order": {
            "coin": COIN, "side": "B" if order.side == "buy" else "A", "limitPx": str(order.price),
            "sz": str(order.amount - order.filled), "oid": int(order.id), "timestamp": order.at_ms,
            "triggerCondition": "N/A", "isTrigger": False, "triggerPx": "0.0", "children": [],
            "isPositionTpsl": False, "reduceOnly": False, "orderType": order.kind.capitalize(),
            "origSz": str(order.amount), "tif": "Gtc", "cloid": order.client_id,
        },
        "status": state, "statusTimestamp": order.at_ms,
    }  # fmt: skip
