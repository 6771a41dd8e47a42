"""Keep number and hash of the audit log's last line in a file beside the database.

From the log alone nobody can see that its last lines were cut off; from this file beside it one can, until
somebody changes both. Whoever wants more than that keeps the head elsewhere: the program's log tells it at
each start, and so does `appliance audit verify`.
"""

import contextlib
import os
from pathlib import Path

from appliance.domain.audit import Head, read_head

SUFFIX = ".audit"


def anchor_file(database: Path) -> Path:
    return database.with_name(database.name + SUFFIX)


def write(file: Path, head: Head) -> None:
    """Put `head` in place of the one before, on disk when it returns (blocks). Raises OSError."""
    fresh = file.with_name(file.name + ".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        os.write(descriptor, f"{head}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    fresh.replace(file)


def read(file: Path) -> Head | None:
    """Return what was kept (blocks); None where nothing was, or nothing that can be read."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return read_head(file.read_text())
    return None
