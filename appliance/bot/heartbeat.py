"""Say in the log, once in a while, that the bot is alive: it does its cycles, and in what state."""

import logging
import os
from collections.abc import Callable

from appliance import __version__
from appliance.domain.enums import State

log = logging.getLogger(__name__)


class Heartbeat:
    """Log a line after a cycle if the last one is `every` seconds old or the state is another; 0: never."""

    def __init__(
        self,
        every: Callable[[], float],
        monotonic: Callable[[], float],
        strategy_version: Callable[[], str | None],
    ) -> None:
        self._every = every
        self._monotonic = monotonic
        self._strategy_version = strategy_version
        self._told: tuple[State, float] | None = None

    def beat(self, state: State) -> None:
        """Tell that a cycle has ended in this state."""
        every, now = self._every(), self._monotonic()
        if not every or (self._told and self._told[0] is state and now - self._told[1] < every):
            return
        self._told = state, now
        version = self._strategy_version()
        with_version = f", strategy_version: {version}" if version is not None else ""
        log.info(
            "Bot heartbeat. PID=%d, version='%s%s', state='%s'",
            os.getpid(),
            __version__,
            with_version,
            state.name,
        )
