"""Deliver the letters of one service, in order, for as long as it takes."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from appliance.domain.errors import StorageError
from appliance.domain.outbox_message import OutboxMessage
from appliance.notify.service import NeverTaken, NotTaken, Service
from appliance.storage.tables.outbox import Outbox

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 300.0
"""Seconds after the first failure; each further one doubles them."""
LATE = timedelta(minutes=2)
_AT_ONCE = 20


class Delivery:
    """Take letters out of the outbox and give them to their service.

    A letter is struck out once its service has taken it: after a crash in between it is sent again.
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
        self._delivered = ""
        self.settled = asyncio.Event()
        """Set while there is nothing to do, or nothing that can be done now."""

    def wake(self) -> None:
        """Look again at once: there are new letters, or new settings."""
        self._woken.set()

    def more(self) -> None:
        """Look for new letters, unless the service cannot be reached anyway."""
        if not self._failures:
            self.settled.clear()
            self._woken.set()

    async def run(self) -> None:
        """Deliver until cancelled."""
        while True:
            self._woken.clear()
            try:
                await self._deliver_all()
                self._failures = 0  # also where what could not be delivered has expired meanwhile
                self.settled.set()
                await self._woken.wait()
            except NotTaken as reason:
                await self._pause(str(reason), reason.retry_after)
            except StorageError as error:
                await self._pause(str(error), None)

    async def _deliver_all(self) -> None:
        while letters := await self.outbox.next(self.service.name, _AT_ONCE):
            for letter in letters:
                await self._deliver(letter)

    async def _deliver(self, letter: OutboxMessage) -> None:
        if letter.key != self._delivered:
            try:
                await self.service.send(letter, late=self._now() - letter.created_at > LATE)
            except NotTaken:
                raise
            except NeverTaken as reason:
                log.warning("%s: a message was refused and is dropped: %s", self.service.name, reason)
            except Exception:  # the edge to the services: one letter that cannot be sent stops no other
                log.exception("%s: a message could not be sent and is dropped", self.service.name)
            self._delivered = letter.key
        await self.outbox.taken(letter)
        if self._failures:
            log.info("%s: messages are delivered again", self.service.name)
            self._failures = 0

    async def _pause(self, reason: str, retry_after: float | None) -> None:
        if self._failures == 0:
            log.warning("%s: messages wait: %s; trying again", self.service.name, reason)
        pause = min(self._first_pause * 2.0 ** min(self._failures, 20), LONGEST_PAUSE)
        self._failures += 1
        self.settled.set()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), max(pause, min(retry_after or 0.0, LONGEST_PAUSE)))
