"""Distinguish records that can never be written from databases that cannot be written now, by error codes."""

import sqlite3
from collections.abc import Sequence
from typing import Any, NamedTuple

from aiosqlite import Connection

_PRIMARY = 0xFF
"""The bits of SQLite's extended error codes that hold the primary code."""
_OF_THE_RECORD = frozenset({sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_TOOBIG})
_NOT_BINDABLE = "Error binding parameter"
"""How the text of `sqlite3` begins for a value that has no column type. There is no code then."""
_NOT_ENCODABLE = (TypeError, ValueError, AttributeError, LookupError, ArithmeticError)
"""What converting a record to columns raises: integers beyond 64 bits, invalid text, no date, …"""
CONNECTION_GONE = ("Connection closed", "no active connection")
"""The texts of the ValueErrors of `aiosqlite` for a closed connection."""


class BadRow(NamedTuple):
    """State a row that was not written: its place in the list given, and why."""

    place: int
    error: Exception


def is_of_the_record(error: Exception) -> bool:
    """Return whether `error` is due to this record, so that it would come again on any disk.

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
    """Write `rows` within the caller's transaction; leave out and return those that can never be written.

    Raises `sqlite3.Error` for errors that concern the database.
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
