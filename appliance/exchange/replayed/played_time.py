"""Let the time of a replayed market go on, step by step, each once the bot has used the one before.

A step is the same whatever the speed and however slow the machine: the bot sees the same moments, so it makes
the same trades. Speed only says how long a step lasts, at least.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable

from appliance.domain.timeframe import to_date

log = logging.getLogger(__name__)

REPORT_SECONDS = 30.0
"""How often the log says how far the market has come."""
CATCH_UP_SECONDS = 1.0
"""How much of a delay is made up for: a slow cycle now and then does not slow the market down."""


class PlayedTime:
    """The present of a market, in ms since 1970 UTC, from `start_ms` to `end_ms`.

    `speed`: seconds of the market in a second of the machine. `idle_seconds`: how long a step lasts once the
    market has ended, in which time stands still.
    """

    def __init__(  # noqa: PLR0913 -- independent options, each by name
        self,
        start_ms: int,
        end_ms: int,
        *,
        step_ms: int,
        speed: float,
        idle_seconds: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.end_ms, self.step_ms, self.speed = end_ms, step_ms, speed
        self.ended = asyncio.Event()
        self._now_ms = start_ms
        self._idle_seconds = idle_seconds
        self._clock = clock
        self._due_at = clock()
        self._reported = (self._due_at, start_ms)

    def now_ms(self) -> int:
        """Return the present of the market."""
        return self._now_ms

    def seconds(self) -> float:
        """Return the seconds of the market since 1970: a clock that never goes back."""
        return self._now_ms / 1000

    async def next(self, woken: asyncio.Event) -> None:
        """Wait until the next step is due, then take it; where `woken` is set meanwhile, stay."""
        if self._now_ms >= self.end_ms and not self.ended.is_set():
            self.ended.set()  # only now has the bot used the last moment
            log.info("The replayed market has ended at %s", _text(self._now_ms))
        due_at = max(self._due_at + self._step_seconds, self._clock() - CATCH_UP_SECONDS)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(due_at - self._clock(), 0.0)):
                await woken.wait()
        await asyncio.sleep(0)  # others have their turn, however late the market is
        if not woken.is_set():
            self._due_at = due_at
            self._now_ms = min(self._now_ms + self.step_ms, self.end_ms)
            self._report()

    @property
    def _step_seconds(self) -> float:
        return self._idle_seconds if self.ended.is_set() else self.step_ms / 1000 / self.speed

    def _report(self) -> None:
        reported_at, reported_ms = self._reported
        spent = self._due_at - reported_at
        if spent < REPORT_SECONDS or self.ended.is_set():
            return
        pace = (self._now_ms - reported_ms) / 1000 / spent
        log.info("The replayed market is at %s, %.0f times as fast as time", _text(self._now_ms), pace)
        self._reported = self._due_at, self._now_ms


def _text(moment_ms: int) -> str:
    return f"{to_date(moment_ms):%Y-%m-%d %H:%M} UTC"
