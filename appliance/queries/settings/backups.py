"""Make backups of a bot, and list those in its user data folder."""

import contextlib
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from appliance import __version__
from appliance.config.loading import LoadedSettings
from appliance.domain.errors import NotFound, StorageError
from appliance.queries.bot_slot import BotSlot
from appliance.storage.backup import Contents, Manifest, Source, make_archive
from appliance.storage.database.location import database_path
from appliance.threads import for_readers

FOLDER = "backups"
_NAME = re.compile(r"appliance-\d{8}-\d{6}-\d{6}\.tar\.gz")
_TAKEN = (".py", ".json")
_FOLDERS = ("strategies", "hyperopts")
NOT_IN_IT = (
    "Not included: environment variables, secrets in files of their own, candle data, results of backtests."
)


class BackupRow(Struct, frozen=True, kw_only=True):
    """Show a backup; `size` in bytes."""

    name: str
    made_at: datetime
    size: int


class BackupsView(Struct, frozen=True, kw_only=True):
    """Hold the backups, newest first, their folder, and why none can be kept there; "" if one can."""

    backups: list[BackupRow]
    folder: str
    read_only: str
    contents: list[str]


class MadeBackup(Struct, frozen=True):
    """Name a backup that was made, and what is in it."""

    file: Path
    manifest: Manifest


async def backups(slot: BotSlot) -> BackupsView:
    """Return the backups in the user data folder."""
    return await for_readers(_view, slot.loaded)


async def make_backup(slot: BotSlot) -> MadeBackup:
    """Make a backup in the user data folder. Raises StorageError."""
    return await for_readers(kept_backup, slot.loaded)


async def find_backup(slot: BotSlot, name: str) -> Path:
    """Return the file of a backup in the user data folder. Raises NotFound."""
    return await for_readers(_file, slot.loaded, name)


def kept_backup(loaded: LoadedSettings, target: Path | None = None) -> MadeBackup:
    """Make a backup at `target`, by default in the user data folder (blocks). Raises StorageError."""
    if target is None or target.is_dir():
        folder = loaded.user_data_dir / FOLDER if target is None else target
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise StorageError(f"{folder}: cannot be made: {error.strerror}") from None
        target = folder / f"appliance-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.tar.gz"
    contents = Contents(
        database=database_path(loaded.db_url),
        sources=list(_sources(loaded)),
        version=__version__,
        bot_name=loaded.settings.bot_name,
        notes=(NOT_IN_IT,),
    )
    return MadeBackup(target, make_archive(target, contents))


def _sources(loaded: LoadedSettings) -> Iterator[Source]:
    """Yield configuration files, then strategies with their parameter files, of all folders searched."""
    for number, file in enumerate(dict.fromkeys(loaded.files)):
        yield Source(f"configuration/{number}/{file.name}", file)
    folders = [(name, loaded.user_data_dir / name) for name in _FOLDERS]
    if loaded.settings.strategy_path:
        folders.append(("strategy_path", Path(loaded.settings.strategy_path).expanduser()))
    for name, folder in folders:
        for file in sorted(folder.rglob("*")):
            inside = file.relative_to(folder)
            if file.suffix in _TAKEN and "__pycache__" not in inside.parts and file.is_file():
                yield Source(f"{name}/{inside.as_posix()}", file)


def _view(loaded: LoadedSettings) -> BackupsView:
    folder = loaded.user_data_dir / FOLDER
    place = folder if folder.is_dir() else loaded.user_data_dir
    rows: list[BackupRow] = []
    with contextlib.suppress(OSError):
        rows = [
            BackupRow(
                name=file.name,
                made_at=datetime.fromtimestamp(file.stat().st_mtime, UTC),
                size=file.stat().st_size,
            )
            for file in folder.iterdir()
            if _NAME.fullmatch(file.name) and file.is_file() and not file.is_symlink()
        ]
    return BackupsView(
        backups=sorted(rows, key=lambda row: row.name, reverse=True),
        folder=str(folder),
        read_only="" if os.access(place, os.W_OK) else f"this program may not write into {place}",
        contents=[
            *([f"the database {path.name}"] if (path := database_path(loaded.db_url)) else []),
            *(str(file) for file in dict.fromkeys(loaded.files)),
            "strategies and their parameter files",
        ],
    )


def _file(loaded: LoadedSettings, name: str) -> Path:
    file = loaded.user_data_dir / FOLDER / name
    if not _NAME.fullmatch(name) or file.is_symlink() or not file.is_file():
        raise NotFound("There is no such backup")
    return file
