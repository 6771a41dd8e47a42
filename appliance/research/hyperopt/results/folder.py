"""Find stored searches by their names alone, without what reads or writes them."""

import re
from datetime import UTC, datetime
from pathlib import Path

from appliance.domain.errors import NotFound

ENDING = ".fthypt"
_NAME = re.compile(r"strategy_\w[\w.+-]*")
_LONGEST_NAME = 200
_MOMENT = len("2026-01-31_23-59-59")


def results_folder(user_folder: Path) -> Path:
    """Return where results of searches are."""
    return user_folder / "hyperopt_results"


def search_files(folder: Path) -> list[Path]:
    """Return the files of searches in a folder, newest first by the moment in their names."""
    return sorted(folder.glob(f"strategy_*{ENDING}"), key=lambda file: file.stem[-_MOMENT:], reverse=True)


def begun(file: Path) -> datetime | None:
    """Return when a search began, by its name: in UTC with ours, in local time with freqtrade's."""
    try:
        return datetime.strptime(file.stem[-_MOMENT:], "%Y-%m-%d_%H-%M-%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def search_named(folder: Path, name: str) -> Path:
    """Return the file of a search in this very folder, by its name without ending. Raises NotFound.

    The name may come from anybody: nothing outside the folder is found.
    """
    if len(name) <= _LONGEST_NAME and _NAME.fullmatch(name):
        file = folder / f"{name}{ENDING}"
        if file.is_file() and file.resolve().parent == folder.resolve():
            return file
    raise NotFound("There is no such search")
