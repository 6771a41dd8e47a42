"""Read a database whole before it is written to, where the program or the machine did not end properly."""

import contextlib
import logging
import sqlite3
import time
from pathlib import Path

from appliance.domain.errors import StorageError

log = logging.getLogger(__name__)

RESTORE = "restore a backup, or save what is left: sqlite3 old.sqlite .recover | sqlite3 new.sqlite"

LONGEST_SECONDS = 10.0
"""How long reading may take: the bot has trades to look after. 10,000 trades take a tenth of one."""
_STEPS = 10_000
"""After how many steps of SQLite's machine the time is looked at."""


def check(path: Path, *, within: float = LONGEST_SECONDS) -> None:
    """Read the database at `path` whole, unless its last end was a proper one (blocks).

    A proper end folds the write-ahead log in: where one lies beside the file, program or machine died.
    Nothing is written, so that a damaged file stays as it is for whoever repairs it. What is not read within
    `within` seconds is not waited for. Raises StorageError for a damaged file, sqlite3.Error for one that
    cannot be read.
    """
    log_of_writes = path.with_name(path.name + "-wal")
    if not (log_of_writes.exists() and log_of_writes.stat().st_size):
        return
    began = time.monotonic()
    with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as reader:
        reader.set_progress_handler(lambda: time.monotonic() - began > within, _STEPS)
        try:
            found = [str(row[0]) for row in reader.execute("PRAGMA quick_check(1)")]
        except sqlite3.OperationalError as error:
            if "interrupted" not in str(error):
                raise
            log.warning("The database %s is too large to be read whole at the start", path)
            return
    if found != ["ok"]:
        told = " ".join(found[0].split()) if found else "nothing can be read"
        raise StorageError(f"The database {path} is damaged ({told}): {RESTORE}")
