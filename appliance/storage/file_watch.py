"""Detect that the database's files are removed, replaced or overwritten while the bot runs (blocks).

Each look checks the file system, which is cheap. The write-ahead log is written into the file only by
`Database.checkpoint`: whenever the file has changed otherwise, another program has written to it, and its
content is read, with the log and without it.
"""

import contextlib
import logging
import os
import sqlite3
import time
from collections.abc import Collection
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from appliance.storage.database.integrity import fault_of

log = logging.getLogger(__name__)

LONGEST_SECONDS = 2.0
"""How long reading the content may take; after that it counts as intact."""

_NO_ANSWER = ("locked", "busy", "interrupted")
"""Parts of SQLite's errors where the content could not be read in time: they do not mean damage."""
_HEADER_BYTES = 32
_MAGIC = bytes.fromhex("377f06")
"""The first bytes of a write-ahead log."""
Identity = tuple[int, int]


class Lost(str, Enum):
    """State what happened to the database's files."""

    REMOVED = "was removed"
    REPLACED = "was replaced by another file"
    LOG_CUT = "has lost what its write-ahead log held: the log was cut or overwritten"
    LOG_REMOVED = "has lost its write-ahead log: the file was removed or replaced"
    DAMAGED = "is damaged"
    ANOTHER = "has other content than was written"


class Fault(NamedTuple):
    kind: Lost
    text: str


class _NotRead(Exception):
    """Signal that the content could not be read now."""


class _Log(NamedTuple):
    header: bytes
    size: int


class FileWatch:
    """Compare the files of an open database with their state when it was opened.

    Create it once the connections are open. `is_whole` once a checkpoint was complete: from then on the file
    can be checked without its log, too.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.write_ahead_log = file.with_name(file.name + "-wal")
        self._beside = [self.write_ahead_log, file.with_name(file.name + "-shm")]
        self._identity = _identity(file)
        self._identities = [_identity(path) for path in self._beside]
        self._mark = _mark(file)
        self._state = self._seen()
        self._log = _log_of(self.write_ahead_log)
        self._log_may_begin_anew = True
        self._others_wrote = False
        self.is_whole = False

    def log_bytes(self) -> int:
        """Return the size of the write-ahead log; 0 where there is none."""
        try:
            return self.write_ahead_log.stat().st_size
        except OSError:
            return 0

    def checkpointed(self, *, whole: bool) -> None:
        """Record that a checkpoint has just ended, complete if `whole`."""
        self._state, self.is_whole = self._seen(), whole
        self._log_may_begin_anew, self._others_wrote = True, False

    def look(
        self, trades: Collection[int], *, closely: bool = False, committed: bool = False
    ) -> Fault | None:
        """Return what is wrong. `trades` are ids that the database must have.

        `closely`: read the content in any case; `committed`: there were commits since the last checkpoint.
        """
        identity = _identity(self.file)
        if identity is None:
            return self._fault(Lost.REMOVED)
        if identity != self._identity:
            return self._fault(Lost.REPLACED)
        if [_identity(path) for path in self._beside] != self._identities:
            return self._fault(Lost.LOG_REMOVED)
        seen = self._seen()
        if not self._log_goes_on(committed=committed) and seen == self._state:
            return self._fault(Lost.LOG_CUT)
        if seen == self._state and not closely:
            return None
        try:
            return self._read(trades, seen)
        except _NotRead:
            return None  # the next look reads it

    def _read(self, trades: Collection[int], seen: tuple[int, int] | None) -> Fault | None:
        found = self._content_fault(trades, "mode=ro")
        if found is None and seen != self._state and self.is_whole:
            found = self._content_fault((), "mode=ro&immutable=1")
        if found is None and seen != self._state:
            log.warning("Another program has written to the database %s; it is intact", self.file)
            self._state = seen
            self._log_may_begin_anew = self._others_wrote = True
        return found

    def set_log_aside(self) -> None:
        """Rename the old write-ahead log once the bot uses a copy.

        SQLite would replay it into any file of the database's name, the copy included.
        """
        for path, was in zip(self._beside, self._identities, strict=True):
            if was is not None and _identity(path) == was:
                with contextlib.suppress(OSError):
                    path.rename(path.with_name(f"{path.name}.lost-{datetime.now(UTC):%Y%m%d-%H%M%S}"))

    def _log_goes_on(self, *, committed: bool) -> bool:
        """Return whether the write-ahead log has only grown; after a checkpoint it may have been reset."""
        now, before = _log_of(self.write_ahead_log), self._log
        if now.header and now.header[:3] != _MAGIC:
            return False
        if committed and not now.header and not self._others_wrote:
            return False
        if now.header != before.header or now.size < before.size:
            if not self._log_may_begin_anew:
                return False
            self._log_may_begin_anew = not now.header
        self._log = now
        return True

    def _seen(self) -> tuple[int, int] | None:
        try:
            found = os.stat(self.file)
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size

    def _content_fault(self, trades: Collection[int], options: str) -> Fault | None:
        try:
            with contextlib.closing(_opened(self.file, options)) as reader:
                if (mark := _mark_in(reader)) != self._mark and self._mark is not None:
                    return self._fault(Lost.ANOTHER, f"created at {mark}, not {self._mark}")
                if fault := fault_of(reader, within=LONGEST_SECONDS):
                    return self._fault(Lost.DAMAGED, fault)
                known = _of_these(reader, trades)
        except sqlite3.OperationalError as error:
            if any(word in str(error) for word in _NO_ANSWER):
                raise _NotRead from error
            return self._fault(Lost.DAMAGED, str(error))
        except sqlite3.DatabaseError as error:
            return self._fault(Lost.DAMAGED, str(error))
        if missing := sorted(set(trades) - known):
            return self._fault(Lost.ANOTHER, f"trade {missing[0]} is not in it")
        return None

    def _fault(self, kind: Lost, detail: str = "") -> Fault:
        return Fault(kind, f"The database {self.file} {kind.value}" + (f" ({detail})" if detail else ""))


def _log_of(path: Path) -> _Log:
    """Return header and length of a write-ahead log; each reset writes a new header."""
    with contextlib.suppress(OSError), path.open("rb") as file:
        return _Log(file.read(_HEADER_BYTES), file.seek(0, os.SEEK_END))
    return _Log(b"", 0)


def _of_these(reader: sqlite3.Connection, trades: Collection[int]) -> set[int]:
    """Return those of the trades that the database has."""
    reader.set_progress_handler(None, 0)  # the time limit of the check may be up; these are few
    found = (reader.execute("SELECT id FROM trades WHERE id = ?", (trade,)).fetchone() for trade in trades)
    return {row[0] for row in found if row}


def _identity(path: Path) -> Identity | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _opened(file: Path, options: str = "mode=ro") -> sqlite3.Connection:
    connection = sqlite3.connect(f"{file.as_uri()}?{options}", uri=True, timeout=1.0)
    began = time.monotonic()
    connection.set_progress_handler(lambda: time.monotonic() - began > LONGEST_SECONDS * 2, 10_000)
    return connection


def _mark(file: Path) -> str | None:
    with contextlib.suppress(sqlite3.Error), contextlib.closing(_opened(file)) as reader:
        return _mark_in(reader)
    return None


def _mark_in(reader: sqlite3.Connection) -> str | None:
    """Return what distinguishes databases: when this program created the tables."""
    (created,) = reader.execute("SELECT min(applied_at) FROM appliance_schema").fetchone()
    return str(created) if created else None
