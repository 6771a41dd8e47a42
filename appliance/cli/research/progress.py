"""Show how far a backtest has come: a bar on a terminal, nothing elsewhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

from appliance.research.backtest.progress import SILENT, Progress

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

REFRESHED_SECONDS = 0.1


class _Bar:
    """Show the current step."""

    def __init__(self, bars: "Bars") -> None:
        self._bars = bars
        self._task: TaskID | None = None
        self._shown_at = 0.0

    def begin(self, title: str, total: float) -> None:
        if self._task is not None:
            self._bars.remove_task(self._task)
        self._task = self._bars.add_task(title, total=total or None)
        self._bars.refresh()

    def advance(self, done: float) -> None:
        if self._task is not None:
            self._bars.update(self._task, completed=done)
        self._refresh()

    def note(self, name: str, value: float) -> None:
        """Show nothing: a bar has no place for it."""

    def _refresh(self) -> None:
        now = monotonic()
        if now - self._shown_at > REFRESHED_SECONDS:
            self._shown_at = now
            self._bars.refresh()


@contextmanager
def shown(*, colour: bool) -> Iterator[Progress]:
    """Give what shows the steps on standard error, if that is a terminal; it is gone in the end."""
    if not sys.stderr.isatty():
        yield SILENT
        return
    from rich.console import Console  # late: a pipe needs no bars
    from rich.progress import (  # late: a pipe needs no bars
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    console = Console(stderr=True, no_color=not colour)
    # Refreshed by hand: a thread of its own would keep the analysis from forking workers.
    with Progress(*columns, console=console, transient=True, auto_refresh=False) as bars:
        yield _Bar(bars)
