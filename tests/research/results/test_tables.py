"""What is shown of a result is what freqtrade shows, to the letter."""

import json
import re

import pytest

from appliance.research.results.read import load_result
from appliance.research.results.result import BacktestResult
from appliance.research.results.statistics.periods import PERIODS
from appliance.research.results.tables import show_results
from tests.support.terminal import as_terminal


def shown_by_freqtrade(case):
    return case.written.file.with_name("shown.txt").read_text()


def test_the_tables_are_freqtrades(spot, monkeypatch):
    terminal = as_terminal(monkeypatch)
    show_results(load_result(spot.written.file), breakdown=PERIODS, pair_list=True)
    assert terminal.plain == shown_by_freqtrade(spot)


def test_shorts_and_futures_have_their_lines(futures, monkeypatch):
    terminal = as_terminal(monkeypatch)
    show_results(load_result(futures.written.file))
    assert terminal.plain == shown_by_freqtrade(futures)


def test_colours_may_be_left_out(spot, monkeypatch):
    terminal = as_terminal(monkeypatch)
    show_results(load_result(spot.written.file), colour=False)
    assert not re.search(r"\x1b\[[0-9;]*[39][0-7]m", terminal.getvalue())


def test_a_pipe_gets_values_with_tabs_between(spot, capsys):
    show_results(load_result(spot.written.file), breakdown=["day"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["Result for strategy Tagged", "BACKTESTING REPORT"]
    assert lines[2].split("\t")[:3] == ["Pair", "Trades", "Avg Profit %"]
    assert "Day\tTrades\tTot Profit USDT\tProfit Factor\tWin Draw Loss Win%" in lines
    assert not any("│" in line for line in lines)


def test_json_has_everything_in_one_line(spot, capsys):
    show_results(load_result(spot.written.file), as_json=True)
    (line,) = capsys.readouterr().out.splitlines()
    stored = json.loads(line)
    assert stored["strategy"] == spot.written.stored["strategy"]
    assert list(stored) == ["strategy", "strategy_comparison", "metadata", "warnings"]


def test_warnings_stand_below_a_strategys_tables(spot, capsys):
    result = load_result(spot.written.file)
    result.warnings = {"Tagged": ["no fees"], "Idle": []}
    show_results(result)
    out = capsys.readouterr().out
    said = "What makes this result better than trading would be:\n- no fees\n\nResult for strategy Idle"
    assert said in out
    assert out.count("What makes") == 1


@pytest.mark.parametrize(
    "missing",
    [
        ["wallet_stats", "p_value", "sqn", "expectancy_ratio", "max_relative_drawdown", "drawdown_duration"],
        ["periodic_breakdown", "mix_tag_stats", "trading_mode", "max_consecutive_losses"],
        [
            "winner_holding_min",
            "loser_holding_max",
            "rejected_signals",
            "timedout_entry_orders",
            "profit_factor",
        ],
    ],
)
def test_results_of_older_versions_lack_fields(spot, capsys, missing):
    result = load_result(spot.written.file)
    for name in missing:
        del result.strategy["Tagged"][name]
    show_results(result, breakdown=["month"])
    assert "30/06/2025\t79" in capsys.readouterr().out


def test_a_result_without_a_comparison_and_an_empty_one(spot, capsys):
    show_results(BacktestResult(strategy={}, strategy_comparison=[], metadata={}))
    assert capsys.readouterr().out == ""
    result = load_result(spot.written.file)
    result.strategy_comparison = []
    show_results(result)
    assert "STRATEGY SUMMARY" not in capsys.readouterr().out
