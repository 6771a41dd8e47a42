"""Say what a service is to the outbox: it makes letters of messages, and sends them."""

import logging
from typing import Protocol

from appliance.domain.errors import ApplianceError
from appliance.domain.message import Message
from appliance.domain.outbox_message import OutboxMessage
from appliance.notify.bot_facts import Facts

log = logging.getLogger(__name__)


class NotTaken(ApplianceError):
    """Say that a letter was not taken now: it waits. `retry_after` in seconds where the service said it."""

    def __init__(self, text: str, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(text)


class NeverTaken(ApplianceError):
    """Say that a service will not take this letter, however often it is sent."""


class Service(Protocol):
    """Be one receiver of messages, with a queue of its own."""

    name: str

    def compose(self, message: Message, facts: Facts) -> str | None:
        """Return the content of a letter; None where this service is not told. Does not wait."""

    async def send(self, letter: OutboxMessage, *, late: bool) -> None:
        """Deliver a letter; `late` if its reader should know how old it is. Raises NotTaken, NeverTaken."""


class Complaints:
    """Tell what is wrong with a template once, not with every message."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def tell(self, where: str, what: str) -> None:
        if where not in self._told:
            self._told.add(where)
            log.warning("%s: %s", where, what)
