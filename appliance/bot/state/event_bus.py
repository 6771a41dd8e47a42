"""Deliver events from where they are emitted to the listeners: the websocket hub, notifiers, the log."""

import logging
from collections import deque
from collections.abc import Callable
from typing import Any

from appliance.domain.message import Message, MessageType

log = logging.getLogger(__name__)

Listener = Callable[[Message], None]
"""Receives a message synchronously and must not block: slow work belongs in a queue of its own."""

MOST_EARLY = 1000
"""Messages stored until the first listeners subscribe: warnings of the start, a strategy's first messages."""


class EventBus:
    """Deliver each message to all listeners, in the event loop, in the order of the events."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._early: deque[Message] | None = deque(maxlen=MOST_EARLY)

    def begin(self) -> None:
        """Drop what was emitted while the bot was assembled: its listeners have received it by now."""
        self._early = None

    def subscribe(self, listener: Listener, *, from_the_start: bool = False) -> Callable[[], None]:
        """Add a listener; the returned function removes it.

        `from_the_start`: it first receives what was emitted while the bot was assembled.
        """
        for message in tuple(self._early or ()) if from_the_start else ():
            self._hand(message, listener)
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def emit(self, kind: MessageType, **fields: Any) -> None:
        """Deliver one message. A failing listener affects neither the bot nor the others."""
        message = Message(kind, fields)
        if self._early is not None:
            self._early.append(message)
        for listener in tuple(self._listeners):
            self._hand(message, listener)

    def warn(self, text: str) -> None:
        """Log a warning that a person should see, and emit it."""
        log.warning("%s", text)
        self.emit(MessageType.WARNING, status=text)

    def _hand(self, message: Message, listener: Listener) -> None:
        try:
            listener(message)
        except Exception:  # an edge: listeners belong to other layers, and trading goes on without them
            log.exception("A listener failed on a %s message", message.type.value)
