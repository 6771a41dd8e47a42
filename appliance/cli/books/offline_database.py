"""Read the database of a bot from the command line, and record commands in its audit log."""

import asyncio
import getpass
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from appliance.config.loading import LoadedSettings
from appliance.domain.audit import AuditRecord
from appliance.domain.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from appliance.storage.store import Store

T = TypeVar("T")


def look(loaded: LoadedSettings, ask: "Callable[[Store], Awaitable[T]]") -> T:
    """Run `ask` with the database opened for reading, and return its result. Raises `StorageError`."""
    from appliance.storage.store import Store  # late: it loads numpy

    async def looking() -> T:
        store = await Store.beside(loaded.db_url)
        if store is None:
            raise StorageError(f"There is no bot's database at {loaded.db_url}: give one with --db-url or -c")
        try:
            return await ask(store)
        finally:
            await store.close()

    return asyncio.run(looking())


def note(loaded: LoadedSettings, what: str) -> None:
    """Record a change by this command in the audit log, if there is a database.

    Raises `StorageError` if the database cannot be written: then the change must not be made.
    """
    from appliance.storage.store import Store  # late: it loads numpy

    record = AuditRecord(at=datetime.now(UTC), who=_user(), origin="command line", what=what)

    async def noting() -> None:
        store = await Store.beside(loaded.db_url, writing=True)
        if store is not None:
            try:
                await store.audit.add(record)
            finally:
                await store.close()

    asyncio.run(noting())


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an id without a name, as in some containers
        return f"user {os.getuid()}"
