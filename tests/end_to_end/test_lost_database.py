"""A database that is taken away, replaced or spoilt under the running bot, by real commands on real files."""

import asyncio
import json
import os
import shutil
import signal
import sqlite3
import sys
from pathlib import Path

import aiohttp
import pytest

from tests.end_to_end.test_start import failing
from tests.support.running import Program, free_port, running, simulated_config

NAME = "tradesv3.dryrun.sqlite"
QUIET_FOLDER = Path(__file__).parent / "strategies"
"""A strategy that does nothing by itself."""
WANTED = ("BTC/USDT", "ETH/USDT")


def config(**changes) -> dict:
    return simulated_config(free_port(), max_open_trades=5, **changes)


async def shell(command: str, folder: Path) -> None:
    process = await asyncio.create_subprocess_shell(command, cwd=folder, stderr=asyncio.subprocess.DEVNULL)
    assert await process.wait() == 0, command


async def ready(program: Program) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"{program.url}/readyz") as response:
        return response.status, await response.text()


def rows(file: Path, query: str) -> list:
    with sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True) as database:
        return database.execute(query).fetchall()


def make_other(file: Path) -> None:
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE notes (text)")


async def with_trades(program: Program) -> list[int]:
    """Have two trades open; return their ids."""

    async def two() -> list[int]:
        trades = {trade["pair"]: trade for trade in await program.get("status")}
        for pair in set(WANTED) - set(trades):
            await program.post("forceenter", {"pair": pair, "side": "long", "ordertype": "market"})
        filled = [trades[pair] for pair in WANTED if pair in trades and not trades[pair]["has_open_orders"]]
        return [trade["trade_id"] for trade in filled] if len(filled) == len(WANTED) else []

    return await program.until(two)


SPOILING = {
    "removed": ("rm {name}", "was removed"),
    "removed with its log": ("rm {name} {name}-wal {name}-shm", "was removed"),
    "moved away": ("mv {name} elsewhere.db", "was removed"),
    "replaced": ("mv other.sqlite {name}", "was replaced by another file"),
    "log removed": ("rm {name}-wal", "write-ahead log"),
    "log emptied": (": > {name}-wal", "write-ahead log"),
    "folder removed": ("rm -r ../user_data", "was removed"),
    "index removed": ("rm {name}-shm", "write-ahead log"),
    "overwritten": ("dd if=/dev/urandom of={name} bs=4096 count=30 conv=notrunc", "is damaged"),
    "middle overwritten": ("dd if=/dev/zero of={name} bs=4096 seek=2 count=20 conv=notrunc", "is damaged"),
    "emptied": (": > {name}", "The database"),
    "copied over": ("cp other.sqlite {name}", "The database"),
}


@pytest.mark.parametrize("how", sorted(SPOILING))
async def test_it_is_noticed_and_saved_and_what_is_open_continues(tmp_path, how):
    command, words = SPOILING[how]
    folder = tmp_path / "user_data"
    async with running(
        tmp_path, config(), "--strategy", "Quiet", "--strategy-path", str(QUIET_FOLDER), forked=True
    ) as program:
        ids = await with_trades(program)
        await asyncio.to_thread(make_other, folder / "other.sqlite")
        await shell(command.format(name=NAME), folder)
        await program.until_said("to the safe copy")
        status, said = await ready(program)
        assert status == 503
        assert words in said
        assert words in program.output
        refused = await program.post("forceenter", {"pair": "SOL/USDT", "side": "long"})
        assert "no entries until" in json.dumps(refused)

        await program.post("forceexit", {"tradeid": str(ids[0]), "ordertype": "market"})

        async def one_left() -> bool:
            return ids[0] not in [trade["trade_id"] for trade in await program.get("status")]

        await program.until(one_left)
        (copy,) = tmp_path.rglob("*.safe-*.sqlite")
        assert str(copy) in program.output
        query = (
            "SELECT id, is_open, (SELECT count(*) > 0 FROM orders WHERE ft_trade_id = trades.id) FROM trades"
        )
        kept = {row[0]: row[1:] for row in rows(copy, query)}
        assert (kept[ids[0]], kept[ids[1]]) == ((0, 1), (1, 1))
        assert await program.end(signal.SIGTERM) == 0
    assert "Traceback" not in program.output
    assert rows(copy, "PRAGMA integrity_check") == [("ok",)]
    folder.mkdir(exist_ok=True)
    copy.replace(folder / NAME)  # as it was told
    async with running(
        tmp_path, config(), "--strategy", "Quiet", "--strategy-path", str(QUIET_FOLDER), forked=True
    ) as program:
        assert ids[1] in [trade["trade_id"] for trade in await program.get("status")]


async def test_the_next_start_reports_that_the_copy_has_more_than_the_database(tmp_path):
    folder = tmp_path / "user_data"
    async with running(
        tmp_path, config(), "--strategy", "Quiet", "--strategy-path", str(QUIET_FOLDER), forked=True
    ) as program:
        await with_trades(program)
        await shell(f"rm {NAME}", folder)
        await program.until_said("to the safe copy")
        await program.end(signal.SIGKILL)
    async with running(
        tmp_path, config(), "--strategy", "Quiet", "--strategy-path", str(QUIET_FOLDER), forked=True
    ) as program:
        assert "is gone, and the safe copy" in program.output
    live = config(dry_run=False)
    live["exchange"] |= {"name": "binance", "key": "k", "secret": "s"}
    for file in folder.glob("tradesv3.dryrun*.sqlite*"):
        file.rename(folder / file.name.replace(".dryrun", ""))
    (folder / "tradesv3.sqlite").unlink()
    said = await failing(tmp_path, live, "--strategy", "Quiet", "--strategy-path", str(QUIET_FOLDER))
    assert "the safe copy" in said
    assert "--db-url" in said
    assert len(said.splitlines()) == 1


async def test_a_second_bot_is_refused_though_the_locks_file_was_removed(tmp_path):
    async with running(
        tmp_path, config(), "--strategy", "Quiet", "--strategy-path", str(QUIET_FOLDER), forked=True
    ) as program:
        file = tmp_path / "user_data" / NAME
        other = tmp_path / "other"
        other.mkdir()
        for _ in range(3):
            await asyncio.to_thread(file.with_name(f"{NAME}.lock").unlink)
            said = await failing(
                other,
                config(db_url=f"sqlite:///{file}"),
                "--strategy",
                "Quiet",
                "--strategy-path",
                str(QUIET_FOLDER),
            )
            assert "in use by another bot" in said

            async def made_anew() -> bool:
                lock = file.with_name(f"{NAME}.lock")
                return lock.exists() and lock.read_text().strip() == str(program.pid)

            await program.until(made_anew)
        assert (await ready(program))[0] == 200


async def test_a_dry_run_that_is_reset_is_no_alarm(tmp_path):
    folder = tmp_path / "user_data"
    settings = config()
    for start in range(3):
        async with running(
            tmp_path, settings, "--strategy", "Quiet", "--strategy-path", str(QUIET_FOLDER), forked=True
        ) as program:
            await program.end(signal.SIGTERM)
        if start == 0:
            await shell("rm *.sqlite", folder)
    assert program.output.count("another database had this name before") == 1
    assert "Audit log verification failed" not in program.output
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "appliance", "audit", "verify", cwd=tmp_path, stdout=asyncio.subprocess.PIPE
    )
    told = json.loads((await process.communicate())[0])
    assert (process.returncode, told["holds"], len(told["notes"])) == (0, True, 1)


async def test_one_database_however_the_bot_is_started(tmp_path):
    """With -c and without, from the folder and from another one: the trades are there each time."""
    folder = tmp_path / "user_data"
    (folder / "strategies").mkdir(parents=True)
    settings = config(strategy="Quiet", strategy_path=str(QUIET_FOLDER))
    (folder / "config.json").write_text(json.dumps(settings))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    os.symlink(folder, tmp_path / "link")
    ids: list[int] = []
    for where, arguments in (
        (tmp_path, ()),
        (tmp_path, ("-c", "user_data/config.json")),
        (elsewhere, ("-c", str(folder / "config.json"))),
        (elsewhere, ("--userdir", "../link")),
        (folder, ("-c", "config.json")),
    ):
        program = Program(where, settings, forked=True)
        await program.launch(*arguments)
        await program.until(program.trades)
        if ids:
            assert set(ids) <= {trade["trade_id"] for trade in await program.get("status")} | {
                trade["trade_id"] for trade in (await program.get("trades"))["trades"]
            }
        else:
            ids = await with_trades(program)
        await program.end(signal.SIGKILL)
        assert f"Database {folder}/{NAME} (dry-run): " in program.output
    assert [file.parent for file in tmp_path.rglob("*.sqlite")] == [folder]
    shutil.rmtree(elsewhere)
