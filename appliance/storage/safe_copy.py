"""Name and find the safe copies of a database that was lost under a running bot."""

import contextlib
from datetime import datetime
from pathlib import Path

_MARK = ".safe-"


def copy_file(database: Path, now: datetime) -> Path:
    """Return where a copy goes that is made `now`: beside the database, with an ending of the same kind."""
    stem, suffix = database.stem, database.suffix or ".sqlite"
    return database.with_name(f"{stem.partition(_MARK)[0]}{_MARK}{now:%Y%m%d-%H%M%S}{suffix}")


def copies_of(database: Path) -> list[Path]:
    """Return the safe copies that lie beside a database, newest first (blocks)."""
    stem, suffix = database.stem.partition(_MARK)[0], database.suffix or ".sqlite"
    beginning = f"{stem}{_MARK}"
    try:
        found = [
            file
            for file in database.parent.iterdir()
            if file.name.startswith(beginning) and file.suffix == suffix and file != database
        ]
    except OSError:
        return []
    return sorted(found, reverse=True)


def discard(file: Path) -> None:
    """Remove a copy that is not whole, with what lies beside it (blocks)."""
    for suffix in ("", "-wal", "-shm", ".lock", ".audit"):
        with contextlib.suppress(OSError):
            file.with_name(file.name + suffix).unlink()
