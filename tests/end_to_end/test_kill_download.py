"""A download that is killed at random moments harms no file, and the next one completes it."""

import asyncio
import json
import os
import random
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appliance.domain import timeframe as timeframes
from appliance.research.data.candles import CandleFiles
from appliance.research.data.trades import TradeFiles
from tests.support.running import PATIENCE, exchange

PAIRS = ("BTC/USDT", "ETH/USDT", "SOL/USDT")
END = 1_780_272_000_000
"""The first of June 2026: what lies before does not change any more."""
OFTEN = """
import sys
from appliance.research.download import wish
wish.SAVE_SECONDS, wish.SAVING_SHARE = 0.0, 1.0
from appliance.cli.main import main
main(sys.argv[1:])
"""
"""The program, except that it saves after each page: so a kill meets it saving."""
CANDLES = ("-t", "5m", "1h", "--timerange", f"{END // 1000 - 20 * 86_400}-{END // 1000}")
TRADES = ("-t", "5m", "--timerange", f"{END // 1000 - 86_400}-{END // 1000}", "--dl-trades", "--convert")


def config(url: str) -> dict[str, Any]:
    api = {"public": f"{url}/api/v3", "private": f"{url}/api/v3", "sapi": f"{url}/sapi/v1"}
    ccxt = {"enableRateLimit": False, "urls": {"api": api}}
    return {"exchange": {"name": "binance", "enable_ws": False, "ccxt_config": ccxt}}


class Downloading:
    """A process that downloads into a folder."""

    def __init__(self, folder: Path, url: str, *options: str) -> None:
        self.folder, self.options = folder, options
        folder.mkdir()
        (folder / "config.json").write_text(json.dumps(config(url)))

    async def start(self) -> asyncio.subprocess.Process:
        """Start it, and return when it has begun to download."""
        command = (sys.executable, "-c", OFTEN, "download-data", "-c", "config.json")
        process = await asyncio.create_subprocess_exec(
            *command, "-p", *PAIRS, *self.options,
            cwd=self.folder, stderr=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        assert process.stderr is not None
        while b", into " not in (line := await process.stderr.readline()):
            assert line, "it ended before it began"
        return process

    async def finish(self) -> float:
        """Run it to its end; return the seconds from its beginning to download."""
        process = await self.start()
        began = time.monotonic()
        _, said = await asyncio.wait_for(process.communicate(), PATIENCE)
        assert process.returncode == 0, said.decode()
        return time.monotonic() - began

    async def kill_after(self, seconds: float) -> None:
        process = await self.start()
        await asyncio.sleep(seconds)
        if process.returncode is None:
            process.kill()
        await process.communicate()

    @property
    def data(self) -> Path:
        return self.folder / "user_data" / "data" / "binance"

    def content(self) -> dict[str, bytes]:
        """Return the content of each file; leftovers would be among them."""
        return {file.name: file.read_bytes() for file in sorted(self.data.iterdir())}


def check(data: Path) -> int:
    """Every file can be read, and holds what it should without a gap; return how many rows there are."""
    candles, trades = CandleFiles(data, "feather"), TradeFiles(data, "feather")
    rows = 0
    for key in candles.keys(futures=False):
        dates = candles.load(key)[:, 0]
        assert len(dates)
        assert (np.diff(dates) == timeframes.milliseconds(key.timeframe)).all()
        rows += len(dates)
    for pair in trades.pairs():
        names = [int(name) for name in trades.load(pair).columns["id"]]
        assert names
        assert np.diff(names).tolist() == [1] * (len(names) - 1)
        rows += len(names)
    return rows


@pytest.mark.parametrize("options", [CANDLES, TRADES])
async def test_a_killed_download_is_completed_by_the_next(tmp_path: Path, options: tuple[str, ...]) -> None:
    draw = random.Random(os.environ.get("KILL_SEED", "a seed for every run"))
    async with exchange(tmp_path, "--latency-ms", "5") as url:
        whole, killed = (Downloading(tmp_path / name, url, *options) for name in ("whole", "killed"))
        seconds = await whole.finish()
        rows = 0
        for _ in range(8):
            await killed.kill_after(draw.uniform(0.0, seconds / 3))
            before, rows = rows, await asyncio.to_thread(check, killed.data)
            assert rows >= before
        await killed.finish()
        assert await asyncio.to_thread(killed.content) == await asyncio.to_thread(whole.content)
