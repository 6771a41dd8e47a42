"""`appliance backtesting-show`."""

import json
import shutil
from pathlib import Path

import pytest

from tests.support.terminal import as_terminal

RESULTS = Path(__file__).parents[2] / "data" / "research" / "results"


@pytest.fixture
def results(folder):
    """freqtrade's result as the last one of the user data folder."""
    place = folder / "user_data" / "backtest_results"
    shutil.copytree(RESULTS / "spot", place)
    return place


def test_the_last_result_is_shown_without_a_configuration(appliance, results):
    outcome = appliance("backtesting-show")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.startswith("Result for strategy Tagged\nBACKTESTING REPORT\n")
    assert "STRATEGY SUMMARY" in outcome.out


def test_a_terminal_gets_freqtrades_tables(appliance, results, monkeypatch):
    terminal = as_terminal(monkeypatch)
    appliance(
        *("backtesting-show", "--breakdown", "day", "week", "month", "year", "weekday", "--show-pair-list")
    )
    assert terminal.plain == (results / "shown.txt").read_text()


def test_another_result_is_named_by_file_or_folder(appliance, results, folder):
    name = next(results.glob("*.zip")).name
    elsewhere = folder / "elsewhere"
    shutil.copytree(RESULTS / "futures", elsewhere)
    assert "BothWays" in appliance("backtesting-show", "--backtest-directory", "elsewhere").out
    assert "Tagged" in appliance("backtesting-show", "--export-filename", name).out
    assert "BothWays" in appliance("backtesting-show", "--export-filename", str(elsewhere)).out


def test_the_configuration_may_name_folder_and_periods(appliance, folder):
    shutil.copytree(RESULTS / "futures", folder / "elsewhere")
    (folder / "config.json").write_text(
        json.dumps({"exportdirectory": "elsewhere", "backtest_breakdown": ["month"]})
    )
    out = appliance("backtesting-show", "-c", "config.json").out
    assert "BothWays" in out
    assert "MONTH BREAKDOWN" in out


def test_json_is_the_whole_result(appliance, results):
    stored = json.loads(appliance("backtesting-show", "--json").out)
    assert stored["strategy"]["Tagged"]["total_trades"] == 79


def test_without_results_one_line_tells_what_to_do(appliance):
    outcome = appliance("backtesting-show")
    assert outcome.status == 2
    assert "run `backtesting` first" in outcome.err
    assert len(outcome.err.splitlines()) == 1


def test_a_damaged_result_is_one_line(appliance, results):
    file = next(results.glob("*.zip"))
    file.write_bytes(file.read_bytes()[:-100])
    outcome = appliance("backtesting-show")
    assert outcome.status == 2
    assert outcome.err.endswith("it is damaged; remove it\n")
