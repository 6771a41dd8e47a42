"""The real analyses beside ours: recursive ones are the same, lookahead ones find what freqtrade misses.

Needs freqtrade: set FREQTRADE to its executable.
"""

import asyncio
import csv
import json
import os
import re
import sys
from pathlib import Path

import pytest

from tests.end_to_end.test_freqtrade_bots import config_for
from tests.support.research.examined import filled
from tests.support.running import exchange

FREQTRADE = os.environ.get("FREQTRADE")
pytestmark = pytest.mark.skipif(not FREQTRADE, reason="name freqtrade's executable in FREQTRADE")

CANDLES = 600
RANGE = ("--timerange", "20250701-20250702T1800", "-p", "BTC/USDT", "ETH/USDT")
MISSED = {"NextCloseInSignal", "Suppressed", "MergedTooEarly", "MergedOneCandleTooEarly", "RareAhead"}
"""What knows later candles, and freqtrade 2026.9 finds clean."""
FOUND = {"NextClose", "FutureTag"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("beside")
    space = filled(root, candles=CANDLES)
    (space.folder / "data" / "simulated").rename(space.folder / "data" / "binance")
    (space.folder / "data" / "simulated").symlink_to("binance")
    space.write_config()
    return space.folder


async def run(folder, program, config, *arguments):
    process = await asyncio.create_subprocess_exec(
        *program,
        *(*arguments, "--userdir", str(folder), "-c", config, "--no-color"),
        cwd=folder,
        env={**os.environ, "COLUMNS": "250", "PYTHONPATH": str(Path(__file__).parents[4])},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return out.decode()


async def theirs(folder, *arguments):
    """Return what freqtrade prints."""
    async with exchange(folder) as url:
        config = config_for(url) | {"dry_run_wallet": 1000}
        (folder / "theirs.json").write_text(json.dumps(config))
        return await run(folder, (str(FREQTRADE),), "theirs.json", *arguments)


async def ours(folder, *arguments):
    """Return what we print."""
    return await run(folder, (sys.executable, "-m", "appliance"), "config.json", *arguments)


def verdicts(file):
    with file.open() as stream:
        return {row["strategy"]: row["has_bias"] == "True" for row in csv.DictReader(stream)}


async def test_a_recursive_analysis_is_freqtrades(folder):
    asked = ("recursive-analysis", "-s", "Growing", *RANGE, "--startup-candle", "25", "60", "199")
    lines = [line.strip()[1:-1] for line in (await theirs(folder, *asked)).splitlines() if line[:1] in "│┃"]
    table = (await ours(folder, *asked)).partition("\n\n")[0].splitlines()[1:]
    assert [line.split("\t") for line in table] == [
        [cell.strip() for cell in re.split("[│┃]", line)] for line in lines
    ]
    assert len(lines) > 3


async def test_whatever_freqtrade_finds_is_found_and_more(folder):
    """One by one: of a list, freqtrade 2026.9 examines the first strategy each time."""
    names = sorted(MISSED | FOUND | {"Clean"})
    asked = ("lookahead-analysis", *RANGE, "--minimum-trade-amount", "5")
    for name in names:
        await theirs(folder, *asked, "-s", name, "--lookahead-analysis-exportfilename", "theirs.csv")
    await ours(
        folder,
        *(*asked, "-i", "5m", "--strategy-list", *names),
        *("--lookahead-analysis-exportfilename", "ours.csv"),
    )
    assert verdicts(folder / "theirs.csv") == {name: name in FOUND for name in names}
    assert verdicts(folder / "ours.csv") == {name: name != "Clean" for name in names}
