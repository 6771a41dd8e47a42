"""Hold outgoing messages, and a buffer of the last ones for clients that reconnect."""

import secrets
from collections import deque
from collections.abc import Collection
from typing import NamedTuple

from appliance.domain.message import MessageType
from appliance.server.websocket.frames import text_frame

MOST_BUFFERED_BYTES = 4 * 1024 * 1024
"""Size of the buffer for clients that have lost their connection."""
_OBJECT_BYTES = 400
"""Memory of a buffered message besides its text."""


class Subscription(NamedTuple):
    """Hold what a subscriber gets: these types, numbered so that it can resume, deflated if large."""

    topics: frozenset[MessageType] = frozenset()
    numbered: bool = False
    deflated: bool = False


class OutgoingMessage:
    """Hold one encoded message; its frames are built when first needed, then cached."""

    __slots__ = ("_frames", "body", "position", "type")

    def __init__(self, kind: MessageType, body: bytes) -> None:
        self.type = kind
        self.body = body
        self.position = ""
        self._frames: dict[tuple[bool, bool], bytes] = {}

    def frame(self, subscription: Subscription) -> bytes:
        """Return the frame of the message for `subscription`."""
        key = (subscription.numbered, subscription.deflated)
        frame = self._frames.get(key)
        if frame is None:
            body = self.body
            if subscription.numbered:
                body = body[:-1] + b',"seq":"' + self.position.encode() + b'"}'
            frame = self._frames[key] = text_frame(body, deflated=subscription.deflated)
        return frame


class ReplayBuffer:
    """Number messages, and buffer the last of the types to which resumable clients have subscribed.

    A position is a text such as "5f0c2a91:17": a run of the server, and the number within it.
    """

    def __init__(self, most_bytes: int = MOST_BUFFERED_BYTES) -> None:
        self._most = most_bytes
        self._run = secrets.token_hex(4)
        self._number = 0
        self._dropped = 0
        self._buffered: deque[tuple[int, OutgoingMessage]] = deque()
        self._bytes = 0
        self.types: frozenset[MessageType] = frozenset()

    @property
    def position(self) -> str:
        """The position of the newest message."""
        return f"{self._run}:{self._number}"

    def add(self, message: OutgoingMessage) -> None:
        """Number a message, and buffer it if its type is wanted; the oldest are dropped."""
        self._number += 1
        message.position = self.position
        if message.type not in self.types:
            return
        self._buffered.append((self._number, message))
        self._bytes += len(message.body) + _OBJECT_BYTES
        while self._bytes > self._most:
            self._dropped, oldest = self._buffered.popleft()
            self._bytes -= len(oldest.body) + _OBJECT_BYTES

    def since(self, position: str, topics: Collection[MessageType]) -> tuple[bool, list[OutgoingMessage]]:
        """Return whether all messages after `position` are still buffered, and those that are.

        An empty position is a new start: nothing was missed. After one of another run anything may be
        missing.
        """
        if not position:
            return True, []
        run, _, text = position.partition(":")
        if run != self._run or not text.isdecimal() or len(text) > len(str(self._number)):
            return False, []
        last = int(text)
        if last > self._number:
            return False, []
        missed = [message for number, message in self._buffered if number > last and message.type in topics]
        return last >= self._dropped, missed
