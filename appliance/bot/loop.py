"""Run one cycle after another, whatever fails, until the bot is stopped."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from appliance.bot.heartbeat import Heartbeat
from appliance.bot.state.clock import Clock
from appliance.bot.state.event_bus import EventBus
from appliance.domain.enums import State
from appliance.domain.errors import ApplianceError, TemporaryExchangeError
from appliance.domain.message import MessageType

if TYPE_CHECKING:
    from datetime import datetime

log = logging.getLogger(__name__)

RETRY_SECONDS = 30.0
"""The longest pause after consecutive failed cycles."""


@dataclass(kw_only=True, eq=False)
class Loop:
    """Run cycles at a fixed pace, wake up for commands, and survive errors of exchange and strategy."""

    cycle: Callable[[State], Awaitable[None]]
    reload: Callable[[], Awaitable[None]]
    events: EventBus
    pace_seconds: Callable[[], float]
    clock: Clock
    state: State
    heartbeat: Heartbeat | None = None

    def __post_init__(self) -> None:
        self._seconds = self.clock.of_the_machine
        self._finished_at = self._seconds()
        self.last_cycle_at: datetime | None = None
        self.first_cycle = asyncio.Event()
        self._wake = asyncio.Event()
        self._failures = 0

    @property
    def age(self) -> float:
        """Seconds since the last finished cycle, or since the start, by a monotonic clock."""
        return self._seconds() - self._finished_at

    def change(self, state: State) -> None:
        """Change the state, and wake the loop."""
        self.state = state
        self._wake.set()

    async def run(self) -> None:
        """Run until cancelled."""
        while True:
            self._wake.clear()
            began = asyncio.get_running_loop().time()
            await self.run_once()
            if self.clock.steps is not None:
                await self.clock.steps.next(self._wake)
                continue
            spent = asyncio.get_running_loop().time() - began
            await self._rest(max(self._pause() - spent, 0.05))

    async def run_once(self) -> None:
        """Reload if requested, then run one cycle; errors are reported, not raised."""
        if self.state is State.RELOAD_CONFIG:
            await self.reload()
        try:
            await self.cycle(self.state)
        except TemporaryExchangeError as error:
            self._failed(f"The exchange cannot be reached: {error}. Trying again.")
        except ApplianceError as error:
            self._failed(str(error))
        except Exception as error:  # the outermost edge of trading: open trades must still be managed
            log.exception("A cycle failed")
            self._failed(f"A cycle failed: {type(error).__name__}", MessageType.EXCEPTION)
        else:
            self._failures = 0
            self.last_cycle_at = self.clock.now()
            self.first_cycle.set()
            self._finished_at = self._seconds()
        if self.heartbeat is not None:
            self.heartbeat.beat(self.state)

    def _failed(self, text: str, kind: MessageType = MessageType.WARNING) -> None:
        """Report the first of consecutive failures, and every hundredth."""
        self._failures += 1
        if self._failures == 1 or self._failures % 100 == 0:
            log.warning("%s", text)
            self.events.emit(kind, status=text)

    def _pause(self) -> float:
        pace = self.pace_seconds()
        return min(pace * 2.0 ** min(self._failures, 10), max(RETRY_SECONDS, pace))

    async def _rest(self, duration: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), duration)
