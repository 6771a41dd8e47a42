"""`appliance backtesting-analysis`."""

import json
import shutil
import zipfile
from pathlib import Path

import pytest

from tests.support.terminal import as_terminal

RESULTS = Path(__file__).parents[2] / "data" / "research" / "results"
COMMAND = ("backtesting-analysis",)


@pytest.fixture
def results(folder):
    place = folder / "user_data" / "backtest_results"
    shutil.copytree(RESULTS / "spot", place)
    return place


def test_a_terminal_gets_freqtrades_tables(appliance, results, monkeypatch):
    terminal = as_terminal(monkeypatch)
    groups = ("--analysis-groups", "0", "1", "2", "3", "4", "5")
    appliance(*COMMAND, *groups, "--indicator-list", "distance", "profit_abs")
    assert terminal.plain == (results / "analysed.txt").read_text()


def test_a_pipe_gets_values_with_tabs_between(appliance, results):
    outcome = appliance(*COMMAND, "--analysis-groups", "5", "--exit-reason-list", "roi", "stop_loss")
    lines = outcome.out.splitlines()
    assert lines[0] == "Group 5:"
    assert lines[1].startswith("exit_reason\tnum_buys\tprofit_abs_sum")
    assert [line.split("\t")[0] for line in lines[2:4]] == ["roi", "stop_loss"]


def test_rejected_signals_are_listed(appliance, results):
    outcome = appliance(*COMMAND, "--rejected-signals", "--timerange", "20250625-20250626")
    assert outcome.out.startswith("Rejected Signals:\npair\tdate\tenter_tag\n")
    assert "2025-06-26" not in outcome.out


def test_tables_are_written_as_csv(appliance, results, folder):
    (folder / "csv").mkdir()
    outcome = appliance(
        *COMMAND,
        *("--analysis-groups", "0", "1", "--indicator-list", "all"),
        *("--analysis-to-csv", "--analysis-csv-path", "csv"),
    )
    assert "Saved Group 0: to csv/group_0.csv" in outcome.out
    assert sorted(file.name for file in (folder / "csv").iterdir()) == [
        *("group_0.csv", "group_1.csv", "indicators.csv")
    ]
    assert (folder / "csv" / "group_0.csv").read_text().startswith("enter_reason,total_num_buys,wins,")


def test_csv_goes_beside_the_results_by_default(appliance, results):
    appliance(*COMMAND, "--analysis-groups", "0", "--analysis-to-csv")
    assert (results / "group_0.csv").exists()


def test_the_whitelist_chooses_pairs(appliance, results, folder):
    config = {"exchange": {"name": "binance", "pair_whitelist": ["ETH/USDT"]}}
    (folder / "config.json").write_text(json.dumps(config))
    out = appliance(*COMMAND, "-c", "config.json", "--userdir", "user_data", "--analysis-groups", "3").out
    assert {line.split("\t")[0] for line in out.splitlines()[2:] if line} == {"ETH/USDT"}


def test_nothing_selected_is_said(appliance, results):
    outcome = appliance(*COMMAND, "--analysis-groups", "0", "--enter-reason-list", "none")
    assert (outcome.status, outcome.out) == (0, "No trades to show\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--entry-only", "--exit-only"), "--entry-only and --exit-only exclude each other"),
        (("--analysis-to-csv", "--analysis-csv-path", "gone"), "--analysis-csv-path: gone does not exist"),
        (("--timerange", "2025"), "--timerange: expected"),
        (("--backtest-filename", "gone.zip"), "gone.zip does not exist: name a result"),
    ],
)
def test_what_is_wrong_is_one_line(appliance, results, arguments, said):
    outcome = appliance(*COMMAND, "--analysis-groups", "0", *arguments)
    assert outcome.status == 2
    assert said in outcome.err
    assert len(outcome.err.splitlines()) == 1


def test_a_result_without_signals_tells_what_to_do(appliance, folder, results):
    file = next(results.glob("*.zip"))
    with zipfile.ZipFile(file) as archive:
        stored = archive.read(f"{file.stem}.json")
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"{file.stem}.json", stored)
    outcome = appliance(*COMMAND, "--analysis-groups", "0")
    assert outcome.status == 2
    assert "run `backtesting` with --export signals" in outcome.err
