"""A search comes out as freqtrade's: values drawn, losses, statistics, exported parameters.

The golden is a search of freqtrade 2026.9 over candles that are made anew here. With
`FREQTRADE=/path/to/freqtrade` another one is made beside the real program, and both read each other's epochs.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.research.hyperopt.results.stored import epochs_of
from tests.support.goldens.cases import BASE_CONFIG

DATA = Path(__file__).parents[3] / "data" / "hyperopt"
GOLDEN = json.loads((DATA / "seven_spaces.json").read_text())
OF_THE_RUN = {"backtest_run_start_ts", "backtest_run_end_ts"}


@pytest.fixture
def folder(golden_candles, golden_exchange, tmp_path):
    """A user data folder with strategy, candles and configuration."""
    exchange = {**BASE_CONFIG["exchange"], "ccxt_config": golden_exchange}
    golden_candles.provide(["BTC/USDT", "LTC/USDT", "SHIB/USDT"])
    (tmp_path / "config.json").write_text(json.dumps({**BASE_CONFIG, "exchange": exchange}))
    shutil.copytree(DATA / "strategies", tmp_path / "strategies")
    return tmp_path


def searched(program, folder, candles, *more):
    """Search; return the file of epochs, and what was exported."""
    common = ["-c", str(folder / "config.json"), "--userdir", str(folder), "--datadir", str(candles)]
    command = [*program, "hyperopt", *common, "-s", "SevenSpaces", *GOLDEN["arguments"], *more]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    assert ran.returncode == 0, ran.stderr[-2000:]
    (file,) = (folder / "hyperopt_results").glob("*.fthypt")
    return file, json.loads((folder / "strategies" / "SevenSpaces.json").read_text())["params"]


OURS = (sys.executable, "-m", "appliance")
NO_REPORT = ("--no-report",)
"""freqtrade has none."""


def same(ours, theirs, place=""):
    """Yield where two values differ by more than the rounding of floats."""
    if isinstance(theirs, dict):
        if list(ours) != list(theirs):
            yield f"{place}: {list(ours)} instead of {list(theirs)}"
            return
        for name, value in theirs.items():
            if name not in OF_THE_RUN and not (name == "reason" and ".locks" in place):
                yield from same(ours[name], value, f"{place}.{name}")
    elif isinstance(theirs, list):
        if len(ours) != len(theirs):
            yield f"{place}: {len(ours)} instead of {len(theirs)}"
            return
        for number, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from same(one, other, f"{place}[{number}]")
    elif isinstance(theirs, float):
        if ours != pytest.approx(theirs, rel=1e-9, abs=1e-12):
            yield f"{place}: {ours} instead of {theirs}"
    elif ours != theirs:
        yield f"{place}: {ours} instead of {theirs}"


def test_a_search_of_seven_spaces_is_that_of_freqtrade(folder, golden_candles):
    file, params = searched(OURS, folder, golden_candles.folder, *NO_REPORT)
    assert list(same(params, GOLDEN["params"])) == []
    found = list(epochs_of(file))
    assert len(found) == len(GOLDEN["epochs"])
    for epoch, golden in zip(found, GOLDEN["epochs"], strict=True):
        metrics = epoch["results_metrics"]
        shown = {name: metrics[name] for name in golden["results_metrics"]}
        assert list(same({name: epoch[name] for name in golden} | {"results_metrics": shown}, golden)) == []


@pytest.mark.slow
@pytest.mark.parametrize("more", [(), ("--analyze-per-epoch",)])
def test_beside_the_real_freqtrade_every_value_of_every_epoch_is_the_same(folder, golden_candles, more):
    freqtrade = os.environ.get("FREQTRADE")
    if not freqtrade:
        pytest.skip("FREQTRADE is not set")
    other = folder.with_name(f"{folder.name}-freqtrade")
    shutil.copytree(folder, other)
    file, params = searched(OURS, folder, golden_candles.folder, *NO_REPORT, *more)
    theirs, their_params = searched((freqtrade,), other, golden_candles.folder, "-j", "1", *more)
    assert list(same(params, their_params)) == []
    for epoch, real in zip(epochs_of(file), epochs_of(theirs), strict=True):
        assert list(same(epoch, real)) == []
    for program, folder_of_other in (((freqtrade,), folder), (OURS, other)):
        listed = subprocess.run(
            [*program, "hyperopt-list", "--userdir", str(folder_of_other)], capture_output=True, text=True
        )
        assert listed.returncode == 0, listed.stderr
        assert "6/6" in listed.stdout
        assert "# Protection parameters:" in listed.stdout
