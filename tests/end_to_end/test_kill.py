"""A power cut, and a clean end."""

import signal
import sqlite3

from tests.end_to_end.running import Program, free_port, running, simulated_config


def trades_on_disk(program: Program) -> dict[int, tuple]:
    with sqlite3.connect(program.folder / "trades.sqlite") as database:
        rows = database.execute("SELECT id, pair, open_rate, amount, is_open FROM trades").fetchall()
    return {row[0]: row[1:] for row in rows}


async def test_after_sigkill_the_bot_goes_on_with_the_same_trades(tmp_path):
    config = simulated_config(free_port(), db_url=f"sqlite:///{tmp_path}/trades.sqlite")
    config["minimal_roi"] = {"0": 10}
    async with running(tmp_path, config, "--strategy", "SampleStrategy") as program:
        for pair in ("BTC/USDT", "ETH/USDT", "SOL/USDT"):
            answer = await program.post("forceenter", {"pair": pair, "side": "long", "ordertype": "market"})
            assert answer["pair"] == pair, answer
        before = {trade["trade_id"]: trade for trade in await program.get("status")}
        assert len(before) >= 3
        await program.end(signal.SIGKILL)
        on_disk = trades_on_disk(program)
        assert set(before) <= set(on_disk)

        await program.start()
        after = {trade["trade_id"]: trade for trade in await program.get("status")}
        for trade_id, trade in before.items():
            same = ("pair", "amount", "open_rate", "stake_amount", "open_timestamp", "is_open")
            assert {key: after[trade_id][key] for key in same} == {key: trade[key] for key in same}
        answer = await program.post("forceexit", {"tradeid": str(min(before)), "ordertype": "market"})
        assert "result" in answer


async def test_sigterm_ends_it_cleanly(tmp_path):
    config = simulated_config(free_port(), db_url=f"sqlite:///{tmp_path}/trades.sqlite")
    async with running(tmp_path, config, "--strategy", "SampleStrategy") as program:
        assert await program.end(signal.SIGTERM) == 0
        assert "Stopped" in program.output
        assert "Traceback" not in program.output
        with sqlite3.connect(tmp_path / "trades.sqlite") as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
