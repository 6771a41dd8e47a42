"""Put a bot's database and files into one archive, while it runs; a manifest says what is in it.

The archive is a `.tar.gz`: `manifest.json` first, with the SHA-256 of every other file. The database is
copied by SQLite's own online backup, as of one moment. There are secrets in it (keys, passwords), and it is
written so that only its owner can read it.
"""

import contextlib
import hashlib
import io
import os
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import msgspec
from msgspec import Struct

from appliance.domain.errors import StorageError
from appliance.storage.audit_anchor import anchor_file

MANIFEST = "manifest.json"
FORMAT = 1
"""Version of the layout; a restore refuses a later one."""
LARGEST_FILE = 32 * 1024 * 1024
"""Bytes of the largest file beside the database that is taken along."""
_BUSY_SECONDS = 30.0
_LEVEL = 6


class Source(Struct, frozen=True):
    """Name a file to be archived: `name` is its path in the archive."""

    name: str
    file: Path


class ArchivedFile(Struct, frozen=True):
    """Describe a file of the archive. `origin` is where it was, `size` in bytes."""

    name: str
    sha256: str
    size: int
    origin: str


class Manifest(Struct, frozen=True, kw_only=True):
    """Describe an archive: made when (UTC), by which version, of which bot; `notes` say what is not in it."""

    format: int = FORMAT
    made_at: datetime
    version: str
    bot_name: str
    files: tuple[ArchivedFile, ...]
    notes: tuple[str, ...] = ()


class Contents(Struct, frozen=True, kw_only=True):
    """Say what an archive is made of; `notes` say what is not in it. `version` is that of this program."""

    database: Path | None
    sources: Sequence[Source]
    version: str
    bot_name: str
    notes: tuple[str, ...] = ()


def make_archive(target: Path, contents: Contents) -> Manifest:
    """Write the archive `target`, which must not exist, whole or not at all (blocks).

    Raises StorageError with what to do.
    """
    try:
        with (
            tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as inside,
            _draft(target) as draft,
        ):
            missing: list[str] = []
            parts = list(_database_parts(contents.database, Path(inside), missing))
            parts += [source for source in contents.sources if _is_wanted(source.file, missing)]
            manifest = Manifest(
                made_at=datetime.now(UTC),
                version=contents.version,
                bot_name=contents.bot_name,
                files=tuple(_described(part, contents.database) for part in parts),
                notes=(*contents.notes, *missing),
            )
            _write(draft, manifest, parts)
            os.link(draft, target)
    except FileExistsError:
        raise StorageError(f"{target}: exists already; choose another name") from None
    except OSError as error:
        raise StorageError(f"{target}: cannot be written: {error.strerror or error}") from None
    return manifest


def copy_database(database: Path, target: Path) -> None:
    """Copy a database as of one moment, while it is written to (blocks). Raises StorageError."""
    import sqlite3  # late: a server that makes no backup does not need it

    address = f"{database.absolute().as_uri()}?mode=ro"
    try:
        with (
            contextlib.closing(sqlite3.connect(address, uri=True, timeout=_BUSY_SECONDS)) as source,
            contextlib.closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)  # in one step: a copy in several begins anew whenever the bot writes
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
            [[verdict]] = copy.execute("PRAGMA quick_check(1)").fetchall()
    except sqlite3.Error as error:
        raise StorageError(f"{database}: cannot be copied: {error}") from None
    if verdict != "ok":
        raise StorageError(f"{database}: the copy is damaged: {verdict}")


def verify(archive: Path) -> Manifest:
    """Return the manifest of an archive whose files are as it says (blocks). Raises StorageError."""
    try:
        with tarfile.open(archive, "r:gz") as opened:
            manifest = _manifest_of(opened)
            for described in manifest.files:
                content = opened.extractfile(described.name)
                digest = _digest(content)[0] if content else ""
                if digest != described.sha256:
                    raise StorageError(f"{archive}: {described.name} is damaged")
    except (OSError, tarfile.TarError, KeyError, EOFError, msgspec.DecodeError) as error:
        raise StorageError(f"{archive}: is no complete backup: {error}") from None
    return manifest


def _manifest_of(opened: tarfile.TarFile) -> Manifest:
    content = opened.extractfile(MANIFEST)
    return msgspec.json.decode(content.read() if content else b"", type=Manifest)


def _database_parts(database: Path | None, folder: Path, missing: list[str]) -> Iterator[Source]:
    """Copy the database into a folder; yield it, and the file beside it that proves its audit log."""
    if database is None or not database.is_file():
        missing.append("There is no database in a file.")
        return
    copy = folder / database.name
    copy.touch(0o600)
    anchor = anchor_file(database)
    if anchor.is_file():  # before the database: its end may be later than the head, but not earlier
        kept = folder / anchor.name
        kept.write_bytes(anchor.read_bytes())
        yield Source(f"database/{anchor.name}", kept)
    copy_database(database, copy)
    yield Source(f"database/{database.name}", copy)


def _is_wanted(file: Path, missing: list[str]) -> bool:
    try:
        size = file.stat().st_size if file.is_file() else None
    except OSError:
        size = None
    if size is None:
        missing.append(f"{file}: cannot be read")
    elif size > LARGEST_FILE:
        missing.append(f"{file}: has more than {LARGEST_FILE // 1024**2} MiB")
        return False
    return size is not None


def _described(part: Source, database: Path | None) -> ArchivedFile:
    with part.file.open("rb") as stream:
        digest, size = _digest(stream)
    origin = part.file.absolute()
    if database is not None and part.name.startswith("database/"):  # it was copied into another folder
        origin = database.absolute().with_name(part.file.name)
    return ArchivedFile(part.name, digest, size, str(origin))


def _write(draft: Path, manifest: Manifest, parts: Sequence[Source]) -> None:
    with draft.open("wb") as stream:
        with tarfile.open(fileobj=stream, mode="w:gz", compresslevel=_LEVEL) as archive:
            _add(archive, MANIFEST, io.BytesIO(msgspec.json.format(msgspec.json.encode(manifest), indent=1)))
            for part, described in zip(parts, manifest.files, strict=True):
                with part.file.open("rb") as content:
                    if _digest(content)[0] != described.sha256:
                        raise StorageError(f"{part.file}: has changed meanwhile; try again")
                    _add(archive, part.name, content)
        stream.flush()
        os.fsync(stream.fileno())


def _add(archive: tarfile.TarFile, name: str, content: IO[bytes]) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = content.seek(0, io.SEEK_END)
    content.seek(0)
    entry.mode = 0o600
    entry.mtime = int(datetime.now(UTC).timestamp())
    archive.addfile(entry, content)


def _digest(stream: IO[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while piece := stream.read(1 << 20):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


@contextlib.contextmanager
def _draft(target: Path) -> Iterator[Path]:
    """Create an empty file of mode 0600 beside `target`; it is removed at the end."""
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".backup-")
    os.close(descriptor)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)
