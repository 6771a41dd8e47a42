"""Write commands and configuration changes to the audit log. Nothing else writes to it.

A command is recorded before it is carried out, and its outcome afterwards: two lines, the second names the
first. A command without a second line is one during which the program was killed.

If the line cannot be written the command is refused, unless it only takes risk away (`protective`): stopping
the bot must be possible when the disk is full. Its line then goes to the program's log, and is written as
soon as possible.
"""

import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from appliance.config.secrets import Mask
from appliance.domain.audit import AuditLine, AuditRecord, Commander
from appliance.domain.errors import ApplianceError, StorageError, UnwritableRecord

log = logging.getLogger(__name__)

PROGRAM = Commander("appliance", "the program itself")
"""The commander of everything that no client has commanded."""

_LONGEST = 2_000
_LONGEST_NAME = 100
_MOST_DEFERRED = 1_000

_commander: ContextVar[Commander] = ContextVar("commander", default=PROGRAM)

Write = Callable[[AuditRecord], Awaitable[AuditLine]]


def commander() -> Commander:
    """Return the commander of the current task."""
    return _commander.get()


@dataclass
class Outcome:
    """Hold the text for the second line of a command."""

    said: str = "done"


class Audit:
    """Add to the audit log. `write` puts a record on disk, or raises `StorageError`."""

    def __init__(self, write: Write, now: Callable[[], datetime]) -> None:
        self._write = write
        self._now = now
        self._mask = Mask()
        self._deferred: deque[AuditRecord] = deque(maxlen=_MOST_DEFERRED)

    def learn(self, configuration: Any) -> None:
        """Learn the secrets of a configuration: they are masked in every line from now on."""
        self._mask.learn(configuration)

    async def note(
        self, by: Commander, what: str, *, before: str | None = None, after: str | None = None
    ) -> AuditLine:
        """Write one line, on disk when it returns. Raises `StorageError`."""
        await self._write_deferred()
        return await self._write(self._record(by, what, before, after))

    @asynccontextmanager
    async def command(
        self, by: Commander, what: str, *, summary: Callable[[], str], protective: bool = False
    ) -> AsyncIterator[Outcome]:
        """Record that `by` commands `what`, run the block, and record its outcome.

        `summary` describes the state before and afterwards. Raises `StorageError` before the block runs,
        unless the command is `protective`.
        """
        try:
            number = str((await self.note(by, what, before=summary())).number)
        except StorageError as error:
            if not protective:
                raise StorageError(f"not done, because the audit log cannot be written: {error}") from error
            self._defer(self._record(by, what, summary(), None), error)
            number = "what could not be written at once"
        outcome, token = Outcome(), _commander.set(by)
        try:
            yield outcome
        except BaseException as error:
            reason = str(error) if isinstance(error, ApplianceError) else type(error).__name__
            outcome.said = f"not done: {reason}"
            raise
        finally:
            _commander.reset(token)
            await self._note_or_defer(by, f"outcome of {number}", f"{outcome.said} ({summary()})")

    async def _note_or_defer(self, by: Commander, what: str, after: str) -> None:
        try:
            await self.note(by, what, after=after)
        except StorageError as error:
            self._defer(self._record(by, what, None, after), error)

    def _defer(self, record: AuditRecord, error: StorageError) -> None:
        text = msgspec.json.encode(record).decode()
        log.error("The audit log cannot be written (%s); the line is: %s", error, text)
        self._deferred.append(record)

    async def _write_deferred(self) -> None:
        """Write deferred lines, each with its original time."""
        while self._deferred:
            record = self._deferred.popleft()
            try:
                await self._write(record)
            except UnwritableRecord as error:  # it is in the log; do not block the others
                log.error("A line of the audit log is dropped: %s", error)
            except StorageError:
                self._deferred.appendleft(record)
                raise

    def _record(self, by: Commander, what: str, before: str | None, after: str | None) -> AuditRecord:
        return AuditRecord(
            at=self._now(),
            who=_shortened(by.who, _LONGEST_NAME),
            origin=_shortened(by.origin, _LONGEST_NAME),
            what=self._masked(what) or "",
            before=self._masked(before),
            after=self._masked(after),
        )

    def _masked(self, text: str | None) -> str | None:
        return None if text is None else _shortened(self._mask(text), _LONGEST)


def _shortened(text: str, longest: int) -> str:
    # Text that is not valid UTF-8 (lone surrogates from JSON) must not prevent a line.
    text = text.encode(errors="replace").decode()
    return text if len(text) <= longest else text[: longest - 1] + "…"
