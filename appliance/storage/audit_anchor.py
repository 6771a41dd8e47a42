"""Keep number and hash of the audit log's last line in a file beside the database.

From the log alone nobody can see that its last lines were cut off; from this file beside it one can, until
somebody changes both. Whoever wants more than that keeps the head elsewhere: the program's log tells it at
each start, and so does `appliance audit verify`.

The first line is the head, the second names the database by the moment at which this program made its tables.
Each further line tells of a database that lay here before.
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
    """Hold what was kept: the head, of which database (None: not said), and notes of those before it.

    `trouble` says why there is no head; `written` (UTC, as SQLite writes it) when the file was.
    """

    head: Head | None = None
    database: str | None = None
    notes: tuple[str, ...] = ()
    trouble: str | None = None
    written: str = ""


def anchor_file(database: Path) -> Path:
    return database.with_name(database.name + SUFFIX)


def write(file: Path, head: Head, database: str | None = None, notes: tuple[str, ...] = ()) -> None:
    """Put `head` in place of the one before, on disk when it returns (blocks). Raises OSError.

    A later head of the same database, which another program has put there, stays.
    """
    standing = read(file)
    if standing.head and standing.database == database and standing.head.number > head.number:
        return
    kept = tuple(dict.fromkeys((*standing.notes, *notes)))[-_MOST_NOTES:]
    lines = [str(head), *([_DATABASE + database] if database else []), *kept]
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
    """Return what was kept (blocks)."""
    try:
        with file.open(encoding="utf-8") as opened:
            lines = opened.read(_LARGEST).splitlines()
            changed = os.fstat(opened.fileno()).st_mtime
    except FileNotFoundError:
        return Anchor(trouble="no head is kept beside the database")
    except OSError as error:
        return Anchor(trouble=f"the head kept in {file} cannot be read ({error.strerror})")
    except UnicodeDecodeError:
        lines, changed = [], 0.0
    head = read_head(lines[0]) if lines else None
    if head is None:
        return Anchor(trouble=f"what is kept in {file} is no head")
    named = lines[1].removeprefix(_DATABASE) if lines[1:] and lines[1].startswith(_DATABASE) else None
    written = datetime.fromtimestamp(changed, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return Anchor(head, named, tuple(lines[2 if named else 1 :]), None, written)
