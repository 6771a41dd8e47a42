"""Carry the bot's announcements to all who listen over the websocket, each encoded once."""

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import WSCloseCode, web

from appliance.domain.message import Message, MessageType
from appliance.reports.candles import orient_split
from appliance.server.subscriber import Subscriber

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

log = logging.getLogger(__name__)


class Hub:
    """Hold the subscribers, and hand each message to those that asked for its type."""

    def __init__(self) -> None:
        self._subscribers: set[Subscriber] = set()
        self._leave: Callable[[], None] | None = None
        self._encoding: set[asyncio.Task[None]] = set()

    def follow(self, bot: "Bot") -> None:
        """Listen to what `bot` announces, and no longer to the one before it."""
        if self._leave:
            self._leave()
        self._leave = bot.announcer.subscribe(self.pass_on)

    def pass_on(self, message: Message) -> None:
        """Hand a message out; never waits."""
        listeners = [one for one in self._subscribers if message.type in one.topics]
        if not listeners:
            return
        if message.type is MessageType.ANALYZED_DF:
            task = asyncio.create_task(self._pass_on_frame(message))
            self._encoding.add(task)
            task.add_done_callback(self._encoding.discard)
            return
        _hand_out(encoded(message.body()), listeners)

    async def serve(self, subscriber: Subscriber, answer: "Callable[[bytes], Any]") -> None:
        """Keep `subscriber` until it leaves; `answer` is awaited with each request that it sends."""
        self._subscribers.add(subscriber)
        try:
            await subscriber.converse(answer)
        finally:
            self._subscribers.discard(subscriber)

    async def close(self, _: web.Application) -> None:
        """Send everybody away: the server is closing."""
        leaving = [one.close(WSCloseCode.GOING_AWAY, "The bot is stopping") for one in self._subscribers]
        await asyncio.gather(*leaving, return_exceptions=True)

    async def _pass_on_frame(self, message: Message) -> None:
        """Encode a frame in a thread, then hand it out to those who want it by then."""
        data = message.fields["data"]
        body = await asyncio.to_thread(frame_message, data["key"], data["df"], data["la"])
        _hand_out(body, [one for one in self._subscribers if message.type in one.topics])


def frame_message(key: Any, frame: Any, analyzed_at: Any, limit: int | None = None) -> bytes:
    """Encode an `analyzed_df` message; `key` is (pair, timeframe, candle type). Not for the event loop."""
    value = orient_split(frame, limit) if frame is not None else '{"columns":[],"index":[],"data":[]}'
    wrapped = {"__type__": "dataframe", "__value__": value}
    return encoded({"type": "analyzed_df", "data": {"key": key, "df": wrapped, "la": analyzed_at}})


def encoded(body: Any) -> bytes:
    """Encode a message; numbers of numpy become numbers, and what JSON does not know its text."""
    return msgspec.json.encode(body, enc_hook=_plain)


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else str(value)


def _hand_out(body: bytes, listeners: list[Subscriber]) -> None:
    for one in listeners:
        one.give(body)


HUB = web.AppKey("hub", Hub)
