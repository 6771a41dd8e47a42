"""Open the websocket, and answer what clients ask over it."""

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web

from appliance.domain.message import MessageType
from appliance.server.auth import DOORKEEPER
from appliance.server.desk import DESK
from appliance.server.hub import HUB, encoded, frame_message
from appliance.server.subscriber import NotUnderstood, Subscriber

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

MOST_CANDLES = 1500
HEARTBEAT_SECONDS = 30.0
LARGEST_REQUEST = 64 * 1024
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_TYPES = {kind.value: kind for kind in MessageType}


async def listen(request: web.Request) -> web.StreamResponse:
    """Open a websocket for a good token, and serve it until it closes; 403 otherwise."""
    door = request.app[DOORKEEPER]
    caller = await door.admit_listener(request)
    desk = request.app[DESK]
    desk.present_bot()
    socket = web.WebSocketResponse(
        heartbeat=HEARTBEAT_SECONDS, compress=False, max_msg_size=LARGEST_REQUEST, timeout=1.0
    )
    await socket.prepare(request)
    name = f"The websocket client {request.remote}"
    subscriber = Subscriber(socket, request.transport, name, lambda: door.admits_still(caller))

    async def answer(content: bytes) -> None:
        await _answer(subscriber, desk.present_bot(), content)

    await request.app[HUB].serve(subscriber, answer)
    return socket


async def _answer(subscriber: Subscriber, bot: "Bot", content: bytes) -> None:
    kind, data = _request(content)
    if kind == "subscribe":
        if isinstance(data, list) and data and all(isinstance(t, str) and t in _TYPES for t in data):
            subscriber.topics = frozenset(_TYPES[topic] for topic in data)
    elif kind == "whitelist":
        await subscriber.reply(encoded({"type": "whitelist", "data": list(bot.whitelist)}))
    elif kind == "analyzed_df" and isinstance(data, dict | None):
        await _send_frames(subscriber, bot, data)
    else:
        await subscriber.reply(encoded({"type": "exception", "data": f"Unknown request: {kind!s:.100}"}))


def _request(content: bytes) -> tuple[Any, Any]:
    """Return type and data of a request. Raises NotUnderstood if it is not JSON."""
    try:
        request = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NotUnderstood from None
    if not isinstance(request, dict):
        return None, None
    return request.get("type"), request.get("data")


async def _send_frames(subscriber: Subscriber, bot: "Bot", data: dict[str, Any] | None) -> None:
    """Send one message a pair: of the pair asked for, or of all that are traded."""
    asked = data or {}
    limit = asked.get("limit", MOST_CANDLES) if data else None
    pair = asked.get("pair")
    if not isinstance(limit, int | None) or not isinstance(pair, str | None):
        await subscriber.reply(encoded({"type": "exception", "data": "limit or pair is of a wrong type"}))
        return
    limit = min(limit, MOST_CANDLES) if limit else None
    timeframe, candle_type = bot.resolved.timeframe, bot.settings.trading_mode.value
    for name in [pair] if pair else list(bot.whitelist):
        found = bot.frames.get((name, timeframe))
        key = (name, timeframe, candle_type)
        frame, at = (found.frame, found.analyzed_at) if found else (None, _NEVER)
        await subscriber.reply(await asyncio.to_thread(frame_message, key, frame, at, limit))
