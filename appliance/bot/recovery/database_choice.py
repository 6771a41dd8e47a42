"""Check the other databases of the folder before opening this one, so that nothing is bought twice.

Live, the bot does not start until the user names the right one; in dry-run it is only logged.
"""

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path

from appliance.bot.state.books import Books
from appliance.config.database_choice import DatabaseChoice, note_use
from appliance.config.loading import LoadedSettings
from appliance.domain.errors import ConfigurationError, StorageError
from appliance.storage.inspection import DatabaseSummary, inspect_database, knows, when
from appliance.storage.safe_copy import copies_of
from appliance.storage.store import Store

log = logging.getLogger(__name__)

HOW = "say which one with --db-url sqlite:////path/of/the/file or the key db_url"


async def check_other_databases(loaded: LoadedSettings) -> list[str]:
    """Return a line for each other database with open trades. Raises `ConfigurationError` when live."""
    return await asyncio.to_thread(_check_others, loaded.database, dry_run=loaded.settings.dry_run)


async def open_database(loaded: LoadedSettings) -> Store:
    """Open the database. Raises `StorageError`, which names a safe copy beside it, if there is one."""
    try:
        return await Store.open(loaded.db_url)
    except StorageError as error:
        file = loaded.database.file
        copies = await asyncio.to_thread(copies_of, file) if file else []
        if not copies:
            raise
        raise StorageError(
            f"{error}. There is a safe copy beside it, made by the running bot: {copies[0]}"
        ) from error


async def note_database(loaded: LoadedSettings) -> None:
    """Record in the user data folder which database is used; if that fails, log it."""
    try:
        await asyncio.to_thread(
            note_use, loaded.user_data_dir, loaded.database, dry_run=loaded.settings.dry_run
        )
    except OSError as error:
        log.warning(
            "The database in use cannot be recorded in %s (%s): start from the same folder each time, or set"
            " db_url to an absolute path",
            loaded.user_data_dir,
            error.strerror,
        )


async def log_contents(books: Books, *, dry_run: bool) -> None:
    """Log in one line which database is open, and its contents."""
    book = books.trades
    dates = [trade.date_last_filled_utc for trade in book.open.values()]
    dates += [closed.close_date for closed in book.closed[-1:]]
    dates += [changed] if (changed := await books.store.journal.last_change()) else []
    mode = "dry-run" if dry_run else "live"
    log.info(
        "Database %s (%s): %d open trades, %d closed, last change %s",
        books.store.name,
        mode,
        len(book.open),
        len(book.closed),
        when(max(dates, default=None)),
    )


def _check_others(choice: DatabaseChoice, *, dry_run: bool) -> list[str]:
    if choice.file is None:
        return []
    here = choice.file.is_file()
    said, refused = [], []
    for seen, is_copy in _holding(choice, choice.file):
        words, refuse = _judged(choice, choice.file, seen, is_copy=is_copy, here=here)
        said.append(words)
        if refuse:
            refused.append(words)
    if choice.missing is not None and not here:
        gone = f"The database {choice.missing}, which was used last, is missing"
        said.append(f"{gone}: a new one is created in {choice.file}")
        refused.append(f"{gone}: put it back, or {HOW}")
    if refused and not dry_run:
        raise ConfigurationError(refused[0])
    return said


def _holding(choice: DatabaseChoice, file: Path) -> Iterator[tuple[DatabaseSummary, bool]]:
    """Yield the other databases with open trades, and safe copies with data that `file` lacks."""
    for other in choice.others:
        if (seen := inspect_database(other)) and seen.open:
            yield seen, False
    for copy in copies_of(file):
        if (
            copy not in choice.others
            and (seen := inspect_database(copy))
            and seen.open
            and not knows(file, seen)
        ):
            yield seen, True


def _judged(
    choice: DatabaseChoice, file: Path, seen: DatabaseSummary, *, is_copy: bool, here: bool
) -> tuple[str, bool]:
    """Describe another database, and return whether live trading must not start because of it."""
    if is_copy:
        state = "has changed" if here else "is gone"
        words = (
            f"The database {file} {state}, and the safe copy {seen.file} holds {seen.description()}:"
            f" put the copy in its place, or {HOW}"
        )
        return words, not here or not choice.is_explicit
    if seen.in_use:
        return f"Another bot runs on the database {seen.file} of the same folder: {seen.description()}", False
    words = f"Another database of the same folder holds open trades that are not managed: {seen.file} has"
    words += f" {seen.description()}; this start uses {file}: {HOW}"
    return words, not choice.is_explicit or (not here and _same_name_elsewhere(choice, seen.file))


def _same_name_elsewhere(choice: DatabaseChoice, other: Path) -> bool:
    """Return whether a relative `db_url` would mean `other` if started from another folder."""
    named = Path((choice.named or "").removeprefix("sqlite:///"))
    return not named.is_absolute() and bool(named.name) and other.parts[-len(named.parts) :] == named.parts
