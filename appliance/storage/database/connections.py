"""Open connections to SQLite, each with a thread of its own, and run work in that thread."""

import contextlib
import ctypes
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import aiosqlite

T = TypeVar("T")
NO_AUTOCHECKPOINT = "wal_autocheckpoint = 0"
_NO_SLACK = "journal_size_limit = 0"
"""A checkpoint truncates the write-ahead log."""
_SMALL_CACHE = "cache_size = -512"
"""KiB. By default each connection takes up to 2 MB; the operating system caches the file anyway."""
_BUSY_MS = 5_000
"""How long to wait for another program that is writing, e.g. a backup or the sqlite3 prompt."""


def leave_open(connection: aiosqlite.Connection) -> None:
    """Keep a connection open until the process ends: its reference count never drops to 0."""
    for each in (connection, connection._conn):  # noqa: SLF001 -- aiosqlite has no public way to it
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(each))


async def opened(name: Path | str, *, uri: bool = False) -> aiosqlite.Connection:
    """Return a connection that begins no transaction implicitly."""
    connection = aiosqlite.connect(name, isolation_level=None, timeout=_BUSY_MS / 1000, uri=uri)
    # A program that fails before it can close the database must still end: all commits are on disk.
    connection._thread.daemon = True  # noqa: SLF001 -- aiosqlite has no option for it
    return await connection


async def connect(path: Path | str) -> aiosqlite.Connection:
    """Return a connection that writes: its commits are on disk when they return."""
    connection = await opened(path)
    try:
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            _SMALL_CACHE,
            NO_AUTOCHECKPOINT,
            _NO_SLACK,
        ):
            await connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        await connection.close()
        raise
    return connection


async def in_one_turn(connection: aiosqlite.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    """Do `work` with the `sqlite3` connection in its thread; aiosqlite has no public way to it."""
    raw = connection._conn  # noqa: SLF001 -- aiosqlite has no public way to it
    done: T = await connection._execute(work, raw)  # type: ignore[no-untyped-call]  # noqa: SLF001
    return done


def committed_by(
    connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], T], after: Callable[[T], None]
) -> T:
    """Do `work` in a transaction of its own, and `after` once that is on disk."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        done = work(connection)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    after(done)
    return done


def read_into(copy: sqlite3.Connection, file: Path) -> None:
    """Copy a database file into an open one, without changing anything of the file.

    Where not even a reader may write beside it, its write-ahead log is left out.
    """
    for options in ("mode=ro", "mode=ro&immutable=1"):
        try:
            with contextlib.closing(
                sqlite3.connect(f"{file.as_uri()}?{options}", uri=True, timeout=_BUSY_MS / 1000)
            ) as source:
                source.backup(copy)
            return
        except sqlite3.OperationalError:
            if options.endswith("immutable=1"):
                raise
