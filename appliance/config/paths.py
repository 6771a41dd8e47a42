"""Decide where files are: configuration and user data."""

from collections.abc import Iterator, Sequence
from pathlib import Path

_USER_DATA = "user_data"


def user_data_folder(configured: str | None, files: Sequence[Path] = ()) -> Path:
    """The user data folder as an absolute path.

    Default: `user_data` in the working folder. Where there is none, the one that a file of the configuration
    lies in or beside: it is the same bot, from whatever folder it is started. So is a relative path.
    """
    if configured:
        named = Path(configured).expanduser()
        beside = (near / named for near, _ in _near(files))
        if named.is_absolute() or named.is_dir():
            return named.absolute()
        return next((folder for folder in beside if folder.is_dir()), named.absolute())
    usual = Path(_USER_DATA).absolute()
    if not usual.is_dir():
        for near, is_closest in _near(files):
            if near.name == _USER_DATA or (is_closest and (near / "strategies").is_dir()):
                return near
            if (near / _USER_DATA).is_dir():
                return near / _USER_DATA
    return usual


def _near(files: Sequence[Path]) -> Iterator[tuple[Path, bool]]:
    """Yield the folders around each file, and whether the file lies in it itself.

    Some keep their configurations in a folder among the user data or beside it: `user_data/configs/`.
    """
    for file in (file.absolute() for file in files):
        for folder in dict.fromkeys((file.parent, file.resolve().parent)):
            yield folder, True
            yield from ((above, False) for above in (folder.parent, folder.parent.parent))


def default_files(userdir: str | None) -> tuple[str, ...]:
    """The configuration read without -c: config.json of the user data or the working folder, if any."""
    candidates = (user_data_folder(userdir) / "config.json", Path("config.json"))
    return tuple(str(file) for file in candidates if file.is_file())[:1]
