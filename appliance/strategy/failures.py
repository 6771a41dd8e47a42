"""Log what fails in strategy code: each failure once, with its place, pair and callback."""

import logging
from collections.abc import Callable
from time import monotonic
from typing import NamedTuple

logger = logging.getLogger(__name__)

LOGGED_AGAIN_AFTER = 3600.0
"""Seconds after which a failure that continues is logged once more."""


class Failure(NamedTuple):
    """State where and why strategy code failed: `place` is file:line, `pair` is empty if there was none."""

    strategy: str
    callback: str
    pair: str
    place: str
    reason: str

    def __str__(self) -> str:
        about = f" for {self.pair}" if self.pair else ""
        return f"{self.strategy}.{self.callback}{about} failed at {self.place}: {self.reason}"


class FailureLog:
    """Log each failure once, and once more after an hour if it continues. `announce` sends it to users."""

    def __init__(
        self, announce: Callable[[Failure], None] | None = None, clock: Callable[[], float] = monotonic
    ) -> None:
        self.announce = announce
        self._clock = clock
        self._logged: dict[Failure, float] = {}

    def record(self, failure: Failure, error: BaseException) -> None:
        now = self._clock()
        last = self._logged.get(failure)
        if last is not None and now - last < LOGGED_AGAIN_AFTER:
            return
        self._logged[failure] = now
        logger.error("%s", failure)
        logger.debug("%s", failure, exc_info=error)
        if self.announce is not None:
            self.announce(failure)
