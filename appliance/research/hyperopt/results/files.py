"""Find the files of searches: `strategy_<name>_<moment>.fthypt`, and beside each what it was a search of."""

from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from appliance.domain.errors import DataError
from appliance.research.data.candles import replace_file
from appliance.research.hyperopt.results.folder import ENDING

LAST = ".last_result.json"


def new_file(folder: Path, strategy: str, moment: datetime) -> Path:
    """Return a name (`moment` in UTC) that no search has."""
    while (file := folder / f"strategy_{strategy}_{moment:%Y-%m-%d_%H-%M-%S}{ENDING}").exists():
        moment += timedelta(seconds=1)
    return file


def name_last(file: Path) -> None:
    """State that this search is the last one. Raises DataError."""
    replace_file(file.with_name(LAST), msgspec.json.encode({"latest_hyperopt": file.name}))


def terms_file(file: Path) -> Path:
    """Return where the terms of a search are; freqtrade has no such file."""
    return file.with_name(f"{file.stem}.search.json")


def find_file(folder: Path, name: str | None = None) -> Path:
    """Return the file of a search: that of a name, or the last one. Raises DataError.

    name: a path, or a file in `folder`, with or without its ending.
    """
    if name is not None:
        return _named(folder, name)
    try:
        stated = msgspec.json.decode((folder / LAST).read_bytes())
    except FileNotFoundError:
        raise DataError(f"{folder} has no results: run `hyperopt` first, or name a file") from None
    except (msgspec.DecodeError, OSError) as error:
        raise DataError(
            f"{folder / LAST} cannot be read ({error}): name a file with --hyperopt-filename"
        ) from error
    latest = stated.get("latest_hyperopt") if isinstance(stated, dict) else None
    if not isinstance(latest, str) or not (folder / latest).is_file():
        raise DataError(
            f"{folder / LAST} names {latest}, which is not there: name a file with --hyperopt-filename"
        )
    return folder / latest


def _named(folder: Path, name: str) -> Path:
    given = Path(name).expanduser()
    for file in (given, folder / given, folder / f"{name}{ENDING}"):
        if file.is_file():
            return file
    there = sorted(file.name for file in folder.glob(f"*{ENDING}"))
    known = f"; there are {', '.join(there[-5:])}" if there else ""
    raise DataError(f"--hyperopt-filename: {given} is neither a file nor one in {folder}{known}")
