"""Write logins, failed ones and changes to what a login needs into the audit log.

A login never waits for the audit log to be writable: somebody has to be able to look after the bot. The
lines of failed logins are limited, since anybody can cause them and no line is ever removed.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from appliance.domain.audit import Commander
from appliance.domain.errors import Starting, StorageError
from appliance.queries.bot_slot import BotSlot

if TYPE_CHECKING:
    from appliance.bot.state.audit import Audit, Outcome

log = logging.getLogger(__name__)

FAILURES_AN_HOUR: Final = 30
_MOST_WAITING: Final = 100


class LoginJournal:
    """Add lines to the audit log of the bot, or of the workbench; until one has started they wait."""

    def __init__(self, slot: BotSlot) -> None:
        self._slot = slot
        self._waiting: deque[tuple[Commander, str]] = deque(maxlen=_MOST_WAITING)
        self._failed_at: deque[float] = deque()
        self._left_out = 0
        self._noted: dict[tuple[Commander, str], float] = {}
        self._task: asyncio.Task[None] | None = None
        slot.on_new_bot(lambda _: self._write_soon())

    async def note(self, by: Commander, what: str) -> None:
        """Write a line."""
        log.info("%s: %s (%s)", by.who, what, by.origin)
        self._waiting.append((by, what))
        await self._write()

    async def note_hourly(self, by: Commander, what: str, now: float) -> None:
        """Write a line unless the same was written within the hour: programs log in again and again."""
        self._noted = {line: at for line, at in self._noted.items() if now - at < 3600}
        if (by, what) not in self._noted and len(self._noted) < _MOST_WAITING:
            self._noted[by, what] = now
            await self.note(by, what)

    @asynccontextmanager
    async def command(self, by: Commander, what: str, summary: Callable[[], str]) -> "AsyncIterator[Outcome]":
        """Write a command before the block runs, and its outcome. Raises StorageError, Starting."""
        audit = self._audit
        if audit is None:
            raise Starting("The bot is starting; try again in a moment")
        async with audit.command(by, what, summary=summary) as outcome:
            yield outcome

    async def failed(self, origin: str, what: str, now: float) -> None:
        """Write a line about a failed login, of at most thirty an hour; the next one counts the others."""
        while self._failed_at and now - self._failed_at[0] > 3600:
            self._failed_at.popleft()
        if len(self._failed_at) >= FAILURES_AN_HOUR:
            self._left_out += 1
            return
        self._failed_at.append(now)
        if self._left_out:
            what += f"; before that {self._left_out} more, without a line of their own"
            self._left_out = 0
        await self.note(Commander("not logged in", origin), what)

    @property
    def _audit(self) -> "Audit | None":
        holder = self._slot.bot or self._slot.workbench
        return holder.audit if holder else None

    async def _write(self) -> None:
        audit = self._audit
        while audit is not None and self._waiting:
            by, what = self._waiting.popleft()
            try:
                await audit.note(by, what)
            except StorageError as error:
                log.error("The audit log cannot be written (%s); the line is: %s: %s", error, by.who, what)

    def _write_soon(self) -> None:
        if self._waiting:
            self._task = asyncio.ensure_future(self._write())
