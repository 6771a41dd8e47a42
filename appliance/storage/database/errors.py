"""Turn what SQLite raises into this program's errors: one line that says what to do."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from appliance.domain.errors import ApplianceError, StorageError, UnwritableRecord
from appliance.storage.database.integrity import RESTORE
from appliance.storage.database.record_faults import CONNECTION_GONE, is_of_the_record

ADVICE = {
    "not a database": "name another file in db_url, or restore a backup",
    "malformed": f"the file is damaged; {RESTORE}",
    "disk is full": "make room on the disk",
    "disk I/O error": "check the disk and its connections",
    "locked": "another program is writing to it; end that program",
    "readonly": "give the bot's user the right to write to the file and its folder",
    "unable to open": "give the bot's user the right to write to the file and its folder",
}
"""What to do, by a part of SQLite's error text."""


@contextmanager
def storage_errors(name: str) -> Iterator[None]:
    """Raise errors of SQLite as StorageError, with the database's `name` and what to do."""
    try:
        yield
    except sqlite3.Error as error:
        text = str(error)
        for known, advice in ADVICE.items():
            if known in text:
                raise StorageError(f"The database {name}: {text}: {advice}") from error
        raise StorageError(f"The database {name}: {text}") from error
    except ValueError as error:
        if str(error) not in CONNECTION_GONE:
            raise
        raise StorageError(f"The database {name} is closed") from error


@contextmanager
def record_errors() -> Iterator[None]:
    """Raise errors that concern a record, not the database, as UnwritableRecord."""
    try:
        yield
    except ApplianceError:
        raise
    except Exception as error:
        if not is_of_the_record(error):
            raise
        raise UnwritableRecord(f"this record cannot be stored: {_described(error)}") from error


def _described(error: Exception) -> str:
    return str(error) if isinstance(error, sqlite3.Error) else f"{type(error).__name__}: {error}"
