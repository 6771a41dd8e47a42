"""A disk that is really full, and a database that another program holds: the bot goes on, and loses nothing.

The database lies on a file system of its own, which is filled up while the bot trades live.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.end_to_end.test_kill_at_every_step import SETTLING, Stage
from tests.support.running import exchange
from tests.support.small_disk import small_disk as small_disk

AGAIN = "The database can be written again, and nothing is missing in it: trading continues"


@asynccontextmanager
async def full(database: Path) -> AsyncIterator[str]:
    ballast = database.with_name("ballast")
    await asyncio.to_thread(fill_up, ballast)
    yield "disk is full: make room on the disk"
    await asyncio.to_thread(ballast.unlink)


def fill_up(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        for size in (4096, 1):
            while True:
                try:
                    file.write(b"x" * size)
                except OSError:
                    break


@asynccontextmanager
async def held(database: Path) -> AsyncIterator[str]:
    """Another program writes, and does not come to an end."""
    other = await asyncio.to_thread(sqlite3.connect, database, isolation_level=None, check_same_thread=False)
    await asyncio.to_thread(other.execute, "BEGIN EXCLUSIVE")
    yield "database is locked: another program is writing to it"
    await asyncio.to_thread(other.close)


@pytest.mark.parametrize("trouble", [full, held])
async def test_it_continues_and_catches_up_by_itself(tmp_path, small_disk, trouble):
    async with exchange(tmp_path) as url:
        stage = Stage(tmp_path, url, small_disk / "trades.sqlite")
        program = stage.program
        try:
            await program.start()
            await stage.enter()  # is left in vain, until somebody buys
            await leave_far_above(stage)
            await stage.enter_below()  # is bought meanwhile
            await stage.enter_below()  # is given up meanwhile
            left, bought, _ = [order["id"] for order in await resting(stage)]
            async with trouble(stage.database) as words:
                refused = await wish(stage)
                assert words in refused["error"]
                before = await ids(stage)
                for order in (left, bought):
                    await stage.ask("POST", "/__fill", {"orderId": order})
                (tmp_path / "give_up").touch()
                await program.until(lambda: nothing_rests(stage))
                (trade,) = await program.until(lambda: one_trade_is_open(stage))
                assert trade["amount"] > 0
                await wish(stage)
                assert await ids(stage) == before
            (tmp_path / "give_up").unlink()
            await program.until_said(AGAIN)
            await program.until(stage.settled, SETTLING)
            await stage.enter()
            await program.until(stage.settled, SETTLING)
            assert program.output.count(words) == program.output.count(AGAIN) == 1
            assert "Traceback" not in program.output
            shown = await program.get("status")
            await program.end(9)
            await program.start()
            assert traded(await program.get("status")) == traded(shown)
            await program.until(stage.settled, SETTLING)
        finally:
            await program.end(9)


async def test_a_start_on_a_full_disk_ends_with_a_line_and_continues_once_there_is_room(tmp_path, small_disk):
    async with exchange(tmp_path) as url:
        stage = Stage(tmp_path, url, small_disk / "trades.sqlite")
        try:
            await stage.program.start()
            await stage.enter_below()
            (order,) = await resting(stage)
            async with full(stage.database):
                await stage.program.end(9)
                await stage.ask("POST", "/__fill", {"orderId": order["id"]})
                await stage.program.launch("-c", str(tmp_path / "config.json"))
                assert await stage.program.ended() == 2
                last = stage.program.output.splitlines()[-1]
                assert "make room on the disk" in last
                assert "Traceback" not in stage.program.output
            await stage.program.start()
            await stage.program.until(stage.settled, SETTLING)
            (trade,) = await stage.program.get("status")
            assert trade["amount"] > 0
        finally:
            await stage.program.end(9)


async def leave_far_above(stage: Stage) -> None:
    (trade,) = await stage.program.get("status")
    price = trade["open_rate"] * 1.1
    await stage.program.post("forceexit", {"tradeid": "1", "ordertype": "limit", "price": price})


async def wish(stage: Stage) -> dict:
    return await stage.program.post("forceenter", {"pair": "XRP/USDT", "side": "long"})


async def ids(stage: Stage) -> list[int]:
    return [order["id"] for order in (await stage.ask("GET", "/__ledger"))["orders"]]


async def resting(stage: Stage) -> list[dict]:
    orders = (await stage.ask("GET", "/__ledger"))["orders"]
    return [order for order in orders if order["status"] == "NEW"]


async def nothing_rests(stage: Stage) -> bool:
    return not await resting(stage)


async def one_trade_is_open(stage: Stage) -> list[dict]:
    trades = await stage.program.get("status")
    return trades if len(trades) == 1 and trades[0]["amount"] > 0 else []


def traded(trades: list[dict]) -> list[tuple]:
    return [(trade["trade_id"], trade["pair"], trade["amount"], trade["open_rate"]) for trade in trades]
