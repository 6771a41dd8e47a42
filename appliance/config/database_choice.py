"""Decide which database is the bot's: one for each user data folder and run mode, however it is started.

A `db_url` counts as it is given; a relative one in a file, which is not in the working folder, is looked for
beside the user data and the configuration. Without one the database is the one that was used last without
one; else what already lies in the user data folder, the folder around it, the working folder, or beside the
configuration; else a new one in the user data folder. Which one is used is noted in the user data folder.
"""

import contextlib
import json
import os
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_LIVE = "sqlite:///tradesv3.sqlite"
_DRY_RUN = "sqlite:///tradesv3.dryrun.sqlite"
_PREFIX = "sqlite:///"
NOTE = ".databases.json"
"""The file in the user data folder that says which databases were used, for each run mode."""
_MOST_USED = 10
_LARGEST_NOTE = 100_000

HoldsTrades = Callable[[Path], bool]
"""Tells whether a database holds open trades: storage knows, and it stands above."""


@dataclass(frozen=True)
class DatabaseChoice:
    """Hold which database was chosen, and what else there is.

    `told`: somebody named this one by `db_url`, now or before. `named` is `db_url` as it was given, None
    where the place was found. `others` are existing files that may be databases of the same folder and run
    mode. `missing` is the one that was used last and is not there.
    """

    url: str
    file: Path | None = None
    told: bool = False
    named: str | None = None
    others: tuple[Path, ...] = ()
    missing: Path | None = None


@dataclass(frozen=True)
class Used:
    """Hold what the note says of one run mode: the database that was chosen, and all that were used."""

    chosen: Path | None = None
    told: bool = False
    paths: tuple[Path, ...] = ()


def choose(
    db_url: str | None,
    folder: Path,
    files: Sequence[Path],
    *,
    dry_run: bool,
    holds_trades: HoldsTrades | None = None,
    in_file: bool = False,
) -> DatabaseChoice:
    """Choose the database of the user data `folder`; `files` are those of the configuration.

    `in_file`: `db_url` stands in one of them, and not on the command line or in the environment.
    `holds_trades` is asked only where nothing is noted and several databases could be meant.
    """
    used = read_note(folder, dry_run=dry_run)
    name = (_DRY_RUN if dry_run else _LIVE).removeprefix(_PREFIX)
    around = [*_around(folder), *(file.parent for file in files)]
    places = _each_once((place / name).resolve() for place in around)
    known = [path for path in _each_once([*places, *used.paths]) if path.is_file()]
    if db_url and not (dry_run and db_url == _LIVE):
        file = file_of(db_url)
        if in_file and (beside := _beside(db_url, around)):
            file, db_url = beside, _PREFIX + str(beside)
        return DatabaseChoice(db_url, file, True, db_url, _others(known, file))
    found = [path for path in places if path.is_file()]
    missing = None
    if used.chosen is not None and used.chosen.is_file():
        chosen = used.chosen
    elif len(found) > 1 and holds_trades is not None:
        chosen = min(found, key=lambda path: not holds_trades(path))
    elif found:
        chosen = found[0]
    else:
        missing = used.chosen
        chosen = missing if missing is not None and missing.parent.is_dir() else places[0]
    told = used.told and chosen == used.chosen
    return DatabaseChoice(_PREFIX + str(chosen), chosen, told, None, _others(known, chosen), missing)


def _others(known: Iterable[Path], chosen: Path | None) -> tuple[Path, ...]:
    """Return the files that are not the chosen one, by a second name (a link, a mount) either."""
    return tuple(path for path in known if path != chosen and not _is_same(path, chosen))


def _is_same(path: Path, chosen: Path | None) -> bool:
    with contextlib.suppress(OSError):
        return chosen is not None and path.samefile(chosen)
    return False


def _beside(url: str, around: Sequence[Path]) -> Path | None:
    """Return the file that a relative url means beside user data or configuration; None where the working
    folder has it. It is the same bot that was once started from there."""
    name = Path(url.removeprefix(_PREFIX)).expanduser()
    file = file_of(url)
    if file is None or name.is_absolute() or file.exists():
        return None
    found = _each_once((folder / name).resolve() for folder in around if (folder / name).is_file())
    return found[0] if len(found) == 1 else None


def file_of(url: str) -> Path | None:
    """Return the whole path of the file that a url names; None for one in memory or of another kind."""
    text = url.removeprefix(_PREFIX)
    if text in (url, "", ":memory:"):
        return None
    return Path(text).expanduser().resolve()


def read_note(folder: Path, *, dry_run: bool) -> Used:
    """Return what is noted in the user data folder; nothing where the note is missing or cannot be used."""
    said = _noted(folder).get(_mode(dry_run=dry_run))
    if not isinstance(said, dict):
        return Used()
    listed = said.get("used")
    chosen = said.get("database")
    return Used(
        chosen=_placed(folder, chosen) if isinstance(chosen, str) else None,
        told=said.get("told") is True,
        paths=tuple(_placed(folder, path) for path in listed if isinstance(path, str))
        if isinstance(listed, list)
        else (),
    )


def note_use(folder: Path, choice: DatabaseChoice, *, dry_run: bool) -> None:
    """Note that `choice` is used (blocks). Raises OSError.

    One that `db_url` names somewhere else is only listed: without `db_url` the usual one goes on.
    """
    if choice.file is None:
        return
    before = read_note(folder, dry_run=dry_run)
    usual = choice.named is None or choice.file in (before.chosen, *usual_places(folder, dry_run=dry_run))
    chosen = choice.file if usual else before.chosen
    told = choice.told if usual else before.told
    paths = _each_once([choice.file, *before.paths])[:_MOST_USED]
    said = {
        "database": _written(folder, chosen) if chosen else None,
        "told": told,
        "used": [_written(folder, path) for path in paths],
    }
    everything = _noted(folder)
    if everything.get(_mode(dry_run=dry_run)) == said:
        return
    _replace(folder / NOTE, json.dumps({**everything, _mode(dry_run=dry_run): said}, indent=2) + "\n")


def usual_places(folder: Path, *, dry_run: bool) -> list[Path]:
    """Return where the database of a user data folder usually lies."""
    name = (_DRY_RUN if dry_run else _LIVE).removeprefix(_PREFIX)
    return _each_once((place / name).resolve() for place in _around(folder))


def _around(folder: Path) -> list[Path]:
    # freqtrade puts its database into the folder it is started from: mostly the one around the user data.
    return [folder, folder.resolve().parent, folder.parent, Path.cwd()]


def _mode(*, dry_run: bool) -> str:
    return "dry_run" if dry_run else "live"


def _noted(folder: Path) -> dict[str, Any]:
    with contextlib.suppress(OSError, ValueError), (folder / NOTE).open(encoding="utf-8") as file:
        said = json.loads(file.read(_LARGEST_NOTE))
        if isinstance(said, dict):
            return said
    return {}


def _written(folder: Path, path: Path) -> str:
    """Write a path so that it holds when the folder is moved or mounted somewhere else, where it can be."""
    home = folder.resolve()
    near = path.is_relative_to(home) or path.parent == home.parent
    return os.path.relpath(path, home) if near else str(path)


def _placed(folder: Path, text: str) -> Path:
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
