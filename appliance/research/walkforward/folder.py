"""Keep the windows of a walk forward on disk, each as soon as it has ended: a walk that was killed goes on.

`<folder>/walk-forward.json` has the terms of the walk, `window-001.json` and so on the results. Each file
is written whole or not at all.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from appliance.domain.errors import ConfigurationError, DataError
from appliance.research.data.candles import replace_file
from appliance.research.hyperopt.results.files import LAST, terms_file
from appliance.research.walkforward.result import WindowResult

TERMS = "walk-forward.json"
REPORT = "report"
_WINDOW = re.compile(r"window-(\d{3,})\.json")

Terms = Mapping[str, Any]
T = TypeVar("T")


class WalkFolder:
    """Hold the folder of one walk."""

    def __init__(self, folder: Path) -> None:
        self.path = folder

    @classmethod
    def new(cls, results: Path, strategy: str, moment: datetime) -> "WalkFolder":
        """Name a folder that no walk has; it is made by `begin`."""
        name = f"walk-forward-{strategy}-{moment:%Y-%m-%d_%H-%M-%S}"
        folder = next(
            path for number in range(1, 1000) if not (path := results / _numbered(name, number)).exists()
        )
        return cls(folder)

    def begin(self, terms: Terms) -> None:
        """Store what the walk begins with, unless it has begun before. Raises DataError."""
        if not (self.path / TERMS).exists():
            replace_file(self.path / TERMS, msgspec.json.format(msgspec.json.encode(dict(terms))))

    @classmethod
    def unfinished(cls, results: Path, strategy: str) -> "WalkFolder":
        """Return the newest walk of a strategy that has no report yet. Raises ConfigurationError."""
        found = sorted(
            path.parent
            for path in results.glob(f"walk-forward-{strategy}-*/{TERMS}")
            if not (path.parent / f"{REPORT}.json").exists()
        )
        if not found:
            raise ConfigurationError(
                f"--continue: {results} has no walk of {strategy} that was interrupted: begin one without it"
            )
        return cls(found[-1])

    def check(self, now: Terms) -> None:
        """Raise ConfigurationError naming the first setting that is not what it was."""
        plain = msgspec.json.decode(msgspec.json.encode(dict(now)))
        stored = self.terms
        for name in dict.fromkeys((*stored, *plain)):
            if stored.get(name) != plain.get(name):
                raise ConfigurationError(
                    f"--continue: {name}: the walk in {self.path} began with {stored.get(name)!r} and "
                    f"cannot go on with {plain.get(name)!r}: give it as it was, or begin anew without "
                    "--continue"
                )

    @property
    def terms(self) -> dict[str, Any]:
        """What the walk began with. Raises DataError."""
        return _read(self.path / TERMS, dict[str, Any])

    def results(self) -> dict[int, WindowResult]:
        """Return the windows that have ended, by number. Raises DataError for a damaged file."""
        files = sorted(path for path in self.path.glob("window-*.json") if _WINDOW.fullmatch(path.name))
        found = (_read(file, WindowResult) for file in files)
        return {one.window.number: one for one in found}

    def unfinished_search(self, number: int) -> Path:
        """Return the file of the epochs of a window that is being searched."""
        return self.path / f"window-{number:03}.fthypt"

    def save(self, result: WindowResult) -> None:
        """Store the result of a window, and forget the epochs that led to it. Raises DataError."""
        number = result.window.number
        replace_file(self.path / f"window-{number:03}.json", msgspec.json.encode(result))
        epochs = self.unfinished_search(number)
        for file in (epochs, terms_file(epochs), self.path / LAST):
            file.unlink(missing_ok=True)


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name}-{number}"


def _read(file: Path, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(file.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError) as error:
        raise DataError(f"{file} cannot be read ({error}): remove it, and go on with --continue") from error
