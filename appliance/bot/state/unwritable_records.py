"""List the records that can never be written as they are: each is reported once, and stays listed."""

import logging
from collections.abc import Hashable

from appliance.bot.state.event_bus import EventBus
from appliance.domain.errors import UnwritableRecord
from appliance.domain.message import MessageType

log = logging.getLogger(__name__)


class UnwritableRecords:
    """Hold the records that could not be written, by key, with the reason. The database itself works."""

    def __init__(self, events: EventBus) -> None:
        self._events = events
        self._reasons: dict[Hashable, str] = {}
        self._reported: set[str] = set()

    @property
    def reasons(self) -> list[str]:
        """One line for each record that is set aside, the oldest first."""
        return list(self._reasons.values())

    def __contains__(self, key: Hashable) -> bool:
        return key in self._reasons

    def add(self, key: Hashable, what: str, error: UnwritableRecord, meanwhile: str) -> None:
        """Add a record; `what` names it, `meanwhile` says what follows until it is written."""
        if key not in self._reasons:
            self.report_once(f"{what} is not in the database: {error}. {meanwhile}")
        self._reasons[key] = f"{what} is not in the database: {error}"

    def written(self, key: Hashable, what: str) -> None:
        """Note that a record could be written after all."""
        if self._reasons.pop(key, None) is not None:
            self._reported = {text for text in self._reported if not text.startswith(what)}
            self._report(f"{what} is in the database now: nothing is missing")

    def gone(self, key: Hashable) -> None:
        """Drop a record that is no longer needed."""
        self._reasons.pop(key, None)

    def report_once(self, text: str) -> None:
        """Report a text that would otherwise be repeated with every attempt."""
        if text not in self._reported:
            self._reported.add(text)
            self._report(text)

    def _report(self, text: str) -> None:
        log.warning("%s", text)
        self._events.emit(MessageType.WARNING, status=text)
