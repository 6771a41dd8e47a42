"""Hold notices for as long as they are true: announced once, shown on the dashboard until it ends."""

import logging
from typing import NamedTuple

from appliance.bot.state.event_bus import EventBus
from appliance.domain.message import MessageType

log = logging.getLogger(__name__)


class Notice(NamedTuple):
    """Say what is so. `bars_entries`: nothing is entered until it ends; open trades are protected."""

    text: str
    bars_entries: bool


class Notices:
    """Keep one notice a topic."""

    def __init__(self, events: EventBus) -> None:
        self._events = events
        self.findings: list[str] = []
        """What the start found that a person should look at."""
        self._current: dict[str, Notice] = {}

    @property
    def texts(self) -> list[str]:
        """What there is to say, what bars entries first."""
        ordered = sorted(self._current.values(), key=lambda notice: not notice.bars_entries)
        return [notice.text for notice in ordered]

    @property
    def bars(self) -> list[str]:
        """Why nothing is entered; empty where entries may go on."""
        return [notice.text for notice in self._current.values() if notice.bars_entries]

    def put(self, topic: str, text: str, *, bars_entries: bool = False) -> None:
        """Set the notice of a topic, and announce it where it is new."""
        notice = Notice(text, bars_entries)
        if self._current.get(topic) != notice:
            self._current[topic] = notice
            log.warning("%s", text)
            self._events.emit(MessageType.WARNING, status=text)

    def take_back(self, topic: str) -> None:
        """Let the notice of a topic end, if there is one."""
        self._current.pop(topic, None)
