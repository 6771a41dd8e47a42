"""Find the configuration file and the user data folder."""

from collections.abc import Iterator, Sequence
from pathlib import Path

_USER_DATA = "user_data"


def user_data_folder(configured: str | None, files: Sequence[Path] = ()) -> Path:
    """Return the user data folder as an absolute path.

    Default: `user_data` in the working folder. If there is none, the one that contains a configuration file
    or is beside one: it is the same bot, from whatever folder it is started. The same applies to a relative
    path.
    """
    if configured:
        return _configured_folder(Path(configured).expanduser(), files)
    usual = Path(_USER_DATA).absolute()
    if usual.is_dir():
        return usual
    return next(_user_data_around(files), usual)


def _configured_folder(named: Path, files: Sequence[Path]) -> Path:
    if named.is_absolute() or named.is_dir():
        return named.absolute()
    beside = (near / named for near, _ in _near(files))
    return next((folder for folder in beside if folder.is_dir()), named.absolute())


def _user_data_around(files: Sequence[Path]) -> Iterator[Path]:
    for near, is_closest in _near(files):
        if near.name == _USER_DATA or (is_closest and (near / "strategies").is_dir()):
            yield near
        if (near / _USER_DATA).is_dir():
            yield near / _USER_DATA


def _near(files: Sequence[Path]) -> Iterator[tuple[Path, bool]]:
    """Yield the folders around each file, and whether the file is directly in it.

    Configurations may be in a folder in the user data or beside it: `user_data/configs/`.
    """
    for file in (file.absolute() for file in files):
        for folder in dict.fromkeys((file.parent, file.resolve().parent)):
            yield folder, True
            yield from ((above, False) for above in (folder.parent, folder.parent.parent))


def default_files(userdir: str | None) -> tuple[str, ...]:
    """Return the configuration read without -c: config.json of the user data or working folder, if any."""
    candidates = (user_data_folder(userdir) / "config.json", Path("config.json"))
    return tuple(str(file) for file in candidates if file.is_file())[:1]
