"""Install a release of FreqUI that the user has: a zip file as freqtrade publishes it, or a folder.

It replaces the installed one whole or not at all. Nothing is downloaded.
"""

import shutil
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from appliance.domain.errors import ConfigurationError

MOST_BYTES: Final = 64 * 2**20
MOST_FILES: Final = 2_000
_PAGE: Final = "index.html"
_WHERE: Final = (
    "name freqUI.zip of a release (github.com/freqtrade/frequi/releases), or a folder with index.html"
)

File = tuple[str, int, Path | zipfile.Path]
"""A file of a release: its path there, its size in bytes, and where to read it."""


def install(source: Path, target: Path) -> int:
    """Copy the release at `source` to the folder `target`; return the number of its files.

    Raises ConfigurationError if it is none, or cannot be read or written; what was installed then stays.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as draft:
            new = Path(draft) / "new"
            number = _copied(source, new)
            new.chmod(0o755)
            if target.exists():
                target.rename(Path(draft) / "old")
            new.rename(target)
        return number
    except OSError as error:
        raise ConfigurationError(f"{error.filename or source}: {error.strerror or error}") from None
    except (zipfile.BadZipFile, zipfile.LargeZipFile, RuntimeError, NotImplementedError) as error:
        raise ConfigurationError(f"{source}: cannot be unpacked: {error}; {_WHERE}") from None


def _copied(source: Path, new: Path) -> int:
    if source.is_dir():
        return _write(_in_folder(source), source, new)
    if not zipfile.is_zipfile(source):
        raise ConfigurationError(f"{source}: is no zip file and no folder; {_WHERE}")
    with zipfile.ZipFile(source) as archive:
        return _write(_in_archive(archive, source), source, new)


def _in_folder(folder: Path) -> Iterator[File]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(folder).as_posix(), path.stat().st_size, path


def _in_archive(archive: zipfile.ZipFile, source: Path) -> Iterator[File]:
    for one in archive.infolist():
        if one.is_dir():
            continue
        mode = one.external_attr >> 16
        path = PurePosixPath(one.filename)
        if ".." in path.parts or path.is_absolute() or "\\" in one.filename or stat.S_ISLNK(mode):
            raise ConfigurationError(f"{source}: contains '{one.filename}', which no release has; {_WHERE}")
        yield one.filename, one.file_size, zipfile.Path(archive, one.filename)


def _write(files: Iterator[File], source: Path, new: Path) -> int:
    found = list(files)
    root = _root_of([name for name, _, _ in found], source)
    wanted = [one for one in found if one[0].startswith(root)]
    if len(wanted) > MOST_FILES or sum(size for _, size, _ in wanted) > MOST_BYTES:
        raise ConfigurationError(f"{source}: is far larger than a release of FreqUI; {_WHERE}")
    left = MOST_BYTES
    for name, _, place in wanted:
        file = new / name.removeprefix(root)
        file.parent.mkdir(parents=True, exist_ok=True)
        with place.open("rb") as read, file.open("wb") as write:
            while chunk := read.read(2**20):
                left -= len(chunk)
                if left < 0:  # an archive may state sizes that are not true
                    raise ConfigurationError(f"{source}: is far larger than a release of FreqUI; {_WHERE}")
                write.write(chunk)
    return len(wanted)


def _root_of(names: list[str], source: Path) -> str:
    """Return the folder of the page within the release, with a slash at its end; empty if it is on top."""
    pages = [name for name in names if PurePosixPath(name).name == _PAGE]
    if not pages:
        raise ConfigurationError(f"{source}: has no {_PAGE}; {_WHERE}")
    return min(pages, key=lambda name: name.count("/")).removesuffix(_PAGE)


def remove(target: Path) -> bool:
    """Remove the installed release; return whether there was one. Raises ConfigurationError."""
    if not target.is_dir():
        return False
    try:
        shutil.rmtree(target)
    except OSError as error:
        raise ConfigurationError(f"{error.filename or target}: cannot be removed: {error.strerror}") from None
    return True
