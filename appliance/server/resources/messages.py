"""Open the websocket, and answer the requests of its clients."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web

from appliance.domain.message import MessageType
from appliance.server.auth.authenticator import AUTHENTICATOR
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.websocket.frames import text_frame
from appliance.server.websocket.hub import HUB, Hub, dataframe_message, encoded
from appliance.server.websocket.subscriber import CLOSE_SECONDS, MalformedRequest, OpenSocket, Subscriber
from appliance.threads import for_readers, reader

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

MOST_CANDLES = 1500
HEARTBEAT_SECONDS = 30.0
LARGEST_REQUEST = 64 * 1024
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_TYPES = {kind.value: kind for kind in MessageType}


async def listen(request: web.Request) -> web.StreamResponse:
    """Open a websocket for a valid token, and serve it until it closes; 403 otherwise.

    The origin of the page is not checked: it must have a token, and no cookie opens a websocket, so a page of
    another origin has no credentials of its visitor to use. FreqUI may be served from anywhere.
    """
    authenticator, slot, hub = request.app[AUTHENTICATOR], request.app[BOT_SLOT], request.app[HUB]
    caller = await authenticator.authenticate_websocket(request)
    reader.set(caller.credential)  # its requests take turns like others
    slot.require_bot()
    socket = web.WebSocketResponse(
        heartbeat=HEARTBEAT_SECONDS, max_msg_size=LARGEST_REQUEST, timeout=CLOSE_SECONDS
    )
    writer = await socket.prepare(request)
    if request.transport is None:  # disconnected already
        return socket
    subscriber = Subscriber(
        OpenSocket(socket, writer, request.transport),
        f"The websocket client {request.remote}",
        lambda: authenticator.is_still_valid(caller),
        request.query.get("resume"),
    )

    async def answer(content: bytes) -> None:
        await _answer(hub, subscriber, slot.require_bot(), content)

    await hub.serve(subscriber, answer)
    return socket


async def _answer(hub: Hub, subscriber: Subscriber, bot: "Bot", content: bytes) -> None:
    kind, data = _request(content)
    if kind == "subscribe":
        if isinstance(data, list) and data and all(isinstance(t, str) and t in _TYPES for t in data):
            hub.subscribe(subscriber, [_TYPES[topic] for topic in data])
    elif kind == "whitelist":
        await _reply(subscriber, {"type": "whitelist", "data": bot.followed_pairs})
    elif kind == "analyzed_df" and isinstance(data, dict | None):
        await _send_frames(subscriber, bot, data)
    else:
        await _reply(subscriber, {"type": "exception", "data": f"Unknown request: {kind!s:.100}"})


def _request(content: bytes) -> tuple[Any, Any]:
    """Return type and data of a request. Raises MalformedRequest if it is not JSON."""
    try:
        request = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise MalformedRequest from None
    if not isinstance(request, dict):
        return None, None
    return request.get("type"), request.get("data")


async def _send_frames(subscriber: Subscriber, bot: "Bot", data: dict[str, Any] | None) -> None:
    """Send one message for the requested pair, or for each of all traded pairs."""
    options = data or {}
    limit = options.get("limit", MOST_CANDLES) if data else None
    pair = options.get("pair")
    if not isinstance(limit, int | None) or not isinstance(pair, str | None):
        await _reply(subscriber, {"type": "exception", "data": "limit or pair is of a wrong type"})
        return
    limit = min(limit, MOST_CANDLES) if limit else None
    timeframe, candle_type = bot.resolved.timeframe, bot.settings.trading_mode.value
    for name in [pair] if pair else list(bot.followed_pairs):
        found = bot.frames.get((name, timeframe))
        key = (name, timeframe, candle_type)
        frame, at = (found.frame, found.analyzed_at) if found else (None, _NEVER)
        await subscriber.reply(
            await for_readers(_framed, key, frame, at, limit, subscriber.subscription.deflated)
        )


def _framed(key: Any, frame: Any, analyzed_at: datetime, limit: int | None, deflated: bool) -> bytes:
    return text_frame(dataframe_message(key, frame, analyzed_at, limit), deflated=deflated)


async def _reply(subscriber: Subscriber, body: Any) -> None:
    await subscriber.reply(text_frame(encoded(body)))
