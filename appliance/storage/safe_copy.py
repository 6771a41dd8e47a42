"""Name and find the safe copies of a database that was lost under a running bot."""

import contextlib
from datetime import datetime
from pathlib import Path

_MARK = ".safe-"


def copy_files(database: Path, now: datetime) -> list[Path]:
    """Return where a copy may go that is made `now`, with an ending of the same kind: beside the database,
    else above, in the nearest folder that there is (blocks). Its own may be gone, or not be writable."""
    ending = f"{_MARK}{now:%Y%m%d-%H%M%S}{database.suffix or '.sqlite'}"
    above = next((folder for folder in database.parent.parents if folder.is_dir()), None)
    places = [(database.parent, _stem(database)), *([(above, _stem_above(database))] if above else [])]
    return [folder / f"{stem}{ending}" for folder, stem in places]


def copies_of(database: Path) -> list[Path]:
    """Return the safe copies that lie beside a database or above it, newest first (blocks)."""
    suffix = database.suffix or ".sqlite"
    above = database.parent.parents[:1]
    found: list[Path] = []
    for folder, stem in (
        (database.parent, _stem(database)),
        *((one, _stem_above(database)) for one in above),
    ):
        with contextlib.suppress(OSError):
            found += [
                file
                for file in folder.iterdir()
                if file.name.startswith(f"{stem}{_MARK}") and file.suffix == suffix and file != database
            ]
    return sorted(found, key=lambda file: file.name.rpartition(_MARK)[2], reverse=True)


def _stem(database: Path) -> str:
    return database.stem.partition(_MARK)[0]


def _stem_above(database: Path) -> str:
    """Name the folder, too: others may lie in the same one."""
    return f"{database.parent.name}-{_stem(database)}"


def discard(file: Path) -> None:
    """Remove a copy that is not whole, with what lies beside it (blocks)."""
    for suffix in ("", "-wal", "-shm", ".lock", ".audit"):
        with contextlib.suppress(OSError):
            file.with_name(file.name + suffix).unlink()
