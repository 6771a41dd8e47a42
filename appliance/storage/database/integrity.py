"""Read a database before it is written to: whole, as far as time allows, whatever its last end was."""

import contextlib
import logging
import sqlite3
import time
from pathlib import Path

from appliance.domain.errors import StorageError

log = logging.getLogger(__name__)

RESTORE = "restore a backup, or save what is left: sqlite3 old.sqlite .recover | sqlite3 new.sqlite"

LONGEST_SECONDS = 10.0
"""How long reading may take after an end that was none: the bot has trades to look after. 10,000 trades take
a tenth of one."""
AFTER_PROPER_END_SECONDS = 1.0
"""The same after a proper one. Open trades are read by the start itself, reached in time or not."""
_STEPS = 10_000
"""After how many steps of SQLite's machine the time is looked at."""
_TABLES = ("trades", "orders", "appliance_journal", "KeyValueStore")


def check(path: Path, *, within: float | None = None) -> None:
    """Read the database at `path` whole (blocks).

    Where the program or the machine did not end properly, a write-ahead log lies beside it, and reading may
    take longer. Nothing is written, so that a damaged file stays as it is for whoever repairs it. What is not
    read within `within` seconds is not waited for. Raises StorageError for a damaged file, sqlite3.Error for
    one that cannot be read.
    """
    if not path.stat().st_size:
        return
    write_ahead_log = path.with_name(path.name + "-wal")
    proper = not (write_ahead_log.exists() and write_ahead_log.stat().st_size)
    if within is None:
        within = AFTER_PROPER_END_SECONDS if proper else LONGEST_SECONDS
    with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as reader:
        told = fault_of(reader, within=within, name=path)
    if told:
        raise StorageError(f"The database {path} is damaged ({told}): {RESTORE}")


def fault_of(reader: sqlite3.Connection, *, within: float, name: Path | None = None) -> str | None:
    """Say what is wrong with a database, None if it is sound as far as it was read `within` seconds.

    Where it is too large for that, the tables that trading depends on are read each by itself, for as long
    again. Raises sqlite3.Error for what cannot be read at all.
    """
    began = time.monotonic()
    reader.set_progress_handler(lambda: time.monotonic() - began > within, _STEPS)
    try:
        return _told(reader, "PRAGMA quick_check(1)")
    except sqlite3.OperationalError as error:
        if "interrupted" not in str(error):
            raise
    if name is not None:
        log.warning("The database %s is too large to be read whole in %.0f s", name, within)
    began = time.monotonic()
    for table in _TABLES:
        try:
            if told := _told(reader, f'PRAGMA quick_check("{table}")'):
                return told
        except sqlite3.OperationalError as error:
            if "interrupted" not in str(error):
                raise
            return None
    return None


def _told(reader: sqlite3.Connection, question: str) -> str | None:
    found = [str(row[0]) for row in reader.execute(question)]
    if found == ["ok"]:
        return None
    return " ".join(found[0].split()) if found else "nothing can be read"
