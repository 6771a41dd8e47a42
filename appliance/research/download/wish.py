"""Say what to download, and what those who watch are told."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from appliance.domain.errors import ApplianceError
from appliance.research.timerange import TimeRange

AT_ONCE = 4
"""Series that are downloaded side by side; the exchange's rate limits decide how fast they are."""
SAVE_SECONDS = 10.0
"""How much work a kill may cost, at most, as long as saving is quick."""
SAVING_SHARE = 0.05
"""What share of the time may go into saving: files of many millions of trades are saved less often."""
DEFAULT_DAYS = 30
DAY_MS = 86_400_000

Key = TypeVar("Key")


class Progress(Protocol):
    """Receive how far the download of each series has come."""

    def begin(self, name: str, unit: str) -> None:
        """Begin a series; `unit` is what it consists of, `candles` or `trades`."""

    def advance(self, name: str, share: float, rows: int) -> None:
        """Note the share of its time that is done (0 to 1), and how many rows have been fetched."""

    def end(self, name: str, note: str) -> None:
        """End a series; `note` says what came of it."""


@dataclass(frozen=True)
class Wish:
    """State what to download, and how many series side by side.

    `erase`: anew; `prepend`: what lies before the stored data.
    """

    timerange: TimeRange = field(default_factory=TimeRange)
    new_pairs_days: int = DEFAULT_DAYS
    at_once: int = AT_ONCE
    erase: bool = False
    prepend: bool = False

    def start_ms(self, now_ms: int) -> int:
        """Return from when on data is wanted where there is none (ms since 1970)."""
        if self.timerange.start_ms is not None:
            return self.timerange.start_ms
        return now_ms - self.new_pairs_days * DAY_MS


class SaveTimes:
    """Decide when to save again. `seconds` is a monotonic clock."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._saved_at = seconds()
        self._pause = SAVE_SECONDS

    @property
    def is_due(self) -> bool:
        return self._seconds() - self._saved_at > self._pause

    async def saving(self, save: Awaitable[None]) -> None:
        """Save, and wait the longer for the next time, the longer that took."""
        began = self._seconds()
        await save
        self._saved_at = self._seconds()
        self._pause = max(SAVE_SECONDS, (self._saved_at - began) / SAVING_SHARE)


async def each(
    keys: Sequence[Key], download: Callable[[Key], Awaitable[None]], progress: Progress, at_once: int
) -> dict[Key, str]:
    """Download all of them, so many at once; return what went wrong with some, which stays their own."""
    failed: dict[Key, str] = {}
    places = asyncio.Semaphore(at_once)

    async def one(key: Key) -> None:
        async with places:
            try:
                await download(key)
            except ApplianceError as error:
                failed[key] = str(error)
                progress.end(str(key), f"failed: {error}")

    async with asyncio.TaskGroup() as tasks:
        for key in keys:
            tasks.create_task(one(key))
    return failed
