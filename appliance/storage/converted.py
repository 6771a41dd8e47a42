"""Write a database of any version as a new file of this version; the old one stays as it is."""

import asyncio
import contextlib
import os
import secrets
from pathlib import Path
from typing import NamedTuple

from appliance.domain.errors import StorageError
from appliance.storage.store import Store


class Converted(NamedTuple):
    """State the new file, and how many rows each table of freqtrade's has."""

    file: Path
    counts: dict[str, int]


async def convert_database(source: str, file: Path) -> Converted:
    """Copy the database at the url `source` into a new file, whole or not at all.

    Raises StorageError where there is nothing to copy, where `file` exists, and where it cannot be written;
    ConfigurationError for a url that is not SQLite's.
    """
    store = await Store.copied(source)
    if store is None:
        raise StorageError(f"There is no database at {source}")
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        counts = await store.counts()
        await store.copy_to(draft)
        await asyncio.to_thread(_name, draft, file)
        await store.audit.move(file)
    finally:
        await asyncio.to_thread(_remove, draft)
        await store.close()
    return Converted(file, counts)


def _name(draft: Path, file: Path) -> None:
    """Give the file its name, unless there is another one of that name."""
    try:
        os.link(draft, file)
    except FileExistsError:
        raise StorageError(f"{file} exists already: name another file, or remove it") from None
    except OSError as error:
        raise StorageError(f"{file} cannot be written ({error.strerror})") from error


def _remove(draft: Path) -> None:
    with contextlib.suppress(OSError):
        draft.unlink()
