"""Store number and hash of the audit log's last line in a file beside the database.

The log alone does not show that its last lines were cut off; this file does, until both are changed. For a
stronger proof, store the head elsewhere: each start logs it, and `appliance audit verify` prints it.

The first line is the head, the second names the database by the time when this program created its tables.
Each further line is a note about a database that had this file name before.
"""

import os
import secrets
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from appliance.domain.audit import Head, read_head

SUFFIX = ".audit"
_DATABASE = "database "
_LARGEST = 100_000
_MOST_NOTES = 50


class Anchor(msgspec.Struct, frozen=True):
    """State the content of the file: the head, its database (None: not stated), notes of databases before it.

    `trouble` is why there is no head; `written` (UTC, as SQLite writes it) when the file was written.
    """

    head: Head | None = None
    database: str | None = None
    notes: tuple[str, ...] = ()
    trouble: str | None = None
    written: str = ""


def anchor_file(database: Path) -> Path:
    return database.with_name(database.name + SUFFIX)


def write(file: Path, head: Head, database: str | None = None, notes: tuple[str, ...] = ()) -> None:
    """Replace the stored head, on disk when it returns (blocks). Raises OSError.

    A later head of the same database, written by another program, stays.
    """
    before = read(file)
    if before.head and before.database == database and before.head.number > head.number:
        return
    all_notes = tuple(dict.fromkeys((*before.notes, *notes)))[-_MOST_NOTES:]
    lines = [str(head), *([_DATABASE + database] if database else []), *all_notes]
    fresh = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            os.write(descriptor, ("\n".join(lines) + "\n").encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)


def read(file: Path) -> Anchor:
    """Return the content of the file (blocks)."""
    try:
        with file.open(encoding="utf-8") as opened:
            lines = opened.read(_LARGEST).splitlines()
            changed = os.fstat(opened.fileno()).st_mtime
    except FileNotFoundError:
        return Anchor(trouble="no head is stored beside the database")
    except OSError as error:
        return Anchor(trouble=f"the head in {file} cannot be read ({error.strerror})")
    except UnicodeDecodeError:
        lines, changed = [], 0.0
    head = read_head(lines[0]) if lines else None
    if head is None:
        return Anchor(trouble=f"the content of {file} is no head")
    named = lines[1].removeprefix(_DATABASE) if lines[1:] and lines[1].startswith(_DATABASE) else None
    written = datetime.fromtimestamp(changed, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return Anchor(head, named, tuple(lines[2 if named else 1 :]), None, written)
