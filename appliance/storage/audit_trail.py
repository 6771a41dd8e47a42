"""Write the audit log and store its head beside the database: one writer, in order.

A head that contradicts the log stays in its file, as evidence. Where there is none, or it belongs to a
database that had this file name before (a dry-run that was reset), that is reported once: in the program's
log, in a line of the audit log and, after a reset, in the file too.
"""

import logging
import sqlite3
from pathlib import Path
from typing import NamedTuple

from appliance.domain.audit import (
    UNPROVEN,
    AnchorState,
    AuditChoice,
    AuditLine,
    AuditPage,
    AuditRecord,
    Evidence,
    Head,
    Judgement,
    judge,
    off_the_chain,
)
from appliance.storage import audit_anchor
from appliance.storage.audit_anchor import Anchor
from appliance.storage.database.connections import in_one_turn
from appliance.storage.database.database import Database
from appliance.storage.tables import audit
from appliance.storage.tables.audit import End
from appliance.threads import for_books

log = logging.getLogger(__name__)

_WHO, _ORIGIN = "appliance", "the program itself"


class _Added(NamedTuple):
    line: AuditLine
    database: str | None
    evidence: Evidence


class AuditTrail:
    """Add to the audit log of a database and judge it. All methods raise StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._file = audit_anchor.anchor_file(database.file) if database.file else None
        self._written = self._stored = 0
        self._reported: str | None = None
        self._notes: tuple[str, ...] = ()
        self._fails = False

    async def add(self, record: AuditRecord) -> AuditLine:
        """Add a line, and write its hash to the file beside the database."""
        write = self._database.write_at_once(lambda each: self._added(each, record), self._store_head)
        return (await self._database.complete(write)).line

    async def lines(self, limit: int | None = None, offset: int = 0) -> list[AuditLine]:
        """Return the lines, oldest first; with `limit` the newest ones, without the `offset` newest."""
        async with self._database.snapshot() as connection:
            return await audit.read(connection, limit, offset)

    async def chosen(self, choice: AuditChoice, limit: int, offset: int = 0) -> AuditPage:
        """Return one page of the chosen lines, newest first, each with its outcome."""
        async with self._database.snapshot() as connection:
            return await audit.chosen(connection, choice, limit, offset)

    async def judgement(self) -> Judgement:
        """Verify every line, in the thread of the connection: a hundred thousand take some seconds."""
        async with self._database.snapshot() as connection:
            return await in_one_turn(
                connection, lambda each: judge(audit.all_lines(each), self._evidence(each))
            )

    async def about_trade(self, trade_id: int, limit: int) -> list[AuditLine]:
        """Return the newest lines about a trade, oldest first."""
        async with self._database.snapshot() as connection:
            return await audit.about_trade(connection, trade_id, limit)

    async def head(self) -> Head:
        """Return number and hash of the last line."""
        async with self._database.snapshot() as connection:
            return (await in_one_turn(connection, audit.end)).head

    async def move(self, file: Path) -> None:
        """Store the head beside the database at `file` from now on. Raises StorageError."""
        async with self._database.snapshot() as connection:
            head, _, made = await in_one_turn(connection, audit.end)
        self._file, self._stored, self._written = audit_anchor.anchor_file(file), 0, 0
        if head.number:
            await for_books(self._write, head, made)

    async def anchor(self) -> Anchor:
        """Return the content of the file beside the database; an empty one for a database in memory."""
        return await for_books(self._anchor) or Anchor()

    async def evidence(self) -> Evidence:
        """Compare the log with the head stored beside the database."""
        async with self._database.snapshot() as connection:
            return await in_one_turn(connection, self._evidence)

    async def fault(self) -> str | None:
        """Return why the log is not proven to be complete and unchanged; None if it is."""
        return (await self.evidence()).reason

    def _anchor(self) -> Anchor | None:
        return audit_anchor.read(self._file) if self._file else None

    def _evidence(self, connection: sqlite3.Connection) -> Evidence:
        behind = self._written > self._stored
        anchor = self._anchor()
        return _judged(connection, anchor, audit.end(connection, _number_of(anchor)), behind=behind)

    def _added(self, connection: sqlite3.Connection, record: AuditRecord) -> _Added:
        behind = self._written > self._stored
        anchor = self._anchor()
        end = audit.end(connection, _number_of(anchor))
        last = end.head
        evidence = _judged(connection, anchor, end, behind=behind)
        if evidence.state in (AnchorState.MISSING, AnchorState.ANOTHER):
            if evidence.reason != self._reported:
                log.warning("The audit log is not proven whole: %s", evidence.reason)
                begins = UNPROVEN if evidence.state is AnchorState.MISSING else "audit log: "
                finding = AuditRecord(
                    at=record.at, who=_WHO, origin=_ORIGIN, what=f"{begins}{evidence.reason}"
                )
                added = audit.append(connection, finding, last)
                last = Head(added.number, added.chained)
            if evidence.state is AnchorState.ANOTHER:
                self._notes = (f"{record.at:%Y-%m-%d %H:%M:%S} UTC: {evidence.reason}",)
        self._reported = evidence.reason
        line = audit.append(connection, record, last)
        self._written = line.number
        return _Added(line, end.made, evidence)

    def _store_head(self, added: _Added) -> None:
        """Store the head of a log that has just grown, unless the stored one contradicts the log."""
        if added.evidence.state is AnchorState.CONTRADICTED:
            log.error(
                "Audit log verification failed: %s (stored head: %s); run `appliance audit verify`",
                added.evidence.reason,
                self._file,
            )
        else:
            self._write(Head(added.line.number, added.line.chained), added.database)

    def _write(self, head: Head, database: str | None) -> None:
        if self._file is None:
            return
        try:
            audit_anchor.write(self._file, head, database, self._notes)
        except OSError as error:
            if not self._fails:
                log.warning("Writing the head of the audit log to %s failed: %s", self._file, error.strerror)
            self._fails = True
        else:
            self._stored, self._fails = head.number, False


def _number_of(anchor: Anchor | None) -> int:
    return anchor.head.number if anchor and anchor.head else 0


def _judged(connection: sqlite3.Connection, anchor: Anchor | None, end: End, *, behind: bool) -> Evidence:
    """Compare the log with the stored head. `behind`: the head of the newest lines may not be stored yet."""
    if anchor is None:
        return Evidence(AnchorState.AGREES, None)
    if anchor.head is None:
        if behind or (not end.head.number and not _was_used(connection)):
            return Evidence(AnchorState.AGREES, None)
        reason = f"{anchor.trouble}, so whether the end of the log was cut off is unknown"
        return Evidence(AnchorState.MISSING, reason)
    made = end.made
    if made and (anchor.database != made if anchor.database else made > anchor.written):
        return Evidence(
            AnchorState.ANOTHER,
            f"it begins anew: another database had this name before, and its log ended with {anchor.head}",
        )
    wrong = off_the_chain(anchor.head, end.head, end.hash_there)
    return Evidence(AnchorState.CONTRADICTED if wrong else AnchorState.AGREES, wrong)


def _was_used(connection: sqlite3.Connection) -> bool:
    """Return whether a bot has sent orders with this database: then its log had at least one line."""
    return connection.execute("SELECT 1 FROM appliance_journal LIMIT 1").fetchone() is not None
