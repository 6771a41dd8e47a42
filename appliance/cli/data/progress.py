"""Show how far a download has come: bars on a terminal, a line for each finished series elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from appliance.research.data.layout import CandleKey

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID


class Lines:
    """Print a line when a series is done."""

    def begin(self, key: CandleKey, total: int) -> None:
        """Say nothing yet."""

    def advance(self, key: CandleKey, done: int) -> None:
        """Say nothing yet."""

    def end(self, key: CandleKey, note: str) -> None:
        click.echo(f"{key}: {note}", err=True)


class Terminal:
    """Show a bar for each series under way; finished ones become a line above."""

    def __init__(self, bars: "Bars") -> None:
        self._bars = bars
        self._tasks: dict[CandleKey, TaskID] = {}

    def begin(self, key: CandleKey, total: int) -> None:
        self._tasks[key] = self._bars.add_task(str(key), total=total or None)

    def advance(self, key: CandleKey, done: int) -> None:
        self._bars.update(self._tasks[key], completed=done)

    def end(self, key: CandleKey, note: str) -> None:
        if key in self._tasks:
            self._bars.remove_task(self._tasks.pop(key))
        self._bars.console.print(f"{key}: {note}", highlight=False, markup=False)


@contextmanager
def in_lines() -> Iterator[Lines]:
    yield Lines()


@contextmanager
def on_terminal(colour: bool) -> Iterator[Terminal]:
    from rich.console import Console  # late: a pipe needs no bars
    from rich.progress import (  # late: a pipe needs no bars
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text  # late: a pipe needs no bars

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:,.0f} candles/s" if task.speed else "")

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True, no_color=not colour), transient=True) as bars:
        yield Terminal(bars)
