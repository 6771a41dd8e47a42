"""Hold a message on its way out, and the last of them for those who come back."""

import secrets
from collections import deque
from collections.abc import Collection
from typing import NamedTuple

from appliance.domain.message import MessageType
from appliance.server.websocket.frames import text_frame

MOST_KEPT_BYTES = 4 * 1024 * 1024
"""What is kept for listeners that lost their connection."""
_OBJECT_BYTES = 400
"""What a kept message costs beside its text."""


class Wish(NamedTuple):
    """Say what a listener wants: these types, numbered so that it can resume, deflated if large."""

    topics: frozenset[MessageType] = frozenset()
    numbered: bool = False
    deflated: bool = False


class Outgoing:
    """Hold one encoded message; its frames are made when first asked for, then kept."""

    __slots__ = ("_frames", "body", "position", "type")

    def __init__(self, kind: MessageType, body: bytes) -> None:
        self.type = kind
        self.body = body
        self.position = ""
        self._frames: dict[tuple[bool, bool], bytes] = {}

    def frame(self, wish: Wish) -> bytes:
        """Return the message as `wish` has it."""
        key = (wish.numbered, wish.deflated)
        frame = self._frames.get(key)
        if frame is None:
            body = self.body
            if wish.numbered:
                body = body[:-1] + b',"seq":"' + self.position.encode() + b'"}'
            frame = self._frames[key] = text_frame(body, deflated=wish.deflated)
        return frame


class Recent:
    """Number messages, and keep the last of the types that somebody who may come back has asked for.

    A position is a text such as "5f0c2a91:17": which run of the server, and the number within it.
    """

    def __init__(self, most_bytes: int = MOST_KEPT_BYTES) -> None:
        self._most = most_bytes
        self._run = secrets.token_hex(4)
        self._number = 0
        self._dropped = 0
        self._kept: deque[tuple[int, Outgoing]] = deque()
        self._bytes = 0
        self.types: frozenset[MessageType] = frozenset()

    @property
    def position(self) -> str:
        """Where the newest message stands."""
        return f"{self._run}:{self._number}"

    def keep(self, message: Outgoing) -> None:
        """Number a message, and keep it if its type is wanted; the oldest make room."""
        self._number += 1
        message.position = self.position
        if message.type not in self.types:
            return
        self._kept.append((self._number, message))
        self._bytes += len(message.body) + _OBJECT_BYTES
        while self._bytes > self._most:
            self._dropped, oldest = self._kept.popleft()
            self._bytes -= len(oldest.body) + _OBJECT_BYTES

    def since(self, position: str, topics: Collection[MessageType]) -> tuple[bool, list[Outgoing]]:
        """Return whether all that came after `position` is still here, and what is.

        An empty position begins anew: nothing came after it. One of another run may have missed anything.
        """
        if not position:
            return True, []
        run, _, text = position.partition(":")
        if run != self._run or not text.isdecimal() or len(text) > len(str(self._number)):
            return False, []
        last = int(text)
        if last > self._number:
            return False, []
        missed = [message for number, message in self._kept if number > last and message.type in topics]
        return last >= self._dropped, missed
