"""Tell a record that can never be written from a database that cannot be written now, by SQLite's codes."""

import sqlite3
from collections.abc import Sequence
from typing import Any, NamedTuple

from aiosqlite import Connection

_PRIMARY = 0xFF
"""What SQLite's extended codes have in common with the code that they refine."""
_OF_THE_RECORD = frozenset({sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_TOOBIG})
_NOT_BINDABLE = "Error binding parameter"
"""How `sqlite3` begins to say that it has no column type for a value. It gives no code then."""
_NOT_ENCODABLE = (TypeError, ValueError, AttributeError, LookupError, ArithmeticError)
"""What turning a record into columns raises: integers beyond 64 bits, half a character, no date, …"""
CONNECTION_GONE = ("Connection closed", "no active connection")
"""What `aiosqlite` says, as a ValueError, of a connection that has ended."""


class BadRow(NamedTuple):
    """Name a row that was not written (its place among those that were given), and why."""

    place: int
    error: Exception


def is_of_the_record(error: Exception) -> bool:
    """Tell whether `error` would come again with this record on any disk, and not with another record.

    All else (disk full, locked, read-only, damaged, closed, an unknown column) concerns the database.
    """
    if not isinstance(error, sqlite3.Error):
        return isinstance(error, _NOT_ENCODABLE) and str(error) not in CONNECTION_GONE
    if isinstance(error, sqlite3.IntegrityError | sqlite3.DataError):
        return True
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        return code & _PRIMARY in _OF_THE_RECORD
    return str(error).startswith(_NOT_BINDABLE)


async def write_rows(
    connection: Connection, statement: str, rows: Sequence[Sequence[Any]]
) -> Sequence[BadRow]:
    """Write `rows` within the caller's transaction; return those that can never be written, left out.

    Raises `sqlite3.Error` for what concerns the database.
    """
    await connection.execute("SAVEPOINT write_rows")
    try:
        await connection.executemany(statement, rows)
    except Exception as error:
        if not is_of_the_record(error):
            raise
        await connection.execute("ROLLBACK TO write_rows")
        bad = await _one_by_one(connection, statement, rows)
    else:
        bad = []
    await connection.execute("RELEASE write_rows")
    return bad


async def _one_by_one(connection: Connection, statement: str, rows: Sequence[Sequence[Any]]) -> list[BadRow]:
    bad = []
    for place, row in enumerate(rows):
        try:
            await connection.execute(statement, row)
        except Exception as error:
            if not is_of_the_record(error):
                raise
            bad.append(BadRow(place, error))
    return bad
