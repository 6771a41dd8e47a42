"""Choose the database of a bot: one for each user data folder and run mode, however the bot is started.

A `db_url` is used as given; a relative one in a file that does not exist in the working folder is searched
beside the user data and the configuration. Without `db_url` it is the database that was last used without
one; else an existing one in the user data folder, its parent folder, the working folder, or beside the
configuration; else a new one in the user data folder. The choice is recorded in the user data folder.
"""

import contextlib
import json
import os
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from appliance.domain.json_value import JsonObject

_LIVE = "sqlite:///tradesv3.sqlite"
_DRY_RUN = "sqlite:///tradesv3.dryrun.sqlite"
_PREFIX = "sqlite:///"
NOTE = ".databases.json"
"""The file in the user data folder that records the databases used, for each run mode."""
_MOST_USED = 10
_LARGEST_NOTE = 100_000

HoldsTrades = Callable[[Path], bool]
"""Return whether a database holds open trades; passed in, since storage is a floor above."""


@dataclass(frozen=True)
class DatabaseChoice:
    """The database that was chosen, and the alternatives.

    `is_explicit`: this database was named by `db_url`, now or at an earlier start. `named` is `db_url` as
    given, None where the place was found. `others` are existing files that may be databases of the same
    folder and run mode. `missing` is the last used database, if its file is gone.
    """

    url: str
    file: Path | None = None
    is_explicit: bool = False
    named: str | None = None
    others: tuple[Path, ...] = ()
    missing: Path | None = None


@dataclass(frozen=True)
class Used:
    """The record of one run mode: the database that was chosen, and all that were used."""

    chosen: Path | None = None
    is_explicit: bool = False
    paths: tuple[Path, ...] = ()


class Configured(NamedTuple):
    """The settings that the choice depends on.

    `in_file`: `db_url` is set in a file, not on the command line or in the environment.
    """

    db_url: str | None
    dry_run: bool
    in_file: bool = False

    @property
    def is_named(self) -> bool:
        """Whether `db_url` names a database; in dry-run the default of live trading does not."""
        return bool(self.db_url) and not (self.dry_run and self.db_url == _LIVE)


def choose(
    configured: Configured, folder: Path, files: Sequence[Path], holds_trades: HoldsTrades | None = None
) -> DatabaseChoice:
    """Choose the database of the user data `folder`; `files` are those of the configuration.

    `holds_trades` is asked only if no choice is recorded and several databases exist.
    """
    used = read_note(folder, dry_run=configured.dry_run)
    around = [*_around(folder), *(file.parent for file in files)]
    name = _usual_name(dry_run=configured.dry_run)
    places = _each_once((place / name).resolve() for place in around)
    known = [path for path in _each_once([*places, *used.paths]) if path.is_file()]
    if configured.db_url and configured.is_named:
        return _named(configured.db_url, around if configured.in_file else [], known)
    chosen = _found(used, places, holds_trades)
    missing = None
    if chosen is None:
        missing = used.chosen
        chosen = missing if missing is not None and missing.parent.is_dir() else places[0]
    is_explicit = used.is_explicit and chosen == used.chosen
    return DatabaseChoice(_PREFIX + str(chosen), chosen, is_explicit, None, _others(known, chosen), missing)


def _named(db_url: str, around: Sequence[Path], known: Iterable[Path]) -> DatabaseChoice:
    """Return the database that `db_url` names, a relative one also in one of the folders `around`."""
    file = file_of(db_url)
    if beside := _beside(db_url, around):
        file, db_url = beside, _PREFIX + str(beside)
    return DatabaseChoice(db_url, file, True, db_url, _others(known, file))


def _found(used: Used, places: Sequence[Path], holds_trades: HoldsTrades | None) -> Path | None:
    """Return the last used database, else an existing one, preferably with open trades."""
    if used.chosen is not None and used.chosen.is_file():
        return used.chosen
    found = [path for path in places if path.is_file()]
    if len(found) > 1 and holds_trades is not None:
        return min(found, key=lambda path: not holds_trades(path))
    return found[0] if found else None


def _others(known: Iterable[Path], chosen: Path | None) -> tuple[Path, ...]:
    """Return the other files; a second name of the chosen one (a link, a mount) is not another."""
    return tuple(path for path in known if path != chosen and not _is_same(path, chosen))


def _is_same(path: Path, chosen: Path | None) -> bool:
    with contextlib.suppress(OSError):
        return chosen is not None and path.samefile(chosen)
    return False


def _beside(url: str, around: Sequence[Path]) -> Path | None:
    """Return the file of a relative url in one of the folders; None if the working folder has it.

    It is the database of the same bot, once started from that folder.
    """
    name = Path(url.removeprefix(_PREFIX)).expanduser()
    file = file_of(url)
    if file is None or name.is_absolute() or file.exists():
        return None
    found = _each_once((folder / name).resolve() for folder in around if (folder / name).is_file())
    return found[0] if len(found) == 1 else None


def file_of(url: str) -> Path | None:
    """Return the absolute path of the file in a url; None for a database in memory or of another kind."""
    text = url.removeprefix(_PREFIX)
    if text in (url, "", ":memory:"):
        return None
    return Path(text).expanduser().resolve()


def read_note(folder: Path, *, dry_run: bool) -> Used:
    """Return the record in the user data folder; an empty one if it is missing or unusable."""
    record = _records(folder).get(_mode(dry_run=dry_run))
    if not isinstance(record, dict):
        return Used()
    listed = record.get("used")
    chosen = record.get("database")
    return Used(
        chosen=_absolute(folder, chosen) if isinstance(chosen, str) else None,
        is_explicit=record.get("told") is True,
        paths=tuple(_absolute(folder, path) for path in listed if isinstance(path, str))
        if isinstance(listed, list)
        else (),
    )


def note_use(folder: Path, choice: DatabaseChoice, *, dry_run: bool) -> None:
    """Record that `choice` is used (blocks). Raises OSError.

    A database that `db_url` names in another place is only listed: without `db_url` the usual one is used
    again.
    """
    if choice.file is None:
        return
    before = read_note(folder, dry_run=dry_run)
    usual = choice.named is None or choice.file in (before.chosen, *usual_places(folder, dry_run=dry_run))
    chosen = choice.file if usual else before.chosen
    is_explicit = choice.is_explicit if usual else before.is_explicit
    paths = _each_once([choice.file, *before.paths])[:_MOST_USED]
    record: JsonObject = {
        "database": _relative(folder, chosen) if chosen else None,
        "told": is_explicit,
        "used": [_relative(folder, path) for path in paths],
    }
    records = _records(folder)
    if records.get(_mode(dry_run=dry_run)) == record:
        return
    _replace(folder / NOTE, json.dumps({**records, _mode(dry_run=dry_run): record}, indent=2) + "\n")


def usual_places(folder: Path, *, dry_run: bool) -> list[Path]:
    """Return the usual places of the database of a user data folder."""
    name = _usual_name(dry_run=dry_run)
    return _each_once((place / name).resolve() for place in _around(folder))


def _usual_name(*, dry_run: bool) -> str:
    return (_DRY_RUN if dry_run else _LIVE).removeprefix(_PREFIX)


def _around(folder: Path) -> list[Path]:
    # freqtrade creates its database in the working folder, which mostly is the one around the user data.
    return [folder, folder.resolve().parent, folder.parent, Path.cwd()]


def _mode(*, dry_run: bool) -> str:
    return "dry_run" if dry_run else "live"


def _records(folder: Path) -> JsonObject:
    with contextlib.suppress(OSError, ValueError), (folder / NOTE).open(encoding="utf-8") as file:
        records = json.loads(file.read(_LARGEST_NOTE))
        if isinstance(records, dict):
            return records
    return {}


def _relative(folder: Path, path: Path) -> str:
    """Return a path relative to the folder if near it: that stays valid if the folder is moved or mounted."""
    home = folder.resolve()
    near = path.is_relative_to(home) or path.parent == home.parent
    return os.path.relpath(path, home) if near else str(path)


def _absolute(folder: Path, text: str) -> Path:
    return (folder.resolve() / text).resolve()


def _replace(file: Path, text: str) -> None:
    draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def _each_once(paths: Iterable[Path]) -> list[Path]:
    return list(dict.fromkeys(paths))
