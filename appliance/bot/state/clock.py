"""Provide the time of day, and monotonic seconds."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


def utc_now() -> datetime:
    return datetime.now(UTC)


class Steps(Protocol):
    """The time of a market that goes on in steps, each once the bot has used the one before.

    `ended` is set once there is no other step, and the bot has used the last one.
    """

    ended: asyncio.Event

    async def next(self, woken: asyncio.Event) -> None:
        """Wait until the next step is due, then take it; where `woken` is set meanwhile, stay."""


@dataclass(frozen=True)
class Clock:
    """Hold two clocks: `now` is the time of day (UTC), `monotonic` counts seconds independently of it.

    With `steps`, both are those of a replayed market, and stand still while a cycle runs.
    """

    now: Callable[[], datetime] = utc_now
    monotonic: Callable[[], float] = time.monotonic
    steps: Steps | None = None

    @property
    def of_the_machine(self) -> Callable[[], float]:
        """Count seconds in which the program runs, whatever the market's time does."""
        return self.monotonic if self.steps is None else time.monotonic
