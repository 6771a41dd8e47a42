"""Values of indicators at entries and exits."""

from appliance.domain.timeframe import to_date
from appliance.research.results.analysis.analysed_trades import AnalysedTrade
from appliance.research.results.analysis.indicators import indicator_table


def trade(pair="A", reason="roi", gone=True):
    record = {
        "pair": pair,
        "open_date": "2025",
        "enter_tag": "t",
        "exit_reason": reason,
        "profit_abs": 1.0,
        "orders": [],
    }
    return AnalysedTrade(record, {"date": 0, "rsi": 30.0}, {"date": 60_000, "rsi": 70.0} if gone else None)


def test_columns_of_candles_are_there_twice():
    table = indicator_table([trade()], ("rsi", "profit_abs", "nothing"))
    assert table.columns[4:] == ("rsi (entry)", "profit_abs", "rsi (exit)")
    assert table.rows == [["A", "2025", "t", "roi", 30.0, 1.0, 70.0]]


def test_one_side_may_be_wanted():
    entries = indicator_table([trade()], ("rsi", "profit_abs"), entry_only=True)
    assert (entries.columns[4:], entries.rows[0][4:]) == (("rsi", "profit_abs"), [30.0, 1.0])
    exits = indicator_table([trade()], ("rsi", "profit_abs"), exit_only=True)
    assert (exits.columns[4:], exits.rows[0][4:]) == (("rsi",), [70.0])


def test_trades_without_an_exit_candle_are_left_out_unless_none_has_one():
    assert len(indicator_table([trade(), trade("B", gone=False)], ("rsi",)).rows) == 1
    alone = indicator_table([trade("B", gone=False)], ("rsi",))
    assert (alone.columns[4:], len(alone.rows)) == (("rsi",), 1)


def test_rows_go_by_exit_reason():
    table = indicator_table([trade("A", "z"), trade("B", "a"), trade("C", "z")], ("rsi",))
    assert [row[0] for row in table.rows] == ["B", "A", "C"]


def test_all_columns_are_those_of_entries_and_dates_are_dates():
    table = indicator_table([trade()], ("all",))
    assert "orders" not in table.columns
    assert table.rows[0][table.columns.index("date")] == to_date(0)
