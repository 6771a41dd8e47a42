"""Carry announcements from where things happen to whoever listens: the websocket hub, notifiers, the log."""

import logging
from collections.abc import Callable
from typing import Any

from appliance.domain.message import Message, MessageType

log = logging.getLogger(__name__)

Listener = Callable[[Message], None]
"""Takes a message at once and must not wait: it puts what is slow into a queue of its own."""


class Announcer:
    """Hand each message to all listeners, in the event loop, in the order in which things happened."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Add a listener; the returned function takes it off again."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def announce(self, kind: MessageType, **fields: Any) -> None:
        """Make one message and hand it out. A listener that fails harms neither the bot nor the others."""
        message = Message(kind, fields)
        for listener in tuple(self._listeners):
            try:
                listener(message)
            except Exception:  # an edge: listeners belong to other floors, and trading goes on without them
                log.exception("A listener failed on a %s message", kind.value)
