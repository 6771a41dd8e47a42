"""The report at the end of `appliance hyperopt`."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.support.research.backtests import Workspace
from tests.support.research.planted import planted

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
