"""Open the database: one connection that writes, one that the bot reads by, and one for people who read.

Each has a thread of its own: what a person asks for holds up neither a command's line in the audit log nor
what the bot itself looks up.
"""

import asyncio
import errno
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TypeVar

import aiosqlite

from appliance.domain.errors import ApplianceError, StorageError, UnwritableRecord
from appliance.storage.database.connections import (
    NO_AUTOCHECKPOINT,
    committed_by,
    connect,
    in_one_turn,
    leave_open,
    opened,
)
from appliance.storage.database.integrity import RESTORE, check
from appliance.storage.database.location import database_path
from appliance.storage.database.lock import Guard
from appliance.storage.database.migrations import migrate
from appliance.storage.database.other_programs import freqtrade_with
from appliance.storage.database.record_faults import CONNECTION_GONE, is_of_the_record
from appliance.threads import FairLock, reader

T = TypeVar("T")
_MEMORY = ":memory:"


class Database:
    """Write in transactions that follow one another, read from snapshots that no writer disturbs."""

    def __init__(
        self,
        name: str,
        writer: aiosqlite.Connection,
        reader: aiosqlite.Connection,
        guard: Guard | None,
        for_people: aiosqlite.Connection | None = None,
    ) -> None:
        self.name = name
        self.file = None if name == _MEMORY else Path(name)
        self._writer = writer
        self._reader = reader
        self._guards = [guard] if guard else []
        self._closed = False
        self.committed = False
        """Whether something was written since the last checkpoint: so it is in the write-ahead log."""
        self._writing = asyncio.Lock()
        # In memory there is one connection only; reading then waits for writing to end.
        self._reading = self._writing if reader is writer else asyncio.Lock()
        self._for_people = for_people or reader
        self._people_reading = FairLock() if for_people else self._reading

    @classmethod
    async def open(cls, url: str) -> "Database":
        """Open (or make, mode 0600) the database at `url` and bring its schema up to date.

        Raises ConfigurationError for a url that is not SQLite's; StorageError, in one line, when another bot
        has the database, when it is damaged, cannot be read or written, or when a newer version made it.
        """
        path = database_path(url)
        if path is None:
            with _told(_MEMORY):
                connection = await connect(_MEMORY)
            return await cls(_MEMORY, connection, connection, None)._migrated()
        file, guard = await asyncio.to_thread(_claim, path)
        opened: list[aiosqlite.Connection] = []
        try:
            with _told(str(file)):
                await asyncio.to_thread(check, file)
                opened.append(await connect(file))
                for _ in range(2):
                    opened.append(await connect(file))
                    await opened[-1].execute("PRAGMA query_only = ON")
            writer, reader, for_people = opened
            return await cls(str(file), writer, reader, guard, for_people)._migrated()
        except BaseException:
            for connection in opened:
                await connection.close()
            await asyncio.to_thread(guard.release)
            raise

    @classmethod
    async def beside(cls, url: str, *, writing: bool) -> "Database | None":
        """Open the database at `url` while a bot may be using it; nothing of its schema is changed.

        None where there is no such file, or no audit log and journal in it. Raises as `open` does.
        """
        path = database_path(url)
        if path is None or not await asyncio.to_thread(path.is_file):
            return None
        path = await asyncio.to_thread(path.resolve)
        with _told(str(path)):
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
        return cls(str(path), connection, connection, None)

    async def close(self) -> None:
        """Wait for what is under way, then close, with a checkpoint. Twice does no harm."""
        if self._closed:
            return
        self._closed = True
        async with self._writing:
            if self._reader is not self._writer:
                async with self._reading:
                    await self._reader.close()
            if self._for_people is not self._reader:
                async with self._people_reading:
                    await self._for_people.close()
            await self._writer.close()
        while self._guards:
            await asyncio.to_thread(self._guards.pop().release)

    async def hold_lock(self) -> None:
        """Make the file of the lock anew where somebody has removed it."""
        for guard in self._guards:
            await asyncio.to_thread(guard.keep)

    async def checkpoint(self) -> bool:
        """Write the write-ahead log into the file, as far as nobody reads from it; tell whether all of it is.

        SQLite does it by itself nowhere else: whenever the file changes otherwise, it was somebody else.
        """
        async with self._writing:
            self._check_open()
            with _told(self.name):
                rows = await self._writer.execute_fetchall("PRAGMA wal_checkpoint(PASSIVE)")
            self.committed = False
        return all(busy == 0 and logged == written for busy, logged, written in rows)

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Let nobody write meanwhile, but for `copy_to` and `go_on_in`, which are for whoever holds it."""
        async with self._writing:
            self._check_open()
            yield

    async def copy_to(self, file: Path) -> None:
        """Write what the open connection sees into a new database (mode 0600), on disk when it returns."""
        with _told(self.name):
            try:
                await asyncio.to_thread(_make_empty, file)
                await self._writer.execute("VACUUM INTO ?", (str(file),))
                await asyncio.to_thread(_flush, file)
            except OSError as error:
                raise StorageError(f"The copy {file} cannot be written ({error.strerror})") from error

    async def go_on_in(self, other: "Database") -> None:
        """Write and read in another database from now on; `other` must not be used any more.

        The connections that were open are left as they are for ever: closing them would have SQLite remove,
        by its name, the write-ahead log of whatever lies in the place now. The lock on the place stays.
        """
        async with self._reading:
            for connection in (self._writer, self._reader, self._for_people):
                leave_open(connection)
            self.name, self.file, self.committed = other.name, other.file, other.committed
            self._writer, self._reader = other._writer, other._reader
            self._for_people = other._for_people  # what somebody still reads ends where it began
            self._guards += other._guards

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[aiosqlite.Connection]:
        """Yield the connection that writes, inside `BEGIN IMMEDIATE`; on disk when the block has ended.

        An exception or a cancellation inside the block undoes all of it. Raises StorageError, and of that
        UnwritableRecord where what was to be written is at fault: another record can be written.
        """
        async with self._writing:
            self._check_open()
            with _told(self.name), _records_apart():
                try:
                    await self._writer.execute("BEGIN IMMEDIATE")
                    before = self._writer.total_changes
                    yield self._writer
                    await self._writer.commit()
                    self.committed |= self._writer.total_changes > before
                except BaseException:
                    # The connection's thread works in turn: this comes after whatever was asked for before,
                    # a commit that nobody waited for included, and before whatever comes next.
                    await self._writer.rollback()
                    raise

    async def write_at_once(self, work: Callable[[sqlite3.Connection], T], after: Callable[[T], None]) -> T:
        """Do `work` in a transaction, and `after` once it is on disk, in one turn of the writer's thread.

        For what somebody waits for while much else is asked of the event loop: each turn costs a round of it.
        Raises as `transaction` does.
        """
        async with self._writing:
            self._check_open()
            with _told(self.name), _records_apart():
                done = await in_one_turn(self._writer, lambda each: committed_by(each, work, after))
                self.committed = True
                return done

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[aiosqlite.Connection]:
        """Yield a connection that reads; all queries of the block see one moment. Raises StorageError.

        People's reading (`threads.reader`) waits for other people's, never the bot's for theirs.
        """
        for_people = bool(reader.get())
        connection = self._for_people if for_people else self._reader
        async with self._people_reading if for_people else self._reading:
            self._check_open()
            with _told(self.name):
                try:
                    await connection.execute("BEGIN")
                    yield connection
                finally:
                    await connection.rollback()

    def _check_open(self) -> None:
        if self._closed:
            raise StorageError(f"The database {self.name} is closed: the bot is stopping")

    async def _migrated(self) -> "Database":
        async with self._writing:
            with _told(self.name):
                await migrate(self._writer, self.name)
        return self


def _claim(path: Path) -> tuple[Path, Guard]:
    """Lock the database and make its file if there is none, readable for its owner only."""
    path = path.resolve()
    if not path.parent.is_dir():
        raise StorageError(
            f"The folder {path.parent} of the database does not exist: make it, or change db_url"
        )
    if path.is_dir():
        raise StorageError(f"The database {path} is a folder: name a file in db_url")
    try:
        guard = Guard.take(path)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        advice = _ADVICE["disk is full" if full else "readonly"]
        raise StorageError(
            f"The database {path} cannot be written ({error.strerror}): {advice}, or change db_url"
        ) from error
    if process := freqtrade_with(path):
        guard.release()
        raise StorageError(
            f"The database {path} is open in freqtrade (process {process}), and both would trade the same"
            " money: stop freqtrade first, or give this bot another database with --db-url or the key db_url"
        )
    return path, guard


def _make_empty(file: Path) -> None:
    os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def _flush(file: Path) -> None:
    for path in (file, file.parent):
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def _records_apart() -> Iterator[None]:
    """Turn what is wrong with a record, not with the database, into an error of its own."""
    try:
        yield
    except ApplianceError:
        raise
    except Exception as error:
        if not is_of_the_record(error):
            raise
        raise UnwritableRecord(f"this record cannot be stored: {_in_words(error)}") from error


def _in_words(error: Exception) -> str:
    return str(error) if isinstance(error, sqlite3.Error) else f"{type(error).__name__}: {error}"


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Turn what SQLite complains of into one line that says what to do."""
    try:
        yield
    except sqlite3.Error as error:
        text = str(error)
        for known, advice in _ADVICE.items():
            if known in text:
                raise StorageError(f"The database {name}: {text}: {advice}") from error
        raise StorageError(f"The database {name}: {text}") from error
    except ValueError as error:
        if str(error) not in CONNECTION_GONE:
            raise
        raise StorageError(f"The database {name} is closed") from error


_ADVICE = {
    "not a database": "name another file in db_url, or restore a backup",
    "malformed": f"the file is damaged; {RESTORE}",
    "disk is full": "make room on the disk",
    "disk I/O error": "look at the disk and its connections",
    "locked": "another program is writing to it; end that program",
    "readonly": "give the bot's user the right to write to the file and its folder",
    "unable to open": "give the bot's user the right to write to the file and its folder",
}
