"""Store plot configurations under names: one JSON file each, in `plot_configs` of the user data folder.

The files have the form of a strategy's `plot_config`, which FreqUI exports and imports, too.
"""

import json
import os
import re
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from appliance.domain.errors import NotFound, Refused, StorageError

FOLDER = "plot_configs"
MOST = 100
LARGEST = 64 * 1024
"""Bytes of one file."""
LONGEST_NAME = 40
_NAME = re.compile(r"[^\W_](?:[\w .-]{0,38}\w)?")


class PlotConfigs:
    """Read and write the files in `user_data`. All methods block: they are for a thread."""

    def __init__(self, user_data: Path) -> None:
        self._folder = user_data / FOLDER

    def names(self) -> list[str]:
        """Return the names of all that are stored, in alphabetical order."""
        try:
            found = [file.stem for file in self._folder.glob("*.json") if _NAME.fullmatch(file.stem)]
        except OSError:
            return []
        return sorted(found, key=str.casefold)[:MOST]

    def read(self, name: str) -> dict[str, Any]:
        """Return one. Raises NotFound where there is none of that name, StorageError for a broken file."""
        file = self._file(name)
        try:
            with file.open("rb") as source:
                content = source.read(LARGEST + 1)
        except FileNotFoundError:
            raise NotFound(f'There is no plot configuration "{name}"') from None
        except OSError as error:
            raise StorageError(f"{file} cannot be read: {error.strerror}") from error
        return parsed(content, str(file))

    def save(self, name: str, config: dict[str, Any]) -> None:
        """Store one, whole or not at all; it replaces another of that name. Raises Refused, StorageError."""
        file = self._file(name)
        if not file.exists() and len(self.names()) >= MOST:
            raise Refused(f"there are {MOST} plot configurations already: remove one first")
        content = json.dumps(config, indent=2, ensure_ascii=False).encode()
        if len(content) > LARGEST:
            raise Refused(f"a plot configuration has {LARGEST // 1024} KB at most")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            descriptor, part = tempfile.mkstemp(suffix=".part", dir=self._folder)
            try:
                with os.fdopen(descriptor, "wb") as target:
                    target.write(content)
                os.replace(part, file)
            except BaseException:
                with suppress(OSError):
                    os.unlink(part)
                raise
        except OSError as error:
            raise StorageError(f"{file} cannot be written: {error.strerror}") from error

    def remove(self, name: str) -> None:
        """Remove one. Raises NotFound, StorageError."""
        file = self._file(name)
        try:
            file.unlink()
        except FileNotFoundError:
            raise NotFound(f'There is no plot configuration "{name}"') from None
        except OSError as error:
            raise StorageError(f"{file} cannot be removed: {error.strerror}") from error

    def _file(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise Refused(
                f"a name has up to {LONGEST_NAME} letters, digits, blanks, dots and dashes, "
                "and begins and ends with a letter or a digit"
            )
        return self._folder / f"{name}.json"


def parsed(content: bytes | str, place: str) -> dict[str, Any]:
    """Return a plot configuration as JSON has it. Raises Refused for anything else."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Refused(f"{place} is no JSON: {error}"[:200]) from error
    if not isinstance(found, dict) or not {"main_plot", "subplots"} & found.keys():
        raise Refused(f'{place}: expected an object with "main_plot" and "subplots"')
    if len(content) > LARGEST:
        raise Refused(f"{place}: a plot configuration has {LARGEST // 1024} KB at most")
    return found
