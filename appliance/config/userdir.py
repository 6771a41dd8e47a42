"""Create the user data folder, and write files that only their owner can read."""

import os
import secrets
import stat
from pathlib import Path

from appliance.domain.errors import ConfigurationError

FREQUI_FOLDER = "frequi"
"""Where `install-ui` puts a release of FreqUI, within the user data folder."""

_FOLDERS = (
    "backtest_results",
    "data",
    "freqaimodels",
    "hyperopt_results",
    "hyperopts",
    "logs",
    "notebooks",
    "plot",
    "strategies",
)


def make_user_data(folder: Path) -> bool:
    """Create the folder and its subfolders, accessible to the owner only; return whether it is new.

    Raises `ConfigurationError` if that fails.
    """
    new = not folder.is_dir()
    try:
        if new:
            folder.mkdir(mode=0o700, parents=True)
        for name in _FOLDERS:
            (folder / name).mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"{error.filename}: folder cannot be made: {error.strerror}; name another one with --userdir"
        ) from None
    return new


def write_private(file: Path, content: str | bytes, *, overwrite: bool = False) -> None:
    """Write a file of mode 0600 atomically.

    Raises `ConfigurationError` if it exists (without `overwrite`) or cannot be written.
    """
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        _write(draft, content)
        try:
            if overwrite:
                draft.replace(file)
            else:
                os.link(draft, file)
        finally:
            draft.unlink(missing_ok=True)
    except FileExistsError:
        raise ConfigurationError(
            f"{file}: exists already; use --force to overwrite it, or another name"
        ) from None
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be written: {error.strerror}") from None


def rewrite(file: Path, content: str | bytes) -> None:
    """Replace the content of a file atomically; owner and mode stay, links are followed. Raises OSError."""
    file = file.resolve()
    known = file.stat()
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        _write(draft, content)
        if (known.st_uid, known.st_gid) != (os.geteuid(), os.getegid()):
            os.chown(draft, known.st_uid, known.st_gid)
        draft.chmod(stat.S_IMODE(known.st_mode))
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def _write(file: Path, content: str | bytes) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content.encode() if isinstance(content, str) else content)
        stream.flush()
        os.fsync(stream.fileno())
