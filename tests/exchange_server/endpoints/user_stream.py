"""The websocket API under /ws-api/v3: signed questions, and the user-data stream."""

import asyncio
import json
from collections.abc import Callable

from aiohttp import WSMsgType, web

from tests.exchange_server.dialect import Refusal
from tests.exchange_server.disturbing import FAULTS
from tests.exchange_server.endpoints import account_calls, events, order_calls, signing
from tests.exchange_server.engine.exchange import EXCHANGE, Exchange
from tests.exchange_server.engine.ledger import Fill
from tests.exchange_server.engine.orders import Order

routes = web.RouteTableDef()
PATH = "/ws-api/v3"
_MATCH_EVERY_S = 0.1
_UNSIGNED = ("returnRateLimits",)
_CALLS: dict[str, Callable] = {
    "order.place": order_calls.new_order,
    "order.test": order_calls.test_order,
    "order.cancel": order_calls.cancel_order,
    "order.status": order_calls.query_order,
    "openOrders.status": order_calls.open_orders,
    "openOrders.cancelAll": order_calls.cancel_open_orders,
    "allOrders": order_calls.all_orders,
    "account.status": account_calls.account,
    "myTrades": account_calls.my_trades,
}


class _Session:
    """One connection: what it subscribed to, and what waits to be sent."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._waiting: asyncio.Queue[dict] = asyncio.Queue()
        self._subscription: int | None = None
        self._subscriptions = self._reports = 0
        exchange.engine.listeners.append(self._hear)

    def close(self) -> None:
        self._exchange.engine.listeners.remove(self._hear)

    @property
    def is_subscribed(self) -> bool:
        return self._subscription is not None

    async def next(self) -> dict:
        return await self._waiting.get()

    def answer(self, message: dict) -> None:
        """Put the answer to a question in line."""
        answer: dict = {"id": message.get("id")}
        try:
            answer |= {"status": 200, "result": self._result(message)}
        except Refusal as refusal:
            answer |= {"status": refusal.status, "error": refusal.body}
        self._waiting.put_nowait({**answer, "rateLimits": []})

    def _result(self, message: dict) -> object:
        method = message.get("method", "")
        given = {name: _text(value) for name, value in (message.get("params") or {}).items()}
        if method == "ping":
            return {}
        if method == "time":
            return {"serverTime": self._exchange.now()}
        if method == "userDataStream.unsubscribe":
            self._subscription = None
            return {}
        self._check(given)
        if method == "userDataStream.subscribe.signature":
            if self.is_subscribed:
                raise Refusal(-2035, "User Data Stream subscription already active.")
            self._subscription, self._subscriptions = self._subscriptions, self._subscriptions + 1
            return {"subscriptionId": self._subscription}
        if method not in _CALLS:
            raise Refusal(-1020, "This operation is not supported.")
        asked = {name: value for name, value in given.items() if name not in _UNSIGNED}
        return _CALLS[method](self._exchange, asked)

    def _check(self, given: dict[str, str]) -> None:
        text = "&".join(f"{name}={given[name]}" for name in sorted(given) if name != "signature")
        keys, now = self._exchange.settings.keys, self._exchange.now()
        signing.check(given.get("apiKey"), given, text, keys, now)

    def _hear(self, order: Order, what: str, fill: Fill | None, cancel_id: str) -> None:
        if not self.is_subscribed or (fill is not None and not self._exchange.told.is_told(fill)):
            return
        order = self._exchange.told.order(order)
        self._reports += 1
        now = self._exchange.now()
        self._send(events.execution_report(order, what, fill, cancel_id, self._reports, now))
        assets = {*order.pair.split("/"), *([fill.commission_asset] if fill else [])}
        self._send(events.account_position(self._exchange.ledger, assets, now))

    def _send(self, event: dict) -> None:
        self._waiting.put_nowait({"subscriptionId": self._subscription, "event": event})


@routes.get(PATH)
async def websocket_api(request: web.Request) -> web.StreamResponse:
    socket = web.WebSocketResponse(heartbeat=20)
    await socket.prepare(request)
    session = _Session(request.app[EXCHANGE])
    beside = [asyncio.ensure_future(work) for work in (_send(session, socket), _match(session, request))]
    try:
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                session.answer(json.loads(message.data))
    finally:
        session.close()
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
    return socket


async def _send(session: _Session, socket: web.WebSocketResponse) -> None:
    while True:
        await socket.send_json(await session.next())


async def _match(session: _Session, request: web.Request) -> None:
    """Match without being asked, so that a stream tells of fills; break off in an outage."""
    while True:
        await asyncio.sleep(_MATCH_EVERY_S)
        if request.app[FAULTS].is_outage(request.path) and request.transport is not None:
            request.transport.abort()
        if session.is_subscribed:
            request.app[EXCHANGE].engine.advance()


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
