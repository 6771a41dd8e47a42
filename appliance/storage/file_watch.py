"""Notice that somebody removes, replaces or overwrites the database's files under the running bot (blocks).

Asking the file system is cheap and happens each time. The content is read whole only where the file was
written to since the last look: by SQLite's own checkpoints, once in many commits, or by somebody else.
"""

import contextlib
import os
import sqlite3
import time
from collections.abc import Collection
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from appliance.storage.soundness import fault_of

LONGEST_SECONDS = 2.0
"""How long reading the content may take; beyond that it counts as sound."""

Identity = tuple[int, int]


class Lost(str, Enum):
    """Say what was done to the database's files."""

    REMOVED = "was removed"
    REPLACED = "was replaced by another file"
    LOG_REMOVED = "has lost its write-ahead log: the file was removed or replaced"
    DAMAGED = "is damaged"
    ANOTHER = "has another content than was written"

    @property
    def content_is_whole(self) -> bool:
        """Whether the open connections still see everything: they hold the files that are gone."""
        return self in (Lost.REMOVED, Lost.REPLACED, Lost.LOG_REMOVED)


class Fault(NamedTuple):
    kind: Lost
    words: str


class FileWatch:
    """Compare the files of an open database with what they were when it was opened.

    Make it once the connections are open: they have made the write-ahead log by then.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._beside = [file.with_name(file.name + suffix) for suffix in ("-wal", "-shm")]
        self._identity = _identity(file)
        self._identities = [_identity(path) for path in self._beside]
        self._changed = 0
        self._mark = _mark(file)

    def look(self, trades: Collection[int], *, closely: bool = False) -> Fault | None:
        """Return what is wrong. `trades` are ids that the database must have; `closely`: read it anyway."""
        standing = _identity(self.file)
        if standing is None:
            return self._fault(Lost.REMOVED)
        if standing != self._identity:
            return self._fault(Lost.REPLACED)
        if [_identity(path) for path in self._beside] != self._identities:
            return self._fault(Lost.LOG_REMOVED)
        changed = self.file.stat().st_mtime_ns
        if changed == self._changed and not closely:
            return None
        found = self._content_fault(trades)
        if found is None:
            self._changed = changed
        return found

    def _content_fault(self, trades: Collection[int]) -> Fault | None:
        try:
            with contextlib.closing(_opened(self.file)) as reader:
                if (mark := _mark_in(reader)) != self._mark and self._mark is not None:
                    return self._fault(Lost.ANOTHER, f"it says it was made at {mark}, not {self._mark}")
                if told := fault_of(reader, within=LONGEST_SECONDS):
                    return self._fault(Lost.DAMAGED, told)
                known = {row[0] for row in reader.execute("SELECT id FROM trades")} if trades else set()
        except sqlite3.OperationalError as error:
            if "locked" in str(error) or "busy" in str(error):
                return None
            return self._fault(Lost.DAMAGED, str(error))
        except sqlite3.DatabaseError as error:
            return self._fault(Lost.DAMAGED, str(error))
        if missing := sorted(set(trades) - known):
            return self._fault(Lost.ANOTHER, f"trade {missing[0]} is not in it")
        return None

    def _fault(self, kind: Lost, detail: str = "") -> Fault:
        return Fault(kind, f"The database {self.file} {kind.value}" + (f" ({detail})" if detail else ""))


def _identity(path: Path) -> Identity | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _opened(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=1.0)
    began = time.monotonic()
    connection.set_progress_handler(lambda: time.monotonic() - began > LONGEST_SECONDS * 2, 10_000)
    return connection


def _mark(file: Path) -> str | None:
    with contextlib.suppress(sqlite3.Error), contextlib.closing(_opened(file)) as reader:
        return _mark_in(reader)
    return None


def _mark_in(reader: sqlite3.Connection) -> str | None:
    """Return what tells databases apart: when this program made the tables, and the mark of its orders."""
    (made,) = reader.execute("SELECT min(applied_at) FROM appliance_schema").fetchone()
    return str(made) if made else None
