"""Let a bot die in the middle of something without ending the process: as a power cut would leave its files.

A death is armed for a named point (`fault_points.Point`) or for a request to the exchange, before it is sent
or before its answer is read. When it comes the database's files are copied as they are, `Killed` is raised,
and from then on nothing that the old bot still does reaches the exchange or the copied files.
"""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from appliance.bot.orders import fault_points

DATABASE = "trades.sqlite"
ANY_POINT, SENT, ANSWERED = "any point", "request sent", "request answered"


class Killed(BaseException):
    """The power is cut here."""


class Death:
    """Wait for a moment, and be over with the bot of one life."""

    def __init__(self, database: Path, remains: Path) -> None:
        self._database, self._remains = database, remains
        self._point: str | None = None
        self._left = 0
        self.is_over = False
        self.came_at = ""

    def arm(self, moment: str, times: int) -> None:
        """Die at the `times`-th next such moment: a point's name, `ANY_POINT`, `SENT` or `ANSWERED`."""
        self._point, self._left = moment, times

    def disarm(self) -> None:
        self._point = None

    def passing(self, moment: str) -> None:
        """Raise `Killed` if it is time, or was."""
        named = moment not in (SENT, ANSWERED)
        if not self.is_over and (moment == self._point or (named and self._point == ANY_POINT)):
            self._left -= 1
            if self._left <= 0:
                self._come(moment)
        if self.is_over:
            raise Killed(self.came_at)

    def watch(self, exchange: Any) -> None:
        """Let requests of a ccxt exchange be moments at which to die."""
        fetch = exchange.fetch

        async def mortal(*what: Any, **more: Any) -> Any:
            self.passing(SENT)
            try:
                return await fetch(*what, **more)
            finally:
                self.passing(ANSWERED)

        exchange.fetch = mortal

    def _come(self, moment: str) -> None:
        self.is_over, self.came_at = True, moment
        self._remains.mkdir(parents=True)
        for suffix in ("", "-wal"):
            source = self._database.with_name(self._database.name + suffix)
            if source.exists():
                shutil.copyfile(source, self._remains / source.name)


class Deaths:
    """Pass the named points of all modules on to the bot that lives."""

    def __init__(self) -> None:
        self.living: Death | None = None

    def passing(self, name: str) -> None:
        if self.living is not None:
            self.living.passing(name)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Stand in for `fault_points.passing` wherever it is imported."""
        original = fault_points.passing
        users = [
            module
            for name, module in list(sys.modules.items())
            if name.startswith("appliance.") and getattr(module, "passing", None) is original
        ]
        for module in users:
            module.passing = self.passing  # type: ignore[attr-defined]
        try:
            yield
        finally:
            for module in users:
                module.passing = original  # type: ignore[attr-defined]
