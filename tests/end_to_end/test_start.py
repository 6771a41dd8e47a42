"""What a newcomer meets: no configuration at all, and everything that can be wrong at the start."""

import asyncio
import json
import os
import sqlite3
import stat
import sys
from pathlib import Path

import pytest

from tests.support.running import Program, free_port, running, simulated_config


async def failing(folder: Path, config: dict, *flags: str) -> str:
    """Start the program where it cannot start; return the lines that it says."""
    (folder / "config.json").write_text(json.dumps(config))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "appliance",
        "trade",
        "-c",
        "config.json",
        *flags,
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await asyncio.wait_for(process.communicate(), 60)
    text = output.decode()
    assert process.returncode == 2, text
    assert "Traceback" not in text
    assert "Dashboard" not in text, "there is none after a start that fails"
    return "\n".join(line for line in text.splitlines() if line.startswith("error: "))


def config_in(folder: Path, **changes) -> dict:
    return simulated_config(free_port(), db_url=f"sqlite:///{folder}/trades.sqlite", **changes)


async def test_without_a_configuration_it_makes_one_and_trades(tmp_path):
    port = free_port()
    program = Program(tmp_path, {"api_server": {"listen_port": port}})
    environment = {**os.environ, "APPLIANCE__API_SERVER__LISTEN_PORT": str(port)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "appliance", "trade", cwd=tmp_path, env=environment,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        config = tmp_path / "user_data" / "config.json"
        await program.until(lambda: asyncio.to_thread(config.is_file))
        assert stat.S_IMODE(config.stat().st_mode) == 0o600
        assert stat.S_IMODE(config.parent.stat().st_mode) == 0o700
        api = json.loads(config.read_text())["api_server"]
        assert len({api["password"], api["jwt_secret_key"], api["ws_token"]}) == 3
        said = b""
        while b"Password" not in said:
            said += await process.stdout.readline()
        assert api["password"].encode() in said + await process.stdout.readline()
        assert str(config).encode() in said
        assert await program.answers(), "the address is shown once it can be used"
        await program.until(program.answers)
    finally:
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 30) == 0


async def test_a_port_in_use_is_one_line(tmp_path):
    async with running(tmp_path, config_in(tmp_path), "--strategy", "SampleStrategy") as first:
        other = tmp_path / "other"
        other.mkdir()
        config = config_in(other)
        config["api_server"]["listen_port"] = first.port
        said = await failing(other, config, "--strategy", "SampleStrategy")
    assert str(first.port) in said
    assert "in use" in said


async def test_a_database_of_another_bot_is_refused(tmp_path):
    async with running(tmp_path, config_in(tmp_path), "--strategy", "SampleStrategy"):
        other = tmp_path / "other"
        other.mkdir()
        config = config_in(tmp_path)
        said = await failing(other, config, "--strategy", "SampleStrategy")
    assert "trades.sqlite" in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("changes", "flags", "words"),
    [
        ({}, ("--strategy", "SampleStrategi"), ("SampleStrategi", "SampleStrategy")),
        ({"stake_currency": "USTD"}, (), ("stake_currency", "USTD", "USDT")),
        ({"timeframe": "7m"}, (), ("timeframe", "7m")),
        ({"dry_run": False}, (), ("dry_run", "expected true")),
    ],
)
async def test_what_cannot_be_traded_is_reported_with_the_way_out(tmp_path, changes, flags, words):
    said = await failing(
        tmp_path, config_in(tmp_path, **changes), *(flags or ("--strategy", "SampleStrategy"))
    )
    for word in words:
        assert word in said


async def test_a_pair_that_the_exchange_does_not_have_is_named_and_the_others_trade(tmp_path):
    config = config_in(tmp_path)
    config["exchange"]["pair_whitelist"] = ["BTC/USDT", "ETH/USTD"]
    async with running(tmp_path, config, "--strategy", "SampleStrategy") as program:
        await program.until_said("ETH/USTD (the exchange does not have it; did you mean ETH/USDT?)")
        assert (await program.get("whitelist"))["whitelist"] == ["BTC/USDT"]


async def test_a_file_that_is_not_a_database_is_refused_and_not_changed(tmp_path):
    (tmp_path / "trades.sqlite").write_text("these are my notes, not a database " * 50)
    said = await failing(tmp_path, config_in(tmp_path), "--strategy", "SampleStrategy")
    assert "trades.sqlite" in said
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(tmp_path / "trades.sqlite").execute("SELECT * FROM trades")


async def test_a_broken_strategy_is_reported_with_file_and_line(tmp_path):
    (tmp_path / "broken.py").write_text(
        "from freqtrade.strategy import IStrategy\nclass Broken(IStrategy):\n  x = 1/0\n"
    )
    said = await failing(
        tmp_path, config_in(tmp_path), "--strategy", "Broken", "--strategy-path", str(tmp_path)
    )
    assert "broken.py:3" in said
    assert "ZeroDivisionError" in said
