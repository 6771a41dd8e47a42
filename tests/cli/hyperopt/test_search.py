"""`appliance hyperopt`, from the command line to the parameter file."""

import json
import os
import signal
import subprocess
import sys

import pytest

SEARCH = (
    *("hyperopt", "-s", "Mine", "--spaces", "buy", "sell", "--hyperopt-loss", "OnlyProfitHyperOptLoss"),
    "--no-report",
)
SEEDED = (*SEARCH, "--random-state", "3", "-j", "1")


def results(workspace):
    return sorted((workspace.folder / "hyperopt_results").glob("*.fthypt"))


def epochs(file):
    return [json.loads(line) for line in file.read_text().splitlines()]


def core(file):
    return [(one["current_epoch"], one["params_dict"], one["loss"], one["is_best"]) for one in epochs(file)]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--hyperopt-loss", "SharpLoss"), "--hyperopt-loss: expected one of"),
        (("--spaces", "bye"), "found bye"),
        (("--spaces", "protection"), "no parameter of the space protection"),
        (("--timerange", "20200101-20200201"), "has no candles of BTC/USDT"),
        (("-s", "Nobody"), "no strategy 'Nobody'"),
        (("--continue",), "run `hyperopt` first"),
        (("--freqaimodel", "X"), "FreqAI is not supported"),
    ],
)
def test_what_cannot_be_searched_is_one_line(appliance, workspace, arguments, named):
    outcome = appliance(*SEARCH, *arguments)
    assert outcome.status == 2
    (line,) = outcome.err.splitlines()
    assert named in line
    assert results(workspace) == []


def test_a_strategy_that_fails_in_a_later_epoch_is_one_line_and_earlier_epochs_stay(appliance, workspace):
    workspace.strategy(entries="1 / (self.buy_every.value < 33)")
    outcome = appliance(*SEEDED, "-e", "40")
    assert outcome.status == 2
    (line,) = outcome.err.splitlines()
    assert "buy_every=3" in line
    assert "mine.py:" in line
    (stored,) = results(workspace)
    assert f"epoch {len(epochs(stored)) + 1} (" in line


def test_a_search_shows_better_epochs_and_exports_the_best(appliance, workspace):
    outcome = appliance(*SEEDED, "-e", "12")
    assert outcome.status == 0, outcome.err
    (stored,) = results(workspace)
    found = epochs(stored)
    heading, *rows = outcome.out.partition("\n\n")[0].splitlines()
    assert heading.startswith("Best\tEpoch\tTrades")
    assert [row.split("\t")[1] for row in rows] == [f"{e['current_epoch']}/12" for e in found if e["is_best"]]
    assert "# Buy parameters:" in outcome.out
    assert f"Stored in {stored}" in outcome.err
    exported = json.loads((workspace.folder / "strategies" / "mine.json").read_text())
    best = min(found, key=lambda epoch: epoch["loss"])
    assert exported["params"]["buy"] == best["params_details"]["buy"]
    assert exported["params"]["stoploss"] == {"stoploss": -0.1}


def test_every_epoch_is_shown_and_nothing_exported_where_that_is_asked_for(appliance, workspace):
    outcome = appliance(*SEEDED, "-e", "4", "--print-all", "--disable-param-export", "--print-json")
    assert outcome.status == 0, outcome.err
    assert len(outcome.out.partition("\n\n")[0].splitlines()) == 5
    assert json.loads(outcome.out.splitlines()[-1])["params"]
    assert not (workspace.folder / "strategies" / "mine.json").exists()


def test_other_options_than_before_cannot_go_on(appliance, workspace):
    assert appliance(*SEEDED, "-e", "3", "--disable-param-export").status == 0
    outcome = appliance(*SEARCH, "-e", "6", "--continue", "--timerange", "20250701-20250702")
    assert outcome.status == 2
    assert "timerange: the search began with None and cannot go on with '20250701-20250702'" in outcome.err


@pytest.mark.slow
@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT])
def test_an_interrupted_search_goes_on_to_the_result_of_an_uninterrupted_one(appliance, workspace, ending):
    command = (*SEEDED, "-e", "45", "--disable-param-export")
    assert appliance(*command).status == 0
    (whole,) = results(workspace)
    expected = core(whole)
    whole.unlink()
    process = subprocess.Popen(
        [sys.executable, "-m", "appliance", *command, "--print-all", "-j", "2"],
        cwd=workspace.folder.parent,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A run in the background of a shell ignores SIGINT, and so would what it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    for _ in range(6):
        process.stdout.readline()
    process.send_signal(ending)
    out, err = process.communicate(timeout=30)
    (begun,) = results(workspace)
    if ending == signal.SIGINT:
        assert (process.returncode, "Ended after" in err and "interrupted" in err) == (0, True)
        assert "Best result:" in out
    assert len(epochs(begun)) < 45
    outcome = appliance(*SEARCH, "-e", "45", "--continue", "--disable-param-export")
    assert outcome.status == 0, outcome.err
    assert "Going on after" in outcome.err
    assert core(begun) == expected
