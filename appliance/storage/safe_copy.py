"""Name and find the safe copies of a database that was lost while the bot ran."""

import contextlib
from datetime import datetime
from pathlib import Path

_MARK = ".safe-"


def copy_files(database: Path, now: datetime) -> list[Path]:
    """Return the paths for a copy made `now`, with the same suffix (blocks).

    The first is beside the database; the second in the nearest existing folder above, since the folder of the
    database may be gone or read-only.
    """
    ending = f"{_MARK}{now:%Y%m%d-%H%M%S}{database.suffix or '.sqlite'}"
    above = next((folder for folder in database.parent.parents if folder.is_dir()), None)
    places = [(database.parent, _stem(database)), *([(above, _stem_above(database))] if above else [])]
    return [folder / f"{stem}{ending}" for folder, stem in places]


def copies_of(database: Path) -> list[Path]:
    """Return the safe copies beside a database and above it, newest first (blocks)."""
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
    """Include the folder's name: the folder above may hold copies of other databases."""
    return f"{database.parent.name}-{_stem(database)}"


def discard(file: Path) -> None:
    """Delete an incomplete copy with the files beside it (blocks)."""
    for suffix in ("", "-wal", "-shm", ".lock", ".audit"):
        with contextlib.suppress(OSError):
            file.with_name(file.name + suffix).unlink()
