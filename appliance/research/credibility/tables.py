"""Show a report: tables on a terminal, JSON in a pipe."""

import sys
from typing import TYPE_CHECKING

import msgspec

from appliance.reports.number_format import NOTHING, percent
from appliance.research.credibility.checks import Mark, ratio_text
from appliance.research.credibility.verdict import MARK_OF

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from appliance.research.credibility.checks import Check
    from appliance.research.credibility.report import SearchReport
    from appliance.research.credibility.verdict import Verdict

_STYLES: dict[Mark, str] = {"good": "green", "doubtful": "yellow", "bad": "red", "unknown": "dim"}
_WORDS: dict[Mark, str] = {"good": "good", "doubtful": "doubtful", "bad": "bad", "unknown": "not known"}


def show_report(report: "SearchReport", *, colour: bool) -> None:
    """Write a report to standard output."""
    if not sys.stdout.isatty():
        sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
        return
    from rich.console import Console  # late: a pipe needs no tables

    print_report(report, Console(no_color=not colour, highlight=False))


def print_report(report: "SearchReport", console: "Console") -> None:
    """Print a report: the verdict, the questions behind it, the figures."""
    from rich.table import Table  # late: a pipe needs no tables

    print_verdict(report.verdict, "How far this result can be trusted", console)
    print_checks(report.checks, console)
    figures = Table("Figure", "Value", show_header=False)
    figures.columns[1].justify = "right"
    for label, value in figures_of(report):
        figures.add_row(label, value)
    console.print(figures)


def print_verdict(verdict: "Verdict", title: str, console: "Console") -> None:
    """Print a verdict, in its colour."""
    from rich.panel import Panel  # late: a pipe needs no tables
    from rich.text import Text  # late: a pipe needs no tables

    style = _STYLES[MARK_OF[verdict.judgement]]
    words = Text.assemble((verdict.sentence, f"bold {style}"), "\n", verdict.advice)
    console.print(Panel(words, border_style=style, title=title))


def print_checks(checks: "Sequence[Check]", console: "Console") -> None:
    """Print questions and answers."""
    from rich.table import Table  # late: a pipe needs no tables
    from rich.text import Text  # late: a pipe needs no tables

    table = Table("Question", "", "Answer", show_lines=True)
    for check in checks:
        table.add_row(check.question, Text(_WORDS[check.mark], _STYLES[check.mark]), check.answer)
    console.print(table)


def figures_of(report: "SearchReport") -> list[tuple[str, str]]:
    """Return the figures behind a report, as texts."""
    choice, unseen, trials = report.choice, report.unseen, report.trials
    made = f"{trials.made:,}" + (f" and {trials.earlier:,} earlier ones" if trials.earlier else "")
    return [
        ("Trials", made),
        ("Trials that differ", f"{trials.different:,}"),
        ("Independent trials", f"{trials.independent:,.1f}"),
        ("Sharpe ratio (a year)", ratio_text(report.sharpe.ratio)),
        ("Sharpe ratio by luck", ratio_text(report.sharpe.by_luck)),
        ("Deflated Sharpe ratio", f"{report.sharpe.deflated:.3f}"),
        ("Deflated Sharpe ratio, as published", f"{report.sharpe.deflated_published:.3f}"),
        ("Probability of overfitting", NOTHING if choice is None else f"{choice.overfitting:.3f}"),
        ("Profit where it had not looked", NOTHING if unseen is None else percent(unseen.made)),
        ("Profit where it had", NOTHING if unseen is None else percent(unseen.seen)),
    ]
