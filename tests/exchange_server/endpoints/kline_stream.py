"""Public streams: candles as they form, under /ws and /stream."""

import asyncio
import json

from aiohttp import WSMsgType, web

from appliance.domain import timeframe as timeframes
from tests.exchange_server.dialect import symbol_of
from tests.exchange_server.disturbing import FAULTS
from tests.exchange_server.endpoints.public import kline
from tests.exchange_server.engine.exchange import EXCHANGE, Exchange

routes = web.RouteTableDef()
_EVERY_S = 1.0
_FIELDS = ("t", "o", "h", "l", "c", "v", "T", "q", "n", "V", "Q", "B")
_KLINE = "@kline_"


class Subscriber:
    """One connection and what it wants to hear; `combined` wraps events with their stream's name."""

    def __init__(self, exchange: Exchange, socket: web.WebSocketResponse, combined: bool) -> None:
        self._exchange, self._socket, self.combined = exchange, socket, combined
        self.streams: dict[str, int | None] = {}
        """Stream by name, and which candle it told of last (its open time, ms)."""

    async def answer(self, message: dict) -> None:
        result: object = None
        names = message.get("params") or []
        match message.get("method"):
            case "SUBSCRIBE":
                self.streams |= {name: None for name in names if name not in self.streams}
            case "UNSUBSCRIBE":
                self.streams = {name: seen for name, seen in self.streams.items() if name not in names}
            case "LIST_SUBSCRIPTIONS":
                result = list(self.streams)
            case "SET_PROPERTY":
                self.combined = bool(names[1])
            case _:
                told = {"code": 2, "msg": "Invalid request: unknown variant"}
                await self._socket.send_json({"error": told, "id": message.get("id")})
                return
        await self._socket.send_json({"result": result, "id": message.get("id")})

    async def tell(self) -> None:
        """Send each stream's candle, after the last state of the one before it."""
        for name, seen in list(self.streams.items()):
            symbol, kind, interval = name.partition(_KLINE)
            pair = self._exchange.pairs.get(symbol.upper())
            if not kind or pair is None or interval not in self._exchange.market.timeframes:
                continue
            candles = await self._exchange.market.fetch_candles(pair, interval, since_ms=seen, limit=None)
            newest = candles.tolist()[-1:] if seen is None else candles.tolist()
            for candle in newest:
                await self._send(name, pair, interval, candle, closed=candle is not newest[-1])
            if name in self.streams and newest:
                self.streams[name] = int(newest[-1][0])

    async def _send(self, name: str, pair: str, interval: str, candle: list, closed: bool) -> None:
        market = self._exchange.market.markets[pair]
        values = dict(zip(_FIELDS, kline(candle, interval, market), strict=True))
        symbol = symbol_of(market)
        values |= {"s": symbol, "i": interval, "f": 1, "L": 1, "x": closed}
        values["T"] = timeframes.next_open_ms(interval, int(candle[0])) - 1
        event = {"e": "kline", "E": self._exchange.now(), "s": symbol, "k": values}
        await self._socket.send_json({"stream": name, "data": event} if self.combined else event)


@routes.get("/ws")
@routes.get("/ws/{name}")
@routes.get("/stream")
@routes.get("/stream/ws")
@routes.get("/stream/ws/{name}")
async def streams(request: web.Request) -> web.StreamResponse:
    socket = web.WebSocketResponse(heartbeat=20)
    await socket.prepare(request)
    subscriber = Subscriber(request.app[EXCHANGE], socket, combined=request.path == "/stream")
    wanted = request.query.get("streams", request.match_info.get("name", ""))
    subscriber.streams = dict.fromkeys((name for name in wanted.split("/") if "@" in name), None)
    telling = asyncio.ensure_future(_tell(subscriber, request))
    try:
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                await subscriber.answer(json.loads(message.data))
    finally:
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)
    return socket


async def _tell(subscriber: Subscriber, request: web.Request) -> None:
    while True:
        if request.app[FAULTS].is_outage(request.path) and request.transport is not None:
            request.transport.abort()
        await subscriber.tell()
        await asyncio.sleep(_EVERY_S)
