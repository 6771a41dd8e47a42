"""Carry the bot's announcements to all who listen over the websocket, each encoded once."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import WSCloseCode, web

from appliance.domain.message import Message, MessageType
from appliance.reports.views.candles import orient_split
from appliance.server.websocket.frames import text_frame
from appliance.server.websocket.replay_buffer import Outgoing, Recent, Wish
from appliance.server.websocket.subscriber import Subscriber

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

log = logging.getLogger(__name__)

AT_ONCE = 50
"""Listeners that are served before others in the event loop get their turn."""
REST_FACTOR, LONGEST_REST = 4, 0.05
"""Handing out rests four times as long as it took, at most this many seconds: what is announced meanwhile
goes out together, so that a thousand listeners take a part of the event loop and never all of it."""


class Hub:
    """Hold the subscribers, and hand each message to those that asked for its type, in order."""

    def __init__(self) -> None:
        self.recent = Recent()
        self._subscribers: set[Subscriber] = set()
        self._wanted: Counter[MessageType] = Counter()
        self._outbox: list[Message] = []
        self._carrying: asyncio.Task[None] | None = None
        self._leave: Callable[[], None] | None = None

    @property
    def number(self) -> int:
        """How many clients are connected."""
        return len(self._subscribers)

    @property
    def waiting(self) -> int:
        """Bytes that wait for slow readers."""
        return sum(one.waiting_bytes for one in self._subscribers)

    def follow(self, bot: "Bot") -> None:
        """Listen to what `bot` announces, and no longer to the one before it."""
        if self._leave:
            self._leave()
        self._leave = bot.events.subscribe(self.pass_on, from_the_start=True)

    def pass_on(self, message: Message) -> None:
        """Take a message to hand out; never waits."""
        if message.type not in self._wanted and message.type not in self.recent.types:
            return
        self._outbox.append(message)
        if self._carrying is None:
            self._carrying = asyncio.create_task(self._carry(), name="hub")

    def subscribe(self, subscriber: Subscriber, topics: Iterable[MessageType]) -> None:
        """Hand `subscriber` these types from now on; first, once, what one that came back has missed."""
        is_first = not subscriber.wish.topics
        self._no_longer_wanted(subscriber)
        subscriber.wish = wish = subscriber.wish._replace(topics=frozenset(topics))
        self._wanted.update(wish.topics)
        if wish.numbered:
            self.recent.types |= wish.topics
        if is_first and subscriber.resume is not None:
            complete, missed = self.recent.since(subscriber.resume, wish.topics)
            told = {"type": "resume", "data": {"complete": complete, "seq": self.recent.position}}
            subscriber.give(text_frame(encoded(told)))
            if missed:
                subscriber.give(b"".join(message.frame(wish) for message in missed))

    async def serve(self, subscriber: Subscriber, answer: "Callable[[bytes], Any]") -> None:
        """Keep `subscriber` until it leaves; `answer` is awaited with each request that it sends."""
        self._subscribers.add(subscriber)
        try:
            await subscriber.converse(answer)
        finally:
            self._subscribers.discard(subscriber)
            self._no_longer_wanted(subscriber)
            subscriber.wish = subscriber.wish._replace(topics=frozenset())

    async def close(self, _: web.Application) -> None:
        """Send everybody away: the server is closing."""
        if self._carrying is not None:
            self._carrying.cancel()
        leaving = [one.close(WSCloseCode.GOING_AWAY, "The bot is stopping") for one in self._subscribers]
        await asyncio.gather(*leaving, return_exceptions=True)

    def _no_longer_wanted(self, subscriber: Subscriber) -> None:
        """Count one less for each of its topics: to count all anew takes long where there are many."""
        for topic in subscriber.wish.topics:
            self._wanted[topic] -= 1
            if not self._wanted[topic]:
                del self._wanted[topic]

    async def _carry(self) -> None:
        """Hand out until nothing is left; what is announced meanwhile is the next round."""
        try:
            while self._outbox:
                announced, self._outbox = self._outbox, []
                messages = await self._encoded(announced)
                began = time.perf_counter()
                await self._hand_out(messages)
                took = time.perf_counter() - began
                await asyncio.sleep(min(REST_FACTOR * took, LONGEST_REST))
        finally:
            self._carrying = None

    async def _encoded(self, announced: Sequence[Message]) -> list[Outgoing]:
        """Encode messages, those with frames in a thread."""
        if any(message.type is MessageType.ANALYZED_DF for message in announced):
            return await asyncio.to_thread(_outgoing, announced)
        return _outgoing(announced)

    async def _hand_out(self, messages: Sequence[Outgoing]) -> None:
        for message in messages:
            self.recent.keep(message)
        # Who subscribes from here on hears of these by `recent`, or came too late for them.
        served = [(one, one.wish) for one in self._subscribers if one.wish.topics]
        together: dict[Wish, bytes] = {}
        for count, (one, wish) in enumerate(served, 1):
            frames = together.get(wish)
            if frames is None:
                frames = b"".join(message.frame(wish) for message in messages if message.type in wish.topics)
                together[wish] = frames
            if frames:
                one.give(frames)
            if count % AT_ONCE == 0:
                await asyncio.sleep(0)


def frame_message(key: Any, frame: Any, analyzed_at: Any, limit: int | None = None) -> bytes:
    """Encode an `analyzed_df` message; `key` is (pair, timeframe, candle type). Not for the event loop."""
    value = orient_split(frame, limit) if frame is not None else '{"columns":[],"index":[],"data":[]}'
    wrapped = {"__type__": "dataframe", "__value__": value}
    return encoded(
        {"type": "analyzed_df", "data": {"key": key, "df": wrapped, "la": analyzed_at.isoformat()}}
    )


def encoded(body: Any) -> bytes:
    """Encode a message; numbers of numpy become numbers, and what JSON does not know its text."""
    return msgspec.json.encode(body, enc_hook=_plain)


def _outgoing(announced: Iterable[Message]) -> list[Outgoing]:
    """Make messages ready to go out."""
    messages = []
    for message in announced:
        try:
            messages.append(Outgoing(message.type, _body(message)))
        except (
            Exception
        ):  # a strategy may put anything into its frame, or broken text: others are told theirs
            log.exception("A %s message cannot be written as JSON", message.type.value)
    return messages


def _body(message: Message) -> bytes:
    """Encode a message; of a frame its newest candle goes out, and who wants more asks for it."""
    if message.type is MessageType.ANALYZED_DF:
        data = message.fields["data"]
        return frame_message(data["key"], data["df"], data["la"], limit=1)
    return encoded(message.body())


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else str(value)


HUB = web.AppKey("hub", Hub)
