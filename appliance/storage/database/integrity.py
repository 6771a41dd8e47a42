"""Check a database before it is written to: all of it, as far as time allows."""

import contextlib
import logging
import sqlite3
import time
from pathlib import Path

from appliance.domain.errors import StorageError

log = logging.getLogger(__name__)

RESTORE = "restore a backup, or save what is left: sqlite3 old.sqlite .recover | sqlite3 new.sqlite"

LONGEST_SECONDS = 10.0
"""How long the check may take after a crash: the bot has trades to protect. 10,000 trades take 0.1 s."""
AFTER_PROPER_END_SECONDS = 1.0
"""How long it may take after a proper shutdown. The start reads open trades in any case."""
_STEPS = 10_000
"""After how many steps of SQLite's virtual machine the time is checked."""
_TABLES = ("trades", "orders", "appliance_journal", "KeyValueStore")


def check(path: Path, *, within: float | None = None) -> None:
    """Check the whole database at `path` (blocks).

    After a crash of program or machine there is a write-ahead log beside it, and the check may take longer.
    Nothing is written: a damaged file stays as it is for repair. After `within` seconds the check ends.
    Raises StorageError for a damaged file, sqlite3.Error for one that cannot be read.
    """
    if not path.stat().st_size:
        return
    write_ahead_log = path.with_name(path.name + "-wal")
    proper = not (write_ahead_log.exists() and write_ahead_log.stat().st_size)
    if within is None:
        within = AFTER_PROPER_END_SECONDS if proper else LONGEST_SECONDS
    with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as reader:
        fault = fault_of(reader, within=within, name=path)
    if fault:
        raise StorageError(f"The database {path} is damaged ({fault}): {RESTORE}")


def fault_of(reader: sqlite3.Connection, *, within: float, name: Path | None = None) -> str | None:
    """Describe what is wrong with a database; None if the part read `within` seconds is intact.

    Where it is too large for that, the tables that trading depends on are read one by one, for as long again.
    Raises sqlite3.Error where nothing can be read.
    """
    began = time.monotonic()
    reader.set_progress_handler(lambda: time.monotonic() - began > within, _STEPS)
    try:
        return _checked(reader, "PRAGMA quick_check(1)")
    except sqlite3.OperationalError as error:
        if "interrupted" not in str(error):
            raise
    if name is not None:
        log.warning("The database %s is too large to be read whole in %.0f s", name, within)
    began = time.monotonic()
    for table in _TABLES:
        try:
            if fault := _checked(reader, f'PRAGMA quick_check("{table}")'):
                return fault
        except sqlite3.OperationalError as error:
            if "interrupted" not in str(error):
                raise
            return None
    return None


def _checked(reader: sqlite3.Connection, pragma: str) -> str | None:
    found = [str(row[0]) for row in reader.execute(pragma)]
    if found == ["ok"]:
        return None
    return " ".join(found[0].split()) if found else "nothing can be read"
