"""Trades with the candles that led to them."""

import numpy as np

from appliance.research.results.analysis.analysed_trades import Selection, analysed_trades, row_of
from appliance.research.timerange import TimeRange


def trade(pair="A", opened=100, closed=200, tag="t", reason="roi"):
    return {
        "pair": pair,
        "open_timestamp": opened,
        "close_timestamp": closed,
        "enter_tag": tag,
        "exit_reason": reason,
    }


def frame(*dates):
    return {"date": np.array(dates), "rsi": np.array(dates, dtype=float) / 10}


def test_the_last_candle_before_counts():
    (found,) = analysed_trades([trade()], {"A": frame(90, 100, 80)}, {"A": frame(199, 150)}, Selection())
    assert (found.entry, found.exit) == ({"date": 90, "rsi": 9.0}, {"date": 199, "rsi": 19.9})
    assert (found.row["enter_reason"], found.row["rsi"]) == ("t", 9.0)


def test_trades_without_candles_are_left_out_or_lack_one():
    found = analysed_trades([trade("A"), trade("B")], {"A": {}, "B": frame(100)}, {}, Selection())
    assert [(one.trade["pair"], one.entry, one.exit) for one in found] == [("B", None, None)]


def test_they_come_by_pair_and_date():
    trades = [trade("A", 300), trade("B", 50), trade("A", 100)]
    found = analysed_trades(trades, {"B": frame(1), "A": frame(1)}, {}, Selection())
    assert [(one.trade["pair"], one.trade["open_timestamp"]) for one in found] == [
        ("B", 50),
        ("A", 100),
        ("A", 300),
    ]


def test_a_selection_goes_by_the_dates_of_candles():
    selection = Selection(timerange=TimeRange(90, 190))
    (found,) = analysed_trades([trade()], {"A": frame(90)}, {"A": frame(199)}, selection)
    assert found.exit is None
    assert analysed_trades([trade()], {"A": frame(89)}, {}, selection) == []
    assert not Selection(timerange=TimeRange(None, 90)).is_in_range({"date": 90})
    assert not selection.is_in_range(None)


def test_reasons_are_chosen_and_all_are_all():
    chosen = Selection(enter_reasons=("t", "u"), exit_reasons=("roi",))
    assert chosen.takes(trade(), None)
    assert not chosen.takes(trade(tag="x"), None)
    assert not chosen.takes(trade(reason="stop_loss"), None)
    assert Selection(enter_reasons=("x", "all"), exit_reasons=()).takes(trade(), None)


def test_values_are_pythons_own():
    columns = {"a": np.array([1.5]), "b": np.array([None], dtype=object), "c": np.array([1], dtype="M8[ns]")}
    row = row_of(columns, 0)
    assert (row["a"], row["b"]) == (1.5, None)
    assert type(row["a"]) is float
    assert row["c"] == "1970-01-01T00:00:00.000000001"
