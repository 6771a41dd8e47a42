"""`appliance walk-forward`, from the command line to its report, and killed on the way."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.support.research.backtests import Workspace
from tests.support.research.planted import planted

WALK = (
    *("walk-forward", "-s", "Hours", "--spaces", "buy", "--hyperopt-loss", "OnlyProfitHyperOptLoss"),
    *("--search-days", "30", "--test-days", "15", "-j", "1", "-e", "12"),
)
SEEDED = (*WALK, "--random-state", "3")


@pytest.fixture
def workspace(folder: Path) -> Workspace:
    space = planted(Workspace(folder / "user_data"), edge=0.005, days=62)
    space.write_config()
    return space


def walks(workspace: Workspace) -> list[Path]:
    return sorted((workspace.folder / "walk_forward_results").glob("*"))


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--search-days", "90"), "--search-days, --test-days: a window takes at least 98.5 days"),
        (("--test-days", "0"), "expected more than 0"),
        (("--spaces", "bye"), "found bye"),
        (("--timerange", "20200101-20200201"), "has no candles of ETH/USDT"),
        (("--continue",), "no walk of Hours that was interrupted"),
    ],
)
def test_what_cannot_be_walked_is_one_line_and_leaves_nothing(
    appliance: Run, workspace: Workspace, arguments: tuple[str, ...], named: str
) -> None:
    outcome = appliance(*WALK, *arguments)
    assert outcome.status == 2
    assert named in outcome.err.splitlines()[-1]
    assert walks(workspace) == []


def test_a_strategy_that_fails_in_a_later_window_leaves_those_before(
    appliance: Run, workspace: Workspace
) -> None:
    file = workspace.folder / "strategies" / "hours.py"
    begin = '        dataframe["hour"] ='
    fails = '        if dataframe["date"].iloc[-1].month == 8 and dataframe["date"].iloc[-1].day == 14:\n'
    file.write_text(file.read_text().replace(begin, f'{fails}            raise ValueError("odd")\n{begin}'))
    outcome = appliance(*SEEDED)
    assert outcome.status == 2
    assert "odd" in outcome.err
    (walk,) = walks(workspace)
    assert sorted(one.name for one in walk.iterdir()) == ["walk-forward.json", "window-001.json"]


@pytest.mark.slow
def test_a_walk_that_was_killed_goes_on_to_the_report_of_one_that_was_not(
    appliance: Run, workspace: Workspace
) -> None:
    hold = _with_a_hold(workspace)
    outcome = appliance(*SEEDED)
    assert outcome.status == 0, outcome.err
    (whole,) = walks(workspace)
    expected = (whole / "report.json").read_bytes()
    assert json.loads(outcome.out) == json.loads(expected)
    assert f"Stored in {whole / 'report.html'}" in outcome.err
    hold.touch()
    _kill_in_the_second_window(workspace)
    hold.unlink()
    begun = walks(workspace)[-1]
    assert begun != whole
    refused = appliance(*WALK, "--continue", "-e", "13")
    assert (refused.status, "epochs: the walk in" in refused.err) == (2, True)
    outcome = appliance(*WALK, "--continue")
    assert outcome.status == 0, outcome.err
    assert "Going on after 1 of 2 windows" in outcome.err
    assert (begun / "report.json").read_bytes() == expected
    assert {file.name for file in begun.iterdir()} == {file.name for file in whole.iterdir()}


def _with_a_hold(workspace: Workspace) -> Path:
    """Have the strategy wait after three epochs of the second window while a file is there; return it."""
    file, hold = workspace.folder / "strategies" / "hours.py", workspace.folder / "hold"
    begin = "        # A signal acts"
    waits = f"""
        import pathlib, time
        epochs = pathlib.Path({str(workspace.folder)!r}).glob("walk_forward_results/*/window-002.fthypt")
        if sum(len(one.read_text().splitlines()) for one in epochs) >= 3:
            while pathlib.Path({str(hold)!r}).exists():
                time.sleep(0.01)
"""
    file.write_text(file.read_text().replace(begin, waits + begin))
    return hold


def _kill_in_the_second_window(workspace: Workspace) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "appliance", *SEEDED],
        cwd=workspace.folder.parent,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    results = workspace.folder / "walk_forward_results"
    while not any(len(one.read_text().splitlines()) >= 3 for one in results.glob("*/window-002.fthypt")):
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)
