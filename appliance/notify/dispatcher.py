"""Send the queued messages of one service, in order, and retry until it accepts them."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from appliance.domain.errors import StorageError
from appliance.domain.outbox_message import OutboxMessage
from appliance.notify.service import NotAccepted, Rejected, Service
from appliance.storage.tables.outbox import Outbox

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 300.0
"""Seconds after the first failure; each further one doubles them."""
LATE = timedelta(minutes=2)
_AT_ONCE = 20


class Dispatcher:
    """Send the messages of the outbox to their service.

    A message is deleted once its service has accepted it: after a crash in between it is sent again.
    """

    def __init__(
        self, service: Service, outbox: Outbox, now: Callable[[], datetime], pause: float = FIRST_PAUSE
    ) -> None:
        self.service = service
        self.outbox = outbox
        self._now = now
        self._first_pause = pause
        self._woken = asyncio.Event()
        self._failures = 0
        self._last_sent = ""
        self.trouble = ""
        """Why the last attempt failed; empty if it did not."""
        self.failing_since: datetime | None = None
        self.last_sent_at: datetime | None = None
        self.idle = asyncio.Event()
        """Set while nothing is queued, or the service does not accept messages."""

    def wake(self) -> None:
        """Try again at once: there are new settings."""
        self._woken.set()

    def notify(self) -> None:
        """Send new messages, unless an attempt failed and the pause is not over."""
        if not self._failures:
            self.idle.clear()
            self._woken.set()

    async def send_now(self, content: str) -> None:
        """Send one message beside the queue. Raises NotAccepted, Rejected.

        Once it is accepted, the queue is tried again at once.
        """
        message = OutboxMessage(service=self.service.name, created_at=self._now(), content=content)
        await self.service.send(message, late=False)
        self._note_sent()
        self.wake()

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            self._woken.clear()
            try:
                await self._send_all()
                self._failures = 0  # also if the message that failed has expired meanwhile
                self.idle.set()
                await self._woken.wait()
            except NotAccepted as reason:
                await self._pause(str(reason), reason.retry_after)
            except StorageError as error:
                await self._pause(str(error), None)

    async def _send_all(self) -> None:
        while messages := await self.outbox.next(self.service.name, _AT_ONCE):
            for message in messages:
                await self._send(message)

    async def _send(self, message: OutboxMessage) -> None:
        if message.key != self._last_sent:
            try:
                await self.service.send(message, late=self._now() - message.created_at > LATE)
                self._note_sent()
            except NotAccepted:
                raise
            except Rejected as reason:
                self.trouble = f"a message was rejected: {reason}"
                log.warning("%s: a message was rejected and is dropped: %s", self.service.name, reason)
            except Exception:  # the edge to the services: a message that cannot be sent stops no other
                log.exception("%s: sending a message failed; it is dropped", self.service.name)
            self._last_sent = message.key
        await self.outbox.remove(message)
        if self._failures:
            log.info("%s: messages are sent again", self.service.name)
            self._failures = 0

    def _note_sent(self) -> None:
        self.trouble, self.failing_since, self.last_sent_at = "", None, self._now()

    async def _pause(self, reason: str, retry_after: float | None) -> None:
        if self._failures == 0:
            log.warning("%s: sending failed: %s; messages wait, trying again", self.service.name, reason)
        self.trouble = reason
        self.failing_since = self.failing_since or self._now()
        pause = min(self._first_pause * 2.0 ** min(self._failures, 20), LONGEST_PAUSE)
        self._failures += 1
        self.idle.set()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), max(pause, min(retry_after or 0.0, LONGEST_PAUSE)))
