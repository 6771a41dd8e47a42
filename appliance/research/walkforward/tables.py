"""Show a walk forward: tables on a terminal, JSON in a pipe."""

import sys
from typing import TYPE_CHECKING, Any

import msgspec

from appliance.reports.number_format import NOTHING, percent
from appliance.research.credibility.drawings import value_text
from appliance.research.credibility.tables import print_checks, print_verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from appliance.research.walkforward.report import WalkReport, WindowRow


def show_report(report: "WalkReport", *, colour: bool) -> None:
    """Write a report to standard output."""
    if not sys.stdout.isatty():
        sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
        return
    from rich.console import Console  # late: a pipe needs no tables

    print_report(report, Console(no_color=not colour, highlight=False))


def print_report(report: "WalkReport", console: "Console") -> None:
    """Print the verdict, the questions behind it, and the windows."""
    from rich.table import Table  # late: a pipe needs no tables

    print_verdict(report.verdict, "Walk forward", console)
    print_checks(report.checks, console)
    table = Table("#", "Tested range", "Searched, a year", "Tested, a year", "Tested", "Trades", "Chosen")
    for column in table.columns[2:6]:
        column.justify = "right"
    for row in report.windows:
        table.add_row(*cells_of(row))
    console.print(table)


def cells_of(row: "WindowRow") -> tuple[str, ...]:
    """Return the texts of a window."""
    chosen = "nothing of use" if row.params is None else _listed(row.params)
    return (
        str(row.number),
        f"{row.test_from:%Y-%m-%d} to {row.test_until:%Y-%m-%d}",
        NOTHING if row.inside_a_year is None else percent(row.inside_a_year, 0),
        percent(row.outside_a_year, 0),
        percent(row.outside_profit),
        f"{row.outside_trades:,}",
        chosen,
    )


def _listed(params: "Mapping[str, Any]") -> str:
    return ", ".join(f"{name} {value_text(value)}" for name, value in params.items())
