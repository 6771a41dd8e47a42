"""freqtrade shows, analyses and caches results that were written here.

Needs freqtrade: `FREQTRADE=/path/to/freqtrade pytest tests/end_to_end/beside_freqtrade/test_results.py`.
"""

import json
import os
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from appliance.research.data.candles import CandleFiles
from appliance.research.data.layout import CandleKey
from appliance.research.results.analysis.stored_frames import load_frames
from appliance.research.results.save import Target, save_results
from appliance.research.results.summary import summarize
from tests.support.freqtrade_results import market_of, read_freqtrade, runs_of

FREQTRADE = os.environ.get("FREQTRADE")
pytestmark = pytest.mark.skipif(not FREQTRADE, reason="name freqtrade's executable in FREQTRADE")

DATA = Path(__file__).parents[2] / "data" / "research" / "results"
GROUPS = ("--analysis-groups", "0", "1", "2", "3", "4", "5", "--indicator-list", "close", "profit_abs")


@pytest.fixture
def folder(tmp_path):
    """freqtrade's result, written again by us, and a configuration."""
    written = read_freqtrade(DATA / "spot")
    market = market_of(written, DATA / "candles")
    configured = json.loads(written.members["_config.json"])

    def analysed(pair):
        candles = CandleFiles(DATA / "candles", "feather").load(CandleKey(pair, "5m"))
        frame = pd.DataFrame(candles, columns=["date", "open", "high", "low", "close", "volume"])
        frame["date"] = pd.to_datetime(frame["date"], unit="ms", utc=True)
        return frame.assign(text="a")

    runs = runs_of(written, market, analysed)
    target = Target(
        folder=tmp_path / "results",
        moment=datetime(2025, 12, 1, tzinfo=UTC),
        configured=configured,
        export="signals",
    )
    save_results(summarize(runs, market), runs, market, target)
    (tmp_path / "user_data").mkdir()
    (tmp_path / "config.json").write_text(json.dumps(configured))
    return tmp_path


def freqtrade(folder, *arguments):
    done = subprocess.run(
        [
            str(FREQTRADE),
            *arguments,
            *("-c", "config.json", "--userdir", "user_data", "--backtest-directory", "results"),
        ],
        cwd=folder,
        env={**os.environ, "COLUMNS": "200", "TZ": "UTC"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_freqtrade_shows_our_result_as_its_own(folder):
    periods = ("day", "week", "month", "year", "weekday")
    shown = freqtrade(folder, "backtesting-show", "--breakdown", *periods, "--show-pair-list")
    assert shown == (DATA / "spot" / "shown.txt").read_text()


def test_freqtrade_analyses_our_result(folder):
    shown = freqtrade(folder, "backtesting-analysis", *GROUPS)
    theirs = (DATA / "spot" / "analysed.txt").read_text()
    assert shown.partition("Indicators:")[0] == theirs.partition("Indicators:")[0]
    assert "close (entry)" in shown


SCRIPT = """
import sys
from pathlib import Path
from freqtrade.data import btanalysis as bt

folder = Path(sys.argv[1])
file = folder / bt.get_latest_backtest_filename(folder)
print(len(bt.load_backtest_data(folder, "Tagged")))
print(len(bt.get_backtest_market_change(file)), len(bt.get_backtest_wallet_change(file, "Tagged")))
print([entry["strategy"] for entry in bt.get_backtest_resultlist(folder)])
frames = bt.load_backtest_analysis_data(folder, "signals")
print({pair: len(frame) for pair, frame in frames["Tagged"].items()})
print(list(bt.find_existing_backtest_stats(folder, {"Tagged": sys.argv[2]})["strategy"]))
"""


def test_freqtrades_functions_read_our_result(folder):
    """What FreqUI and notebooks call."""
    python = Path(str(FREQTRADE)).with_name("python")
    written = read_freqtrade(DATA / "spot")
    run_id = written.metadata["Tagged"]["run_id"]
    done = subprocess.run(
        [python, "-c", SCRIPT, folder / "results", run_id], capture_output=True, text=True, check=True
    )
    trades, lengths, strategies, frames, cached = done.stdout.splitlines()
    assert trades == "79"
    assert re.fullmatch(r"576 \d{3,}", lengths)
    assert strategies == "['Tagged', 'Idle']"
    signals = load_frames(written.file, "signals")["Tagged"]
    assert frames == str({pair: len(frame["date"]) for pair, frame in signals.items()})
    assert cached == "['Tagged']"
