"""The tables of an analysis are freqtrade's, to the letter."""

import pytest

from appliance.research.results.analysis.analyse import Question, analyse
from appliance.research.results.analysis.analysed_trades import Selection
from appliance.research.results.printing.output import Output
from appliance.research.timerange import TimeRange
from tests.support.terminal import as_terminal


def shown(tables, monkeypatch):
    terminal = as_terminal(monkeypatch)
    output = Output()
    for table in tables:
        output.line(table.name)
        output.table(table.shown())
    return terminal.plain


def by_freqtrade(case, name):
    return case.written.file.with_name(name).read_text()


def test_groups_and_indicators_are_freqtrades(spot, monkeypatch):
    question = Question(groups=("0", "1", "2", "3", "4", "5"), indicators=("distance", "profit_abs"))
    ((strategy, tables),) = analyse(spot.written.file, question)
    assert strategy == "Tagged"
    assert shown(tables, monkeypatch) == by_freqtrade(spot, "analysed.txt")


def test_a_selection_is_freqtrades(spot, monkeypatch):
    selection = Selection(
        timerange=TimeRange.parse("20250625T1200-20250626"),
        enter_reasons=("deep",),
        exit_reasons=("roi", "stop_loss"),
    )
    question = Question(groups=("1", "5"), indicators=("distance",), entry_only=True, selection=selection)
    ((_, tables),) = analyse(spot.written.file, question)
    assert shown(tables, monkeypatch) == by_freqtrade(spot, "analysed_selection.txt")


def test_rejected_signals_are_listed_by_date(spot):
    ((_, (table,)),) = analyse(spot.written.file, Question(rejected=True))
    dates = [row[1] for row in table.rows]
    assert dates == sorted(dates)
    assert len(dates) == spot.written.stored["strategy"]["Tagged"]["rejected_signals"]


def test_only_the_pairs_of_the_whitelist_are_analysed(spot):
    ((_, (table,)),) = analyse(spot.written.file, Question(groups=("3",), pairs=("BTC/USDT", "NEW/USDT")))
    assert {row[0] for row in table.rows} == {"BTC/USDT"}


def test_nothing_selected_has_no_tables(spot):
    question = Question(groups=("0",), selection=Selection(enter_reasons=("other",)))
    assert list(analyse(spot.written.file, question)) == [("Tagged", [])]


@pytest.mark.parametrize("range_", ["20240101-20240201", "20260101-"])
def test_a_range_without_signals_has_no_tables(spot, range_):
    question = Question(groups=("0",), selection=Selection(timerange=TimeRange.parse(range_)))
    assert list(analyse(spot.written.file, question)) == [("Tagged", [])]
