"""Log at intervals that the bot is alive: that it finishes cycles, and in which state."""

import logging
import os
from collections.abc import Callable

from appliance import __version__
from appliance.domain.enums import State

log = logging.getLogger(__name__)


class Heartbeat:
    """Log a line after a cycle if the last one is `every` seconds old or the state has changed; 0: never."""

    def __init__(
        self,
        every: Callable[[], float],
        monotonic: Callable[[], float],
        strategy_version: Callable[[], str | None],
    ) -> None:
        self._every = every
        self._monotonic = monotonic
        self._strategy_version = strategy_version
        self._last_beat: tuple[State, float] | None = None

    def beat(self, state: State) -> None:
        """Note that a cycle has ended in this state; log it if that is due."""
        every, now = self._every(), self._monotonic()
        if not every or (
            self._last_beat and self._last_beat[0] is state and now - self._last_beat[1] < every
        ):
            return
        self._last_beat = state, now
        version = self._strategy_version()
        with_version = f", strategy_version: {version}" if version is not None else ""
        log.info(
            "Bot heartbeat. PID=%d, version='%s%s', state='%s'",
            os.getpid(),
            __version__,
            with_version,
            state.name,
        )
