"""Log a line that repeats once in half an hour: pair lists are evaluated every few seconds."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

_MAX_LINES = 5_000
SAME_LINE_AFTER_SECONDS = 1_800.0
"""How long the same line is not logged again."""


class ThrottledLog:
    """Log each line at most once in `SAME_LINE_AFTER_SECONDS`."""

    def __init__(self, name: str, now: Callable[[], datetime]) -> None:
        self._log = logging.getLogger(name)
        self._now = now
        self._logged: dict[str, datetime] = {}

    def info(self, line: str) -> None:
        self._write(logging.INFO, line)

    def warning(self, line: str) -> None:
        self._write(logging.WARNING, line)

    def _write(self, level: int, line: str) -> None:
        now = self._now()
        last = self._logged.get(line)
        if last is not None and now - last < timedelta(seconds=SAME_LINE_AFTER_SECONDS):
            return
        if len(self._logged) >= _MAX_LINES:
            self._logged.clear()
        self._logged[line] = now
        self._log.log(level, "%s", line)
