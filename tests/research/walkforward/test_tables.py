"""Windows of a walk forward as rows of a table."""

from appliance.research.walkforward.report import row_of
from appliance.research.walkforward.tables import cells_of
from tests.research.walkforward.made import nothing_found, results


def test_a_window_without_parameters_says_so() -> None:
    number, tested, searched, *figures, chosen = cells_of(row_of(nothing_found(results([0.1])[0])))
    assert (number, tested, searched) == ("1", "2024-01-31 to 2024-02-10", "–")
    assert figures == ["0 %", "0.00 %", "0"]
    assert chosen == "nothing of use"


def test_a_window_shows_what_was_promised_and_what_was_made() -> None:
    cells = cells_of(row_of(results([0.01, -0.03])[0]))
    assert cells[2:] == ("+365 %", "−73 %", "−2.00 %", "2", "length 50, kind open")
