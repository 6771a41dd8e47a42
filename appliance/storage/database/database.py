"""Open the database: one connection that writes, one that the bot reads by, and one that clients read by.

Each has a thread of its own: a client's query delays neither the audit log nor the bot's own reads.
"""

import asyncio
import errno
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import aiosqlite

from appliance.domain.errors import StorageError
from appliance.storage.database.connections import (
    NO_AUTOCHECKPOINT,
    committed_by,
    connect,
    in_one_turn,
    leave_open,
    opened,
    read_into,
)
from appliance.storage.database.errors import ADVICE, record_errors, storage_errors
from appliance.storage.database.integrity import check
from appliance.storage.database.location import database_path
from appliance.storage.database.lock import DatabaseLock
from appliance.storage.database.migrations import migrate
from appliance.storage.database.other_programs import freqtrade_with
from appliance.threads import FairLock, reader

T = TypeVar("T")
_MEMORY = ":memory:"


class Connections(NamedTuple):
    """Hold the connections of a database: one that writes, one that the bot reads by, one for its clients.

    All are the same in memory, and where the database is only looked into.
    """

    writer: aiosqlite.Connection
    reader: aiosqlite.Connection
    for_clients: aiosqlite.Connection


class Database:
    """Write in transactions, one after the other; read from snapshots that no write changes.

    `committed` is true while something was written since the last checkpoint: the write-ahead log holds it.
    """

    def __init__(self, name: str, connections: Connections, lock: DatabaseLock | None) -> None:
        self.name = name
        self.file = None if name == _MEMORY else Path(name)
        self.committed = False
        self._connections = connections
        self._locks = [lock] if lock else []
        self._unfinished: set[asyncio.Task[Any]] = set()
        self._closed = False
        writer, reader, for_clients = connections
        self._writing = asyncio.Lock()
        # In memory there is one connection only; reading then waits for writing to end.
        self._reading = self._writing if reader is writer else asyncio.Lock()
        self._clients_reading = self._reading if for_clients is reader else FairLock()

    @classmethod
    async def open(cls, url: str) -> "Database":
        """Open (or create, mode 0600) the database at `url` and bring its schema up to date.

        Raises ConfigurationError for a url that is not SQLite's; StorageError, in one line, when another bot
        has the database, when it is damaged, cannot be read or written, or when a newer version made it.
        """
        path = database_path(url)
        if path is None:
            with storage_errors(_MEMORY):
                connection = await connect(_MEMORY)
                await migrate(connection, _MEMORY)
            return cls(_MEMORY, Connections(connection, connection, connection), None)
        file, lock = await asyncio.to_thread(_claim, path)
        opened: list[aiosqlite.Connection] = []
        try:
            with storage_errors(str(file)):
                await asyncio.to_thread(check, file)
                opened.append(await connect(file))
                for _ in range(2):
                    opened.append(await connect(file))
                    await opened[-1].execute("PRAGMA query_only = ON")
                await migrate(opened[0], str(file))
            return cls(str(file), Connections(*opened), lock)
        except BaseException:
            for connection in opened:
                await connection.close()
            await asyncio.to_thread(lock.release)
            raise

    @classmethod
    async def beside(cls, url: str, *, writing: bool) -> "Database | None":
        """Open the database at `url` while a bot may be using it; its schema stays as it is.

        None where there is no such file, or it has no audit log and journal. Raises as `open` does.
        """
        path = database_path(url)
        if path is None or not await asyncio.to_thread(path.is_file):
            return None
        path = await asyncio.to_thread(path.resolve)
        with storage_errors(str(path)):
            mode = "rw" if writing else "ro"
            connection = await opened(f"{path.as_uri()}?mode={mode}", uri=True)
            try:
                [(count,)] = await connection.execute_fetchall(
                    "SELECT count(*) FROM sqlite_master"
                    " WHERE name IN ('appliance_audit', 'appliance_journal')"
                )
                if writing:
                    await connection.execute("PRAGMA synchronous = FULL")
                    await connection.execute(f"PRAGMA {NO_AUTOCHECKPOINT}")
            except BaseException:
                await connection.close()
                raise
        if count < 2:
            await connection.close()
            return None
        return cls(str(path), Connections(connection, connection, connection), None)

    @classmethod
    async def in_memory(cls, url: str) -> "Database | None":
        """Copy the database at `url` into memory, and bring the copy up to date; the file stays as it is.

        None where there is no such file. A bot may be using it, of any version. Raises as `open` does.
        """
        path = database_path(url)
        if path is None or not await asyncio.to_thread(path.is_file):
            return None
        name = str(await asyncio.to_thread(path.resolve))
        connection = await connect(_MEMORY)
        try:
            with storage_errors(name):
                await in_one_turn(connection, lambda copy: read_into(copy, Path(name)))
                await migrate(connection, name)
        except BaseException:
            await connection.close()
            raise
        return cls(_MEMORY, Connections(connection, connection, connection), None)

    async def close(self) -> None:
        """Wait for unfinished writes and reads, then close, with a checkpoint. May be called twice."""
        await asyncio.gather(*self._unfinished, return_exceptions=True)
        if self._closed:
            return
        self._closed = True
        async with self._writing:
            writer, reader, for_clients = self._connections
            if reader is not writer:
                async with self._reading:
                    await reader.close()
            if for_clients is not reader:
                async with self._clients_reading:
                    await for_clients.close()
            await writer.close()
        while self._locks:
            await asyncio.to_thread(self._locks.pop().release)

    async def complete(self, write: Coroutine[Any, Any, T]) -> T:
        """Carry `write` through, even when the caller is cancelled while waiting for it."""
        task = asyncio.create_task(write)
        self._unfinished.add(task)
        task.add_done_callback(self._unfinished.discard)
        return await asyncio.shield(task)

    async def hold_lock(self) -> None:
        """Create the lock file again where it was removed."""
        for lock in self._locks:
            await asyncio.to_thread(lock.renew)

    async def checkpoint(self) -> bool:
        """Write the write-ahead log into the file, as far as no reader holds it up; return whether all was.

        SQLite does not do it by itself: if the file changes otherwise, another program has changed it.
        """
        async with self._writing:
            self._check_open()
            with storage_errors(self.name):
                rows = await self._connections.writer.execute_fetchall("PRAGMA wal_checkpoint(PASSIVE)")
            self.committed = False
        return all(busy == 0 and logged == written for busy, logged, written in rows)

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Hold back all writes until the block ends; it may call `copy_to` and `go_on_in` alone."""
        async with self._writing:
            self._check_open()
            yield

    async def copy_to(self, file: Path) -> None:
        """Copy what the open connection reads into a new database (mode 0600), on disk when it returns."""
        with storage_errors(self.name):
            try:
                await asyncio.to_thread(_make_empty, file)
                await self._connections.writer.execute("VACUUM INTO ?", (str(file),))
                await asyncio.to_thread(_flush, file)
            except OSError as error:
                raise StorageError(f"The copy {file} cannot be written ({error.strerror})") from error

    async def go_on_in(self, other: "Database") -> None:
        """Read and write the database of `other` from now on; `other` must not be used any more.

        The connections that were open stay open for good: closing them would make SQLite remove the
        write-ahead log of that name, which may belong to another file by now. The lock on the file stays too.
        """
        async with self._reading:
            for connection in self._connections:
                leave_open(connection)
            self.name, self.file, self.committed = other.name, other.file, other.committed
            connections, locks = other.give_up()
            self._connections = connections  # a read under way ends in the database where it began
            self._locks += locks

    def give_up(self) -> tuple[Connections, list[DatabaseLock]]:
        """Return the open connections and the locks, for another object to use and close."""
        return self._connections, self._locks

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[aiosqlite.Connection]:
        """Yield the connection that writes, inside `BEGIN IMMEDIATE`; on disk when the block has ended.

        An exception or a cancellation inside the block undoes all of it. Raises StorageError; its subclass
        UnwritableRecord where the record is at fault, so that others can still be written.
        """
        async with self._writing:
            self._check_open()
            writer = self._connections.writer
            with storage_errors(self.name), record_errors():
                try:
                    await writer.execute("BEGIN IMMEDIATE")
                    before = writer.total_changes
                    yield writer
                    await writer.commit()
                    self.committed |= writer.total_changes > before
                except BaseException:
                    # The connection's thread works in order: this comes after all requests before it (a
                    # commit whose caller was cancelled included) and before all later ones.
                    await writer.rollback()
                    raise

    async def write_at_once(self, work: Callable[[sqlite3.Connection], T], after: Callable[[T], None]) -> T:
        """Do `work` in a transaction, and `after` once it is on disk, in one call to the writer's thread.

        For writes that must be quick under load: each call to the thread costs a round of the event loop.
        Raises as `transaction` does.
        """
        async with self._writing:
            self._check_open()
            with storage_errors(self.name), record_errors():
                done = await in_one_turn(
                    self._connections.writer, lambda each: committed_by(each, work, after)
                )
                self.committed = True
                return done

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[aiosqlite.Connection]:
        """Yield a connection that reads; all queries of the block see one state. Raises StorageError.

        Reads for clients (`threads.reader`) wait for each other; the bot's own reads do not wait for them.
        """
        for_client = bool(reader.get())
        connections = self._connections
        connection = connections.for_clients if for_client else connections.reader
        async with self._clients_reading if for_client else self._reading:
            self._check_open()
            with storage_errors(self.name):
                try:
                    await connection.execute("BEGIN")
                    yield connection
                finally:
                    await connection.rollback()

    def _check_open(self) -> None:
        if self._closed:
            raise StorageError(f"The database {self.name} is closed: the bot is stopping")


def _claim(path: Path) -> tuple[Path, DatabaseLock]:
    """Lock the database; create its file if there is none, readable for its owner only."""
    path = path.resolve()
    if not path.parent.is_dir():
        raise StorageError(
            f"The folder {path.parent} of the database does not exist: create it, or change db_url"
        )
    if path.is_dir():
        raise StorageError(f"The database {path} is a folder: name a file in db_url")
    try:
        lock = DatabaseLock.take(path)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        advice = ADVICE["disk is full" if full else "readonly"]
        raise StorageError(
            f"The database {path} cannot be written ({error.strerror}): {advice}, or change db_url"
        ) from error
    if process := freqtrade_with(path):
        lock.release()
        raise StorageError(
            f"The database {path} is open in freqtrade (process {process}), and both would trade the same"
            " money: stop freqtrade first, or give this bot another database with --db-url or the key db_url"
        )
    return path, lock


def _make_empty(file: Path) -> None:
    os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def _flush(file: Path) -> None:
    for path in (file, file.parent):
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
