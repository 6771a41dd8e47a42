"""Read and replace configuration files: only regular files, whole or not at all, with a backup.

Links are not followed, and only the files that the configuration was read from are ever named here.
"""

import contextlib
import hashlib
import os
import re
import stat
import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from appliance.config.sources.editing import CannotEdit
from appliance.config.userdir import rewrite

LARGEST = 256 * 1024
"""Bytes of the largest file that is edited."""
KEPT_BACKUPS = 10
_BOM = b"\xef\xbb\xbf"
changing: Final = threading.RLock()
"""Held from reading a file to replacing it: of two edits at once, the second sees what the first has done."""


class FileText(msgspec.Struct, frozen=True):
    """Hold a file as it was read: `text` has plain line ends; `digest` identifies its content."""

    text: str
    digest: str
    has_bom: bool
    has_crlf: bool

    def __repr__(self) -> str:
        return f"FileText({self.digest})"

    def encoded(self, text: str) -> bytes:
        """Encode another text with the line ends and the mark that this file has."""
        text = text.replace("\n", "\r\n") if self.has_crlf else text
        return (_BOM if self.has_bom else b"") + text.encode()


def named(name: str, files: Sequence[Path]) -> Path | None:
    """Return the file of that name among the files of the configuration; None for any other name."""
    return next((file for file in files if str(file) == name), None)


def read(file: Path) -> FileText:
    """Read a file (blocks). Raises CannotEdit with the reason and what to do."""
    return _decoded(file, _content(file))


def why_read_only(file: Path) -> str:
    """Say why a file cannot be replaced (blocks); "" if it can, as far as is known before trying."""
    folder = file.parent
    try:
        if os.statvfs(folder).f_flag & os.ST_RDONLY:
            return f"the file system of {folder} is read-only"
    except OSError as error:
        return f"{folder}: {error.strerror}"
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"this program may not write into the folder {folder.absolute()}"
    return ""


def save(file: Path, before: FileText, text: str, now: datetime) -> Path:
    """Replace a file by a text, and return the backup of what it was: with the same owner and mode (blocks).

    Raises CannotEdit; then the file is as it was: also if it has changed since it was read as `before`.
    """
    with changing:
        return _replaced(file, before, text, now)


def _replaced(file: Path, before: FileText, text: str, now: datetime) -> Path:
    content = _content(file)
    if hashlib.sha256(content).hexdigest() != before.digest:
        raise CannotEdit(
            f"{file}: was changed by somebody else meanwhile: look at it again, then repeat the edit"
        )
    backup = file.with_name(f"{file.name}.{now:%Y%m%d-%H%M%S-%f}.bak")
    try:
        _copy(file, backup, content)
        rewrite(file, before.encoded(text))
        _sync(file.parent)
    except OSError as error:
        if _is_unchanged(file, content):
            with contextlib.suppress(OSError):
                backup.unlink()
        reason = error.strerror or type(error).__name__
        hint = "; a single mounted file cannot be replaced: mount its folder" if error.errno == 16 else ""
        raise CannotEdit(f"{file}: cannot be written: {reason}{hint}; nothing was changed") from None
    for old in backups_of(file)[KEPT_BACKUPS:]:
        with contextlib.suppress(OSError):
            old.unlink()
    return backup


def backups_of(file: Path) -> list[Path]:
    """Return the backups of a file, newest first (blocks)."""
    ours = re.compile(re.escape(file.name) + r"\.\d{8}-\d{6}-\d{6}\.bak")
    with contextlib.suppress(OSError):
        found = [one for one in file.parent.iterdir() if ours.fullmatch(one.name) and not one.is_symlink()]
        return sorted(found, key=lambda one: one.name, reverse=True)
    return []


def _content(file: Path) -> bytes:
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if file.is_symlink():
            raise CannotEdit(f"{file}: is a link; edit the file behind it on the machine itself") from None
        raise CannotEdit(f"{file}: cannot be read: {error.strerror}") from None
    with os.fdopen(descriptor, "rb") as stream:
        known = os.fstat(stream.fileno())
        if not stat.S_ISREG(known.st_mode):
            raise CannotEdit(f"{file}: is not a regular file")
        if known.st_size > LARGEST:
            raise CannotEdit(f"{file}: has more than {LARGEST // 1024} KiB; edit it on the machine itself")
        return stream.read(LARGEST + 1)


def _decoded(file: Path, content: bytes) -> FileText:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = content[error.start]
        raise CannotEdit(f"{file}: expected text in UTF-8, found the byte {found:#04x}") from None
    lines = text.count("\n")
    return FileText(
        text=text.replace("\r\n", "\n"),
        digest=hashlib.sha256(content).hexdigest(),
        has_bom=content.startswith(_BOM),
        has_crlf=lines > 0 and text.count("\r\n") == lines,
    )


def _copy(file: Path, backup: Path, content: bytes) -> None:
    known = file.lstat()
    descriptor = os.open(backup, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            if (known.st_uid, known.st_gid) != (os.geteuid(), os.getegid()):
                os.fchown(stream.fileno(), known.st_uid, known.st_gid)
            os.fchmod(stream.fileno(), stat.S_IMODE(known.st_mode))
            stream.flush()
            os.fsync(stream.fileno())
    except OSError:
        backup.unlink(missing_ok=True)
        raise


def _is_unchanged(file: Path, content: bytes) -> bool:
    with contextlib.suppress(CannotEdit):
        return _content(file) == content
    return False


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
