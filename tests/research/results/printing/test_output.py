"""Tables for terminals and for pipes."""

from appliance.research.results.printing.output import HEADING, Output, Table
from tests.support.terminal import as_terminal

TABLE = Table("TITLE", ("Name", "Value"), [("a [b]", "1  2"), (f"{HEADING}Part", "")], left=1)


def test_a_pipe_gets_plain_lines(capsys):
    Output().table(TABLE)
    assert capsys.readouterr().out == "TITLE\nName\tValue\na [b]\t1 2\nPart\t\n\n"


def test_no_title_is_no_line(capsys):
    Output().table(Table("", ("Name",), [("a",)]))
    assert capsys.readouterr().out == "Name\na\n\n"


def test_a_terminal_gets_lines_around(monkeypatch):
    terminal = as_terminal(monkeypatch)
    output = Output()
    output.line("before")
    output.table(TABLE)
    assert terminal.plain.splitlines() == [
        "before",
        "      TITLE      ",
        "┏━━━━━━━┳━━━━━━━┓",
        "┃ Name  ┃ Value ┃",
        "┡━━━━━━━╇━━━━━━━┩",
        "│ a [b] │  1  2 │",
        "│ Part  │       │",
        "└───────┴───────┘",
    ]
    assert "\x1b[1mPart" in terminal.getvalue()
