"""Decide where files are: configuration, user data, database."""

from pathlib import Path

from appliance.config.settings import Settings

_LIVE = "sqlite:///tradesv3.sqlite"
_DRY_RUN = "sqlite:///tradesv3.dryrun.sqlite"


def user_data_folder(configured: str | None) -> Path:
    """The user data folder as an absolute path; default `user_data` in the working folder."""
    return Path(configured or "user_data").expanduser().absolute()


def default_files(userdir: str | None) -> tuple[str, ...]:
    """The configuration read without -c: config.json of the user data or the working folder, if any."""
    candidates = (user_data_folder(userdir) / "config.json", Path("config.json"))
    return tuple(str(file) for file in candidates if file.is_file())[:1]


def database_url(settings: Settings, folder: Path, *, explicit: bool) -> str:
    """The trades database, dry-run apart from live.

    Its default is freqtrade's: a file in the working folder. Without -c (not `explicit`) all else is in the
    user data folder, so a new database goes there too; one already in the working folder stays in use.
    """
    default = _DRY_RUN if settings.dry_run else _LIVE
    if settings.db_url and not (settings.dry_run and settings.db_url == _LIVE):
        return settings.db_url
    name = default.removeprefix("sqlite:///")
    if explicit or Path(name).exists():
        return default
    return f"sqlite:///{folder / name}"
