"""Define what a service does: it composes messages for the outbox, and sends them."""

import logging
from typing import Protocol

from appliance.domain.errors import ApplianceError
from appliance.domain.message import Message
from appliance.domain.outbox_message import OutboxMessage
from appliance.notify.bot_facts import Facts

log = logging.getLogger(__name__)


class NotAccepted(ApplianceError):
    """Say that a message was not accepted now, and waits. `retry_after` in seconds, if given."""

    def __init__(self, text: str, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(text)


class Rejected(ApplianceError):
    """Say that a service rejects a message for good."""


class Service(Protocol):
    """Send messages to one receiver, which has a queue of its own."""

    name: str

    def compose(self, message: Message, facts: Facts) -> str | None:
        """Return the content of a message; None if this service does not send it. Does not wait."""

    def types(self) -> dict[str, str]:
        """Return how this service gets each type of message that it gets."""

    def test_content(self, text: str, facts: Facts) -> str:
        """Return the content of a test message, whatever types this service gets."""

    async def send(self, queued: OutboxMessage, *, late: bool) -> None:
        """Send a message; `late`: state its date, since it is old. Raises NotAccepted, Rejected."""


class TemplateWarnings:
    """Log what is wrong with a template once, not with every message."""

    def __init__(self) -> None:
        self._logged: set[str] = set()

    def log_once(self, where: str, problem: str) -> None:
        if where not in self._logged:
            self._logged.add(where)
            log.warning("%s: %s", where, problem)
