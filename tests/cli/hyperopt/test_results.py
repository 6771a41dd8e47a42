"""`appliance hyperopt-list` and `hyperopt-show`, with epochs that freqtrade stored."""

import json
import shutil
from pathlib import Path

import pytest

FREQTRADES = Path(__file__).parents[2] / "data" / "hyperopt"


@pytest.fixture
def searched(workspace):
    """A folder with freqtrade's epochs, and the strategy that they are of."""
    folder = workspace.folder / "hyperopt_results"
    folder.mkdir()
    shutil.copy(FREQTRADES / "freqtrade.fthypt", folder)
    (folder / ".last_result.json").write_text('{"latest_hyperopt":"freqtrade.fthypt"}')
    shutil.copy(FREQTRADES / "strategies" / "SevenSpaces.py", workspace.folder / "strategies")
    return workspace


@pytest.mark.parametrize("command", ["hyperopt-list", "hyperopt-show"])
def test_without_a_search_the_error_says_what_to_do(appliance, workspace, command):
    outcome = appliance(command)
    assert (outcome.status, len(outcome.err.splitlines())) == (2, 1)
    assert "run `hyperopt` first" in outcome.err


def test_a_file_without_epochs_is_one_line(appliance, searched):
    (searched.folder / "hyperopt_results" / "empty.fthypt").touch()
    outcome = appliance("hyperopt-list", "--hyperopt-filename", "empty")
    assert outcome.status == 2
    assert "has no epochs" in outcome.err


def test_epochs_are_listed_and_the_best_of_them_shown(appliance, searched):
    outcome = appliance("hyperopt-list")
    assert outcome.status == 0, outcome.err
    rows = outcome.out.splitlines()
    assert rows[0] == "Hyperopt results"
    assert [row.split("\t")[1] for row in rows[2:5]] == ["1/3", "2/3", "3/3"]
    assert "# Protection parameters:" in outcome.out


def test_nothing_chosen_is_no_error(appliance, searched):
    outcome = appliance("hyperopt-list", "--min-trades", "100000")
    assert outcome.status == 0
    assert "parameters" not in outcome.out


def test_epochs_are_written_as_csv(appliance, searched, folder):
    outcome = appliance("hyperopt-list", "--export-csv", "epochs.csv", "--no-details")
    assert outcome.status == 0, outcome.err
    assert (folder / "epochs.csv").read_text().startswith("Best,Epoch,Trades,")
    assert appliance("hyperopt-list", "--export-csv", "epochs.csv").status == 2


def test_an_epoch_is_shown_with_its_backtest_and_exported(appliance, searched):
    outcome = appliance("hyperopt-show", "-n", "2", "--breakdown", "day", "month")
    assert outcome.status == 0, outcome.err
    assert "Result for strategy SevenSpaces" in outcome.out
    assert "Epoch details:" in outcome.out
    exported = json.loads((searched.folder / "strategies" / "SevenSpaces.json").read_text())
    assert exported["params"]["protection"]


def test_an_index_beyond_the_chosen_epochs_is_one_line(appliance, searched):
    outcome = appliance("hyperopt-show", "-n", "9")
    assert outcome.status == 2
    assert "--index: expected -3 to 3, found 9" in outcome.err


def test_a_strategy_that_is_not_there_is_not_exported_and_the_epoch_shown(appliance, searched):
    (searched.folder / "strategies" / "SevenSpaces.py").unlink()
    outcome = appliance("hyperopt-show", "--no-header")
    assert outcome.status == 0
    assert "warning: no strategy SevenSpaces here" in outcome.err
    assert "Epoch details" not in outcome.out
