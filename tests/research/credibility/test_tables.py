"""The report of a search on a terminal."""

from io import StringIO

from rich.console import Console

from appliance.research.credibility.report import report_of
from appliance.research.credibility.tables import print_report
from tests.research.credibility.made import noise, planted


def shown(found: object, *, width: int = 100) -> str:
    console = Console(file=StringIO(), width=width, force_terminal=True, no_color=True)
    print_report(report_of(found), console)  # type: ignore[arg-type]
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_a_narrow_terminal_gets_every_question() -> None:
    report = report_of(noise()[5])
    text = " ".join(shown(noise()[5], width=40).split())
    assert all(check.question.split()[0] in text for check in report.checks)


def test_the_verdict_comes_first() -> None:
    text = shown(noise()[5])
    assert (
        text.index("This result is probably luck")
        < text.index("Question")
        < text.index("Deflated Sharpe ratio")
    )
    assert "This result is probably more than luck" in shown(planted()[0])
