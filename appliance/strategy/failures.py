"""Log what fails in strategy code: each failure once, with its place, pair and callback."""

import logging
from collections.abc import Callable
from time import monotonic
from typing import NamedTuple

logger = logging.getLogger(__name__)

LOGGED_AGAIN_AFTER = 3600.0
"""Seconds after which a failure that continues is logged once more."""


class Failure(NamedTuple):
    """Say where strategy code failed: `place` is file:line, `pair` empty where the call was about none."""

    strategy: str
    callback: str
    pair: str
    place: str
    reason: str

    def __str__(self) -> str:
        about = f" for {self.pair}" if self.pair else ""
        return f"{self.strategy}.{self.callback}{about} failed at {self.place}: {self.reason}"


class FailureLog:
    """Tell each failure once, and once more after an hour if it goes on. `announce` reaches people."""

    def __init__(
        self, announce: Callable[[Failure], None] | None = None, clock: Callable[[], float] = monotonic
    ) -> None:
        self.announce = announce
        self._clock = clock
        self._told: dict[Failure, float] = {}

    def tell(self, failure: Failure, error: BaseException) -> None:
        now = self._clock()
        last = self._told.get(failure)
        if last is not None and now - last < LOGGED_AGAIN_AFTER:
            return
        self._told[failure] = now
        logger.error("%s", failure)
        logger.debug("%s", failure, exc_info=error)
        if self.announce is not None:
            self.announce(failure)
