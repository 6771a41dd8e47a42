"""A power cut, and a clean end."""

import asyncio
import signal
import sqlite3
from pathlib import Path

from appliance.config.starter import DEMO_PAIRS
from tests.support.running import Program, free_port, running, simulated_config
from tests.support.scripted import QUIET

LIVELY = (
    QUIET.replace("Quiet", "Lively")
    .replace('"5m"', '"1m"')
    .replace('minimal_roi = {"0": 10}', 'minimal_roi = {"0": 0.002}')
    .replace("-0.1", "-0.02")
    .replace(
        "    def populate_entry_trend(self, dataframe, metadata):\n",
        "    def populate_entry_trend(self, dataframe, metadata):\n        dataframe['enter_long'] = 1\n",
    )
)
"""Enters whatever it can, and leaves it soon."""

SAME = ("pair", "amount", "open_rate", "stake_amount", "open_timestamp", "enter_tag")
"""What of a trade a restart must not change."""


def config_in(folder: Path) -> dict:
    return simulated_config(free_port(), db_url=f"sqlite:///{folder}/trades.sqlite")


def trades_on_disk(program: Program) -> dict[int, tuple]:
    with sqlite3.connect(program.folder / "trades.sqlite") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = database.execute("SELECT id, pair, open_rate, amount FROM trades").fetchall()
    return {row[0]: row[1:] for row in rows}


async def all_trades(program: Program) -> dict[int, dict]:
    trades = [*await program.get("status"), *(await program.get("trades"))["trades"]]
    return {trade["trade_id"]: trade for trade in trades}


async def test_after_sigkill_the_bot_continues_with_the_same_trades(tmp_path):
    (tmp_path / "quiet.py").write_text(QUIET.replace('"5m"', '"1m"').replace("-0.1", "-0.9"))
    flags = ("--strategy", "Quiet", "--strategy-path", str(tmp_path))
    async with running(tmp_path, config_in(tmp_path), *flags) as program:
        for pair in ("BTC/USDT", "ETH/USDT", "SOL/USDT"):
            answer = await program.post("forceenter", {"pair": pair, "side": "long", "ordertype": "market"})
            assert answer["pair"] == pair, answer
        await program.post("forceexit", {"tradeid": "2", "ordertype": "market"})
        before = await all_trades(program)
        assert [trade["is_open"] for trade in before.values()] == [True, True, False]
        await program.end(signal.SIGKILL)
        assert set(trades_on_disk(program)) == {1, 2, 3}

        await program.start()
        after = await all_trades(program)
        for trade_id, trade in before.items():
            assert {key: after[trade_id][key] for key in SAME} == {key: trade[key] for key in SAME}
            assert after[trade_id]["is_open"] is trade["is_open"]
        answer = await program.post("forceexit", {"tradeid": "1", "ordertype": "market"})
        assert "result" in answer


async def test_sigkill_at_any_moment_of_lively_trading_loses_nothing_that_was_reported(tmp_path):
    """Trades that the API has told of are there after each of several kills, at moments that vary."""
    (tmp_path / "lively.py").write_text(LIVELY)
    config = config_in(tmp_path)
    config["exchange"]["pair_whitelist"] = list(DEMO_PAIRS)
    flags = ("--strategy", "Lively", "--strategy-path", str(tmp_path))
    async with running(tmp_path, config, *flags) as program:
        for tenths in (3, 9):
            await program.until(lambda: program.get("status"))
            await asyncio.sleep(tenths / 10)
            told = await all_trades(program)
            await program.end(signal.SIGKILL)
            on_disk = trades_on_disk(program)
            filled = {trade_id for trade_id, trade in told.items() if trade["amount"] > 0}
            assert filled <= set(on_disk)
            await program.start()
            known = await all_trades(program)
            for trade_id in filled:
                assert known[trade_id]["open_timestamp"] == told[trade_id]["open_timestamp"]


async def test_sigterm_ends_it_cleanly(tmp_path):
    async with running(tmp_path, config_in(tmp_path), "--strategy", "SampleStrategy") as program:
        assert await program.end(signal.SIGTERM) == 0
        assert "Stopped" in program.output
        assert "Traceback" not in program.output
        trades_on_disk(program)
