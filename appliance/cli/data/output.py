"""Print a table: with lines and colour on a terminal, tab-separated in a pipe."""

import sys
from collections.abc import Sequence

import click


def print_table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], *, title: str = "", colour: bool = True
) -> None:
    """Print rows under their headings."""
    if not sys.stdout.isatty():
        for row in (headings, *rows):
            click.echo("\t".join(" ".join(cell.split()) for cell in row))
        return
    from rich.console import Console  # late: a pipe needs no tables
    from rich.table import Table  # late: a pipe needs no tables

    table = Table(title=title or None, title_justify="left")
    for heading in headings:
        table.add_column(heading, no_wrap=heading == "Pair")
    for row in rows:
        table.add_row(*row)
    Console(no_color=not colour).print(table)
