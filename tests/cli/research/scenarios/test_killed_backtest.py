"""kill -9 at any moment of a backtest: older results stay readable, and nothing is half-written."""

import json
import random
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from appliance.research.results.folder import result_files
from appliance.research.results.read import find_result, load_result
from tests.support.research.backtests import Workspace, walk

pytestmark = [pytest.mark.python_independent, pytest.mark.slow]

ROUNDS = 8


@pytest.fixture
def workspace(folder):
    space = Workspace(folder / "user_data")
    for seed, pair in enumerate(("BTC/USDT", "ETH/USDT")):
        space.store(pair, walk(600, seed=seed))
    space.write_config()
    space.strategy(
        entries="dataframe.loc[dataframe.index % 50 == 0, 'enter_long'] = 1",
        exits="dataframe.loc[dataframe.index % 50 == 25, 'exit_long'] = 1",
    )
    return space


class Runs:
    """Backtests of one strategy, which may be killed."""

    def __init__(self, workspace):
        self.results = workspace.folder / "backtest_results"
        self.cache = workspace.folder / "cache"
        self.arguments = ["backtesting", "-s", "Mine", "--cache", "none", "--userdir", str(workspace.folder)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.cli.research.scenarios.dying"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[4],
        )

    def run(self, **how):
        asked = {"arguments": self.arguments, "folder": str(self.results), **how}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def stored(self):
        """The files that there are, by name; without those that are being written."""
        return {file.name: file.read_bytes() for file in self.results.glob("[!.]*")}

    def close(self):
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


@pytest.fixture
def runs(workspace):
    found = Runs(workspace)
    yield found
    found.close()


def is_whole(file):
    if file.suffix == ".zip":
        with zipfile.ZipFile(file) as archive:
            return archive.testzip() is None
    text = file.read_text()
    return text.rstrip().endswith("</html>") if file.suffix == ".html" else bool(json.loads(text))


def look_after(runs, older):
    """What must hold whenever a backtest was killed."""
    stored = runs.stored()
    assert {name: stored.get(name) for name in older} == older, "older results are as they were"
    assert [file for file in runs.results.glob("[!.]*") if not is_whole(file)] == []
    last = load_result(find_result(runs.results))
    assert len(last.strategy["Mine"]["trades"]) == 24
    for file in result_files(runs.results):
        assert list(load_result(file).strategy) == ["Mine"]


def test_a_backtest_killed_before_any_change_of_a_file_leaves_whole_results(runs):
    assert runs.run(step=-1)["status"] == 0
    for step in range(100):
        older = runs.stored()
        ended = runs.run(step=step)
        assert ended["steps"] == step or ended["status"] == 0
        assert not ended["survivors"]
        look_after(runs, older)
        if ended["status"] == 0:
            break
        assert ended["status"] == -9
    assert step > 8, "zip file, metadata, last result and report: each is opened, and renamed"


def test_a_backtest_killed_at_a_random_moment_leaves_whole_results(runs):
    first = runs.run()
    assert (first["status"], first["survivors"]) == (0, False)
    chance = random.Random(20261201)
    ends = []
    for _ in range(ROUNDS):
        older = runs.stored()
        ended = runs.run(seconds=chance.uniform(0, first["seconds"]))
        assert not ended["survivors"], "processes of the analysis end with it"
        ends.append(ended["status"])
        look_after(runs, older)
    assert -9 in ends
    assert runs.run()["status"] == 0
    assert list(runs.cache.glob("frames-*")) == [], "what the killed ones left is gone"
