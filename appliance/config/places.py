"""Decide where files are: configuration and user data."""

from collections.abc import Sequence
from pathlib import Path

_USER_DATA = "user_data"


def user_data_folder(configured: str | None, files: Sequence[Path] = ()) -> Path:
    """The user data folder as an absolute path.

    Default: `user_data` in the working folder. Where there is none, the one that the first of the
    configuration's `files` lies in or beside: it is the same bot, from whatever folder it is started.
    """
    if configured:
        return Path(configured).expanduser().absolute()
    usual = Path(_USER_DATA).absolute()
    if not usual.is_dir():
        for file in (file.absolute() for file in files[:1]):
            for around in dict.fromkeys((file.parent, file.resolve().parent)):
                if around.name == _USER_DATA or (around / "strategies").is_dir():
                    return around
                if (around / _USER_DATA).is_dir():
                    return around / _USER_DATA
    return usual


def default_files(userdir: str | None) -> tuple[str, ...]:
    """The configuration read without -c: config.json of the user data or the working folder, if any."""
    candidates = (user_data_folder(userdir) / "config.json", Path("config.json"))
    return tuple(str(file) for file in candidates if file.is_file())[:1]
