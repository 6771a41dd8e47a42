"""Lock a database, so that only one bot uses it at a time."""

import contextlib
import errno
import fcntl
import logging
import os
import struct
from pathlib import Path

from appliance.domain.errors import StorageError

log = logging.getLogger(__name__)

_BYTE = 1 << 61
"""The byte of the database file that is locked: far from the bytes that SQLite locks, and from content."""
_TAKEN = (errno.EAGAIN, errno.EACCES)


class DatabaseLock:
    """Hold two locks for as long as this process lives: on `<database>.lock`, and on the database's own file.

    The first names its holder and survives a replaced database; the second survives a removed lock file. It
    belongs to the open file, not to the process (F_OFD_SETLK): SQLite loses its own locks, which belong to
    the process, when any part of the process closes the file. So the file is opened before SQLite opens it
    and closed after SQLite has closed it. The kernel drops both when the process ends, however it ends; the
    lock file stays: removing it would let two bots lock two files of the same name.
    """

    def __init__(self, database: Path, descriptor: int, content: int) -> None:
        self._database = database
        self._descriptor = descriptor
        self._content = content

    @classmethod
    def take(cls, database: Path) -> "DatabaseLock":
        """Lock `database`; create its file (mode 0600) if there is none.

        Raises StorageError naming the process that holds it, OSError on a bad folder.
        """
        descriptor = _locked(lock_file(database))
        if descriptor is None:
            raise _in_use(database)
        try:
            content = os.open(database, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            if not _lock_content(content):
                os.close(content)
                raise _in_use(database)
        except BaseException:
            os.close(descriptor)
            raise
        _sign(descriptor)
        return cls(database, descriptor, content)

    def renew(self) -> None:
        """Create the lock file again where it was removed or replaced (blocks)."""
        path = lock_file(self._database)
        if _is_at(self._descriptor, path):
            return
        with contextlib.suppress(OSError):
            fresh = _locked(path)
            if fresh is not None:
                os.close(self._descriptor)
                self._descriptor = fresh
                _sign(fresh)
                log.warning("The file %s was removed or replaced; it is created again", path)

    def release(self) -> None:
        """Release both locks; call it once the connections are closed (blocks)."""
        with contextlib.suppress(OSError):
            os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)
        os.close(self._content)


def is_held(database: Path) -> bool:
    """Return whether a bot runs on `database` (blocks)."""
    try:
        descriptor = os.open(lock_file(database), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def lock_file(database: Path) -> Path:
    return database.with_name(database.name + ".lock")


def _locked(path: Path) -> int | None:
    """Return the descriptor of the locked file at `path`; None where another process holds it."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        except OSError:
            os.close(descriptor)
            raise
        if _is_at(descriptor, path):
            return descriptor
        os.close(descriptor)  # it was removed between the two: the file there now is the lock


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except OSError:
        return False


def _lock_content(descriptor: int) -> bool:
    """Lock a byte of the file; False where another process has it, True on file systems without locks."""
    wanted = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, _BYTE, 1, 0)
    try:
        fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, wanted)
    except (OSError, AttributeError) as error:
        return getattr(error, "errno", None) not in _TAKEN
    return True


def _sign(descriptor: int) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)


def _in_use(database: Path) -> StorageError:
    holder = ""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        holder = lock_file(database).read_text()[:32].strip()
    return StorageError(
        f"The database {database} is in use by another bot{f' (process {holder})' if holder else ''}:"
        " stop that one, or give this one another database with --db-url or the key db_url"
    )
