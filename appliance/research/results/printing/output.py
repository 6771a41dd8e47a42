"""Print tables: with lines on a terminal, tab-separated in a pipe."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

HEADING = "\0"
"""What a cell begins with that heads the rows below it."""


@dataclass(frozen=True)
class Table:
    """Rows of texts under headings; the first `left` columns are left-justified in any case."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    justify: Literal["left", "right"] = "right"
    left: int = 0


class Output:
    """Write tables and lines to standard output."""

    def __init__(self, *, colour: bool = True) -> None:
        self._stream = sys.stdout
        self._colour = colour

    def line(self, text: str = "") -> None:
        """Write a line."""
        self._stream.write(f"{text}\n")

    def table(self, table: Table) -> None:
        """Write a table."""
        if self._stream.isatty():
            self._write_by_rich(table)
            return
        if table.title:
            self.line(table.title)
        for row in (table.headings, *table.rows):
            self.line("\t".join(" ".join(cell.removeprefix(HEADING).split()) for cell in row))
        self.line()

    def _write_by_rich(self, table: Table) -> None:
        from rich import table as rich_table  # late: a pipe needs no tables
        from rich.console import Console  # late: a pipe needs no tables
        from rich.text import Text  # late: a pipe needs no tables

        columns = [
            rich_table.Column(heading, justify="left" if place < table.left else table.justify)
            for place, heading in enumerate(table.headings)
        ]
        shown = rich_table.Table(*columns, title=table.title or None)
        for row in table.rows:
            cells = (Text(cell.removeprefix(HEADING), "bold" if HEADING in cell else "") for cell in row)
            shown.add_row(*cells)
        Console(no_color=not self._colour, highlight=False).print(shown)
