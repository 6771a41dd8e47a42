"""Hold notices for as long as they are true: each is sent once, and shown on the dashboard until it ends."""

import logging
from typing import NamedTuple

from appliance.bot.state.event_bus import EventBus
from appliance.domain.message import MessageType

log = logging.getLogger(__name__)


class Notice(NamedTuple):
    """Hold a text. `bars_entries`: no entries until the notice ends; open trades are protected."""

    text: str
    bars_entries: bool


class Notices:
    """Hold one notice per topic."""

    def __init__(self, events: EventBus) -> None:
        self._events = events
        self.findings: list[str] = []
        """What the start found that a person should look at."""
        self._current: dict[str, Notice] = {}

    @property
    def texts(self) -> list[str]:
        """All notices, those that bar entries first."""
        ordered = sorted(self._current.values(), key=lambda notice: not notice.bars_entries)
        return [notice.text for notice in ordered]

    @property
    def bars(self) -> list[str]:
        """Why there are no entries; empty if entries are allowed."""
        return [notice.text for notice in self._current.values() if notice.bars_entries]

    def put(self, topic: str, text: str, *, bars_entries: bool = False) -> None:
        """Set the notice of a topic; log and emit it if it is new."""
        notice = Notice(text, bars_entries)
        if self._current.get(topic) != notice:
            self._current[topic] = notice
            log.warning("%s", text)
            self._events.emit(MessageType.WARNING, status=text)

    def take_back(self, topic: str) -> None:
        """End the notice of a topic, if there is one."""
        self._current.pop(topic, None)
