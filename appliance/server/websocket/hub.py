"""Send the bot's messages to all subscribers of the websocket, each encoded once."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import WSCloseCode, web

from appliance.domain.message import Message, MessageType
from appliance.queries.decisions import news
from appliance.reports.views.candles import orient_split
from appliance.server.websocket.frames import text_frame
from appliance.server.websocket.replay_buffer import OutgoingMessage, ReplayBuffer, Subscription
from appliance.server.websocket.subscriber import Subscriber

if TYPE_CHECKING:
    from appliance.bot.bot import Bot
    from appliance.bot.decisions.decisions import Decisions, NewStep

log = logging.getLogger(__name__)

AT_ONCE = 50
"""Subscribers served before other tasks of the event loop run."""
PAUSE_FACTOR, LONGEST_PAUSE = 4, 0.05
"""After each round the hub pauses four times as long as it took, at most this many seconds. Messages emitted
meanwhile are sent together, so that a thousand subscribers never take all of the event loop."""


class Hub:
    """Hold the subscribers, and send each message to those subscribed to its type, in order."""

    def __init__(self) -> None:
        self.replay = ReplayBuffer()
        self._subscribers: set[Subscriber] = set()
        self._wanted: Counter[MessageType] = Counter()
        self._queue: list[Message] = []
        self._sending: asyncio.Task[None] | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._decisions: Decisions | None = None

    @property
    def number(self) -> int:
        """How many clients are connected."""
        return len(self._subscribers)

    @property
    def waiting(self) -> int:
        """Bytes queued for slow clients."""
        return sum(each.waiting_bytes for each in self._subscribers)

    def follow(self, bot: "Bot") -> None:
        """Subscribe to the messages of `bot` instead of those of the bot before it."""
        if self._unsubscribe:
            self._unsubscribe()
            if self._decisions:
                self._decisions.listeners.remove(self._publish_step)
        self._unsubscribe = bot.events.subscribe(self.publish, from_the_start=True)
        self._decisions = bot.decisions
        bot.decisions.listeners.append(self._publish_step)

    def publish(self, message: Message) -> None:
        """Queue a message to be sent; never waits."""
        if message.type not in self._wanted and message.type not in self.replay.types:
            return
        self._queue.append(message)
        if self._sending is None:
            self._sending = asyncio.create_task(self._send_queued(), name="hub")

    def _publish_step(self, step: "NewStep") -> None:
        """Queue a step of a decision, if anybody has subscribed to them; most bots have nobody."""
        if MessageType.DECISION in self._wanted or MessageType.DECISION in self.replay.types:
            self.publish(Message(MessageType.DECISION, {"data": step}))

    def subscribe(self, subscriber: Subscriber, topics: Iterable[MessageType]) -> None:
        """Send `subscriber` these types from now on; a resuming one first gets what it has missed."""
        is_first = not subscriber.subscription.topics
        self._unsubscribe_from_all(subscriber)
        subscriber.subscription = subscription = subscriber.subscription._replace(topics=frozenset(topics))
        self._wanted.update(subscription.topics)
        if subscription.numbered:
            self.replay.types |= subscription.topics
        if is_first and subscriber.resume is not None:
            complete, missed = self.replay.since(subscriber.resume, subscription.topics)
            answer = {"type": "resume", "data": {"complete": complete, "seq": self.replay.position}}
            subscriber.send(text_frame(encoded(answer)))
            if missed:
                subscriber.send(b"".join(message.frame(subscription) for message in missed))

    async def serve(self, subscriber: Subscriber, answer: "Callable[[bytes], Any]") -> None:
        """Serve `subscriber` until it disconnects; `answer` is awaited with each request that it sends."""
        self._subscribers.add(subscriber)
        try:
            await subscriber.serve_requests(answer)
        finally:
            self._subscribers.discard(subscriber)
            self._unsubscribe_from_all(subscriber)
            subscriber.subscription = subscriber.subscription._replace(topics=frozenset())

    async def close(self, _: web.Application) -> None:
        """Close all connections: the server is stopping."""
        if self._sending is not None:
            self._sending.cancel()
        closing = [each.close(WSCloseCode.GOING_AWAY, "The bot is stopping") for each in self._subscribers]
        await asyncio.gather(*closing, return_exceptions=True)

    def _unsubscribe_from_all(self, subscriber: Subscriber) -> None:
        """Decrement the count of each of its topics, without counting all subscribers again."""
        for topic in subscriber.subscription.topics:
            self._wanted[topic] -= 1
            if not self._wanted[topic]:
                del self._wanted[topic]

    async def _send_queued(self) -> None:
        """Send until the queue is empty; messages emitted meanwhile are the next round."""
        try:
            while self._queue:
                queued, self._queue = self._queue, []
                messages = await self._encoded(queued)
                began = time.perf_counter()
                await self._send_to_all(messages)
                took = time.perf_counter() - began
                await asyncio.sleep(min(PAUSE_FACTOR * took, LONGEST_PAUSE))
        finally:
            self._sending = None

    async def _encoded(self, queued: Sequence[Message]) -> list[OutgoingMessage]:
        """Encode messages, those with dataframes in a thread."""
        if any(message.type is MessageType.ANALYZED_DF for message in queued):
            return await asyncio.to_thread(_outgoing, queued)
        return _outgoing(queued)

    async def _send_to_all(self, messages: Sequence[OutgoingMessage]) -> None:
        for message in messages:
            self.replay.add(message)
        # Those who subscribe from here on get these messages by `replay`, or not at all.
        served = [(each, each.subscription) for each in self._subscribers if each.subscription.topics]
        together: dict[Subscription, bytes] = {}
        for count, (subscriber, subscription) in enumerate(served, 1):
            frames = together.get(subscription)
            if frames is None:
                frames = b"".join(
                    message.frame(subscription) for message in messages if message.type in subscription.topics
                )
                together[subscription] = frames
            if frames:
                subscriber.send(frames)
            if count % AT_ONCE == 0:
                await asyncio.sleep(0)


def dataframe_message(key: Any, frame: Any, analyzed_at: Any, limit: int | None = None) -> bytes:
    """Encode an `analyzed_df` message; `key` is (pair, timeframe, candle type). Not for the event loop."""
    value = orient_split(frame, limit) if frame is not None else '{"columns":[],"index":[],"data":[]}'
    wrapped = {"__type__": "dataframe", "__value__": value}
    return encoded(
        {"type": "analyzed_df", "data": {"key": key, "df": wrapped, "la": analyzed_at.isoformat()}}
    )


def encoded(body: Any) -> bytes:
    """Encode a message; numpy numbers become numbers, and types that JSON lacks their text."""
    return msgspec.json.encode(body, enc_hook=_plain)


def _outgoing(queued: Iterable[Message]) -> list[OutgoingMessage]:
    """Encode messages; leave out those that cannot be encoded."""
    messages = []
    for message in queued:
        try:
            messages.append(OutgoingMessage(message.type, _body(message)))
        except Exception:  # a strategy may put anything into its dataframe: other messages are still sent
            log.exception("Encoding a %s message as JSON failed", message.type.value)
    return messages


def _body(message: Message) -> bytes:
    """Encode a message; of a dataframe only its newest candle: clients request more if they need it."""
    if message.type is MessageType.ANALYZED_DF:
        data = message.fields["data"]
        return dataframe_message(data["key"], data["df"], data["la"], limit=1)
    if message.type is MessageType.DECISION:
        return encoded({"type": "decision", "data": news(message.fields["data"])})
    return encoded(message.body())


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else str(value)


HUB = web.AppKey("hub", Hub)
