"""Keep a database for one bot at a time."""

import contextlib
import fcntl
import os
from pathlib import Path

from appliance.domain.errors import StorageError


class Guard:
    """Hold a lock on `<database>.lock` for as long as this process lives.

    The lock stands on a file of its own: SQLite loses its own locks when anybody in the process closes the
    database file. The kernel drops it when the process ends, however it ends; the file itself stays, because
    removing it would let two bots lock two files of the same name.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def take(cls, database: Path) -> "Guard":
        """Lock `database`. Raises StorageError naming who holds it, OSError on a bad folder."""
        path = lock_file(database)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 32).decode(errors="replace").strip()
            os.close(descriptor)
            raise StorageError(
                f"The database {database} is in use by another bot{f' (process {holder})' if holder else ''}:"
                " stop that one, or give this one another database with --db-url or the key db_url"
            ) from None
        except OSError:
            os.close(descriptor)
            raise
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        return cls(descriptor)

    def release(self) -> None:
        """Let others have the database (blocking I/O)."""
        with contextlib.suppress(OSError):
            os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)


def is_held(database: Path) -> bool:
    """Tell whether a bot runs on `database` (blocks)."""
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
