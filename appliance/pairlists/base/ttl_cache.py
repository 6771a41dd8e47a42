"""Remember values for a while, and what was logged already."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Generic, TypeVar

Value = TypeVar("Value")

_MOST_LINES = 5_000
LINES_APART_SECONDS = 1_800.0
"""How long the same line is not logged again."""


class Remembered(Generic[Value]):
    """Hold values by name, each for so many seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._values: dict[str, tuple[datetime, Value]] = {}

    def get(self, name: str, now: datetime) -> Value | None:
        """Return what is remembered; None where nothing is, or no longer."""
        found = self._values.get(name)
        return found[1] if found is not None and now < found[0] else None

    def put(self, name: str, value: Value, now: datetime) -> None:
        self.put_all({name: value}, now)

    def put_all(self, values: Mapping[str, Value], now: datetime) -> None:
        until = now + timedelta(seconds=self.seconds)
        kept = {name: found for name, found in self._values.items() if now < found[0]}
        self._values = kept | {name: (until, value) for name, value in values.items()}


class Told:
    """Log lines, the same one only once in a while: lists are gone through every few seconds."""

    def __init__(self, name: str, now: Callable[[], datetime]) -> None:
        self._log = logging.getLogger(name)
        self._now = now
        self._lines: dict[str, datetime] = {}

    def info(self, line: str) -> None:
        self._tell(logging.INFO, line)

    def warning(self, line: str) -> None:
        self._tell(logging.WARNING, line)

    def _tell(self, level: int, line: str) -> None:
        now = self._now()
        last = self._lines.get(line)
        if last is not None and now - last < timedelta(seconds=LINES_APART_SECONDS):
            return
        if len(self._lines) >= _MOST_LINES:
            self._lines.clear()
        self._lines[line] = now
        self._log.log(level, "%s", line)
