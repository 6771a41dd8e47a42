"""Look into a bot's database from the command line, whether it runs or not; note what is commanded."""

import asyncio
import getpass
import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from appliance.config.loading import LoadedSettings
from appliance.domain.audit import AuditRecord
from appliance.domain.errors import StorageError

T = TypeVar("T")


def look(loaded: LoadedSettings, ask: Callable[[Any], Awaitable[T]]) -> T:
    """Return what `ask` finds in the database (a `Store` that only reads). Raises `StorageError`."""
    from appliance.storage.store import Store

    async def looking() -> T:
        store = await Store.beside(loaded.db_url)
        if store is None:
            raise StorageError(f"There is no bot's database at {loaded.db_url}: name it with --db-url or -c")
        try:
            return await ask(store)
        finally:
            await store.close()

    return asyncio.run(looking())


def note(loaded: LoadedSettings, what: str) -> None:
    """Write what this command is about to change into the bot's audit log, if there is a bot's database.

    Raises `StorageError` where there is one and it cannot be written: then nothing is to be changed.
    """
    from appliance.storage.store import Store

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
