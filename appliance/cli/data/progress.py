"""Show how far a download has come: bars on a terminal, a line for each finished series elsewhere."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID


log = logging.getLogger(__name__)


class Lines:
    """Print a line when a series is done."""

    def begin(self, name: str, unit: str) -> None:
        """Say nothing yet."""

    def advance(self, name: str, share: float, rows: int) -> None:
        """Say nothing yet."""

    def end(self, name: str, note: str) -> None:
        click.echo(f"{name}: {note}", err=True)
        log.info("%s: %s", name, note)


class Terminal:
    """Show a bar for each series under way; finished ones become a line above."""

    def __init__(self, bars: "Bars") -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def begin(self, name: str, unit: str) -> None:
        self._tasks[name] = self._bars.add_task(name, total=1.0, unit=unit, rows=0)

    def advance(self, name: str, share: float, rows: int) -> None:
        self._bars.update(self._tasks[name], completed=share, rows=rows)

    def end(self, name: str, note: str) -> None:
        if name in self._tasks:
            self._bars.remove_task(self._tasks.pop(name))
        self._bars.console.print(f"{name}: {note}", highlight=False, markup=False)
        log.info("%s: %s", name, note)


@contextmanager
def in_lines() -> Iterator[Lines]:
    yield Lines()


@contextmanager
def on_terminal(colour: bool) -> Iterator[Terminal]:
    from rich.console import Console  # late: a pipe needs no bars
    from rich.progress import (  # late: a pipe needs no bars
        BarColumn,
        Progress,
        ProgressColumn,
        Task,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text  # late: a pipe needs no bars

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            rows, elapsed = task.fields["rows"], task.elapsed
            rate = f" {rows / elapsed:,.0f}/s" if rows and elapsed else ""
            return Text(f"{rows:,} {task.fields['unit']}{rate}")

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        Rate(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True, no_color=not colour), transient=True) as bars:
        yield Terminal(bars)
