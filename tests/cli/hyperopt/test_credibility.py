"""The report at the end of `appliance hyperopt`."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.support.research.backtests import Workspace
from tests.support.research.planted import hours, planted

SEARCH = (
    *("hyperopt", "-s", "Hours", "--spaces", "buy", "--hyperopt-loss", "SharpeHyperOptLossDaily"),
    *("--random-state", "3", "-j", "1", "-e", "20", "--disable-param-export"),
)


@pytest.fixture
def workspace(folder: Path) -> Workspace:
    space = planted(Workspace(folder / "user_data"), edge=0.005, days=40)
    space.write_config()
    return space


def reports(workspace: Workspace) -> list[Path]:
    return sorted((workspace.folder / "hyperopt_results").glob("*.report.json"))


def test_a_search_that_found_nothing_of_use_has_no_report(appliance: Run, workspace: Workspace) -> None:
    outcome = appliance(*SEARCH, "-e", "2", "--min-trades", "10000")
    assert outcome.status == 0, outcome.err
    assert reports(workspace) == []


def test_a_strategy_that_fails_on_made_up_candles_costs_the_report_alone(
    appliance: Run, workspace: Workspace
) -> None:
    file = workspace.folder / "strategies" / "hours.py"
    begin, real = '        dataframe["hour"] =', hours(40, edge=0.005, seed=1)[-1, 4]
    fails = f'        if dataframe["close"].iloc[-1] != {real}:\n            raise ValueError("odd")\n'
    file.write_text(file.read_text().replace(begin, fails + begin))
    outcome = appliance(*SEARCH, "-e", "2", "--histories", "1")
    assert outcome.status == 0
    assert "The report of the search is left out: " in outcome.err
    assert "Best result:" in outcome.out
    assert reports(workspace) == []


def test_without_a_report_none_is_made(appliance: Run, workspace: Workspace) -> None:
    outcome = appliance(*SEARCH, "-e", "2", "--no-report")
    assert outcome.status == 0, outcome.err
    assert reports(workspace) == []


def test_whoever_asks_for_parameters_as_json_gets_nothing_after_them(
    appliance: Run, workspace: Workspace
) -> None:
    outcome = appliance(*SEARCH, "-e", "2", "--print-json", "--histories", "0")
    assert "params" in json.loads(outcome.out.splitlines()[-1])
    assert len(reports(workspace)) == 1


def test_in_a_pipe_the_last_line_is_the_report(appliance: Run, workspace: Workspace) -> None:
    outcome = appliance(*SEARCH, "--histories", "2")
    assert outcome.status == 0, outcome.err
    report = json.loads(outcome.out.splitlines()[-1])
    (stored,) = reports(workspace)
    assert json.loads(stored.read_bytes()) == report
    assert report["trials"] == {"made": 20, "earlier": 0, "different": report["trials"]["different"]} | {
        "independent": report["trials"]["independent"]
    }
    assert len(report["histories"]["profits"]) == 2
    page = stored.with_name(stored.name.replace(".report.json", ".html"))
    assert report["verdict"]["sentence"].split(":")[0] in page.read_text()
    assert f"Stored in {page}" in outcome.err


def test_earlier_searches_count(appliance: Run, workspace: Workspace) -> None:
    for _ in range(2):
        outcome = appliance(*SEARCH, "-e", "3", "--histories", "0")
    assert json.loads(outcome.out.splitlines()[-1])["trials"]["earlier"] == 3
