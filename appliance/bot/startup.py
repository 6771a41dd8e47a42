"""Follow the start of the bot: which step is running, and for how long it has waited for the exchange."""

import time
from collections.abc import Callable
from enum import Enum
from typing import NamedTuple


class Step(Enum):
    """Name the steps of a start, each with the seconds after which it counts as stuck."""

    MODULES = ("loading its modules", 180.0)
    STRATEGY = ("loading the strategy", 300.0)
    DATABASE = ("opening the database", 900.0)
    EXCHANGE = ("connecting to the exchange", 300.0)
    BOOKS = ("reading trades", 300.0)
    BEGINNING = ("letting the strategy begin (bot_start)", 600.0)
    PAIRS = ("making the whitelist", 300.0)
    COMPARING = ("comparing orders with the exchange", 900.0)
    WAITING = ("waiting for the exchange", 120.0)


class Wait(NamedTuple):
    """Hold the error of the last attempt, the time of the first, their number, and the next time (s)."""

    error: str
    since: float
    attempts: int
    next_at: float


class Startup:
    """Hold the progress of a start. `clock` counts seconds; `open_trades` are not managed until it ends."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, open_trades: int = 0) -> None:
        self._clock = clock
        self.open_trades = open_trades
        self._step = Step.MODULES
        self._begun_at = clock()
        self.wait: Wait | None = None

    def begin(self, step: Step) -> None:
        """Note that a step begins, which is progress."""
        self._step, self._begun_at = step, self._clock()

    def wait_for(self, error: str, pause: float) -> None:
        """Note that an attempt has failed, and that the next one begins after `pause` seconds."""
        now = self._clock()
        before = self.wait or Wait("", now, 0, now)
        self.wait = Wait(error, before.since, before.attempts + 1, now + pause)
        self.begin(Step.WAITING)

    @property
    def stuck(self) -> str | None:
        """Say which step takes too long; None while there is progress."""
        what, longest = self._step.value
        lasts = self._clock() - self._begun_at
        return f"the start is stuck: {what} takes {lasts:.0f} seconds" if lasts > longest else None

    def trouble(self) -> str:
        """Describe the start for unauthenticated clients: without the exchange's error."""
        if self.stuck:
            return self.stuck
        if self.wait is None:
            return "the bot is starting"
        return f"the bot waits for the exchange and tries again by itself ({self._tries(self.wait)})"

    def description(self) -> str:
        """Describe the start for authenticated clients."""
        if self.wait is None:
            return "The bot is starting; try again in a moment"
        text = (
            "The exchange cannot be reached; the bot waits and tries again by itself"
            f" ({self._tries(self.wait)}). Last error: {self.wait.error}"
        )
        return f"{text}{'' if text.endswith('.') else '.'}{self._unwatched()}"

    def _tries(self, wait: Wait) -> str:
        now = self._clock()
        left = max(wait.next_at - now, 0.0)
        after = f"next in {left:.0f} s" if self._step is Step.WAITING and left >= 1 else "trying now"
        times = "1 attempt" if wait.attempts == 1 else f"{wait.attempts} attempts"
        return f"for {_lasting(now - wait.since)}, {times}, {after}"

    def _unwatched(self) -> str:
        if not self.open_trades:
            return ""
        trades = "1 open trade is" if self.open_trades == 1 else f"{self.open_trades} open trades are"
        return f" Until then {trades} not looked after."


def _lasting(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"
