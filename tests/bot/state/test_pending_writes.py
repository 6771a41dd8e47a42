"""A disk that is full, a database that is read-only or locked by another program: nothing is forgotten."""

import sqlite3
import subprocess
import sys
from contextlib import asynccontextmanager

import pytest

from appliance.domain.errors import StorageError
from appliance.domain.order_state import OrderState
from appliance.rules.trade_requests import ExitRequest
from tests.bot.scenarios.recovery.test_lost_answers import Unreliable
from tests.support.scripted import QUIET, scene

LOCKER = """
import sqlite3, sys
other = sqlite3.connect(sys.argv[1], isolation_level=None)
other.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
"""


@asynccontextmanager
async def full(stage):
    """No page more than there are: what SQLite answers on a full disk."""
    writer = stage.bot._shared.books.store._database._connections.writer
    [(pages,)] = await writer.execute_fetchall("PRAGMA page_count")
    await writer.execute(f"PRAGMA max_page_count = {pages}")
    yield "disk is full: make room"
    await writer.execute("PRAGMA max_page_count = 1000000")


@asynccontextmanager
async def read_only(stage):
    writer = stage.bot._shared.books.store._database._connections.writer
    await writer.execute("PRAGMA query_only = ON")
    yield "readonly database: give the bot's user the right"
    await writer.execute("PRAGMA query_only = OFF")


@asynccontextmanager
async def locked(stage):
    """Another process writes and does not end."""
    await stage.bot._shared.books.store._database._connections.writer.execute("PRAGMA busy_timeout = 20")
    file = stage.bot._shared.books.store._database.name
    with subprocess.Popen(
        [sys.executable, "-c", LOCKER, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout.readline() == b"locked\n"
        yield "database is locked: another program is writing"
        other.stdin.close()
        other.wait()


def on_disk(stage) -> dict[int, tuple]:
    with sqlite3.connect(stage.bot._shared.books.store._database.name) as books:
        rows = books.execute("SELECT id, is_open, round(amount, 4), exit_reason FROM trades").fetchall()
    return {row[0]: (bool(row[1]), *row[2:]) for row in rows}


def in_memory(stage) -> dict[int, tuple]:
    book = stage.bot.book.open.values()
    return {trade.id: (trade.is_open, round(trade.amount, 4), trade.exit_reason) for trade in book}


def warnings(stage) -> list[str]:
    return [message["status"] for message in stage.told("warning")]


UNWRITABLE = pytest.mark.parametrize("trouble", [read_only, locked])
"""Nothing at all can be written. (A full disk takes what fits into the pages there are.)"""


@UNWRITABLE
async def test_nothing_is_sent_that_was_not_recorded(tmp_path, trouble):
    async with scene(tmp_path, gateway=Unreliable) as stage:
        async with trouble(stage) as words:
            with pytest.raises(StorageError, match=words):
                await stage.enter()
            await stage.cycle()
            await stage.cycle()
            assert (stage.gateway.placed, in_memory(stage)) == (0, {})
            (told,) = warnings(stage)
            assert words in told
            assert "no entries" in told
        await stage.cycle()
        assert warnings(stage)[1:] == [
            "The database can be written again, and nothing is missing in it: trading continues"
        ]
        await stage.enter()
        assert on_disk(stage) == in_memory(stage) == {1: (True, 1.0, None)}


async def test_a_full_disk_sends_nothing_either(tmp_path):
    async with scene(tmp_path, gateway=Unreliable) as stage:
        async with full(stage) as words:
            with pytest.raises(StorageError, match=words):
                await stage.enter(tag="x" * 100_000)
            await stage.cycle()
            assert (stage.gateway.placed, in_memory(stage)) == (0, {})
            assert len(warnings(stage)) == 1
        await stage.cycle()
        assert len(warnings(stage)) == 2
        await stage.enter(tag="x" * 100_000)
        assert on_disk(stage) == in_memory(stage) == {1: (True, 1.0, None)}


@UNWRITABLE
async def test_exchange_reports_stay_in_memory_and_are_written_as_soon_as_possible(tmp_path, trouble):
    async with scene(tmp_path, gateway=Unreliable) as stage:
        trade = await stage.enter(price=95.0)
        assert on_disk(stage)[1][1] == 0.0
        async with trouble(stage):
            await stage.cycle(ETH=94.0)
            assert (trade.amount, trade.has_open_orders) == (pytest.approx(1.0526), False)
            assert [message["type"] for message in stage.told("entry_fill")] == ["entry_fill"]
            await stage.cycle(ETH=60.0)  # the stop is due, and cannot be written down
            assert (trade.is_open, trade.exit_reason, len(trade.orders)) == (True, None, 1)
            assert stage.gateway.placed == 1
            assert on_disk(stage)[1][1] == 0.0
            assert len(warnings(stage)) == 1
        await stage.cycle()
        assert (trade.is_open, stage.gateway.placed) == (False, 2)
        assert on_disk(stage) == {1: (False, 1.0526, "stop_loss")}
        lines = await stage.bot._shared.books.store.journal.in_states(*OrderState)
        assert [line.state for line in lines] == [OrderState.FILLED, OrderState.FILLED]


@UNWRITABLE
async def test_an_exit_order_is_not_given_up_while_no_other_could_take_its_place(tmp_path, trouble):
    async with scene(tmp_path) as stage:
        trade = await stage.enter()
        await stage.bot.force_exit(ExitRequest(trade_id="1", price=120.0))
        async with trouble(stage):
            stage.market.wait(minutes=30)  # it is to be given up after ten
            await stage.cycle()
            assert trade.has_open_orders
        await stage.cycle()
        assert not trade.has_open_orders


@UNWRITABLE
async def test_an_entry_that_did_not_fill_is_cancelled_and_forgotten_anyway(tmp_path, trouble):
    async with scene(tmp_path) as stage:
        await stage.enter(price=50.0)
        async with trouble(stage):
            stage.market.wait(minutes=30)
            await stage.cycle()
            assert stage.bot.book.open == {}
            assert stage.gateway._open == {}
            assert set(on_disk(stage)) == {1}
        await stage.cycle()
        assert on_disk(stage) == {}


MOVES_ENTRIES = QUIET.replace(
    "    def populate_indicators",
    "    def adjust_entry_price(self, **kwargs):\n        return 91.0\n\n    def populate_indicators",
)


async def test_an_entry_that_could_not_be_placed_again_does_not_keep_its_pair(tmp_path):
    async with scene(tmp_path, code=MOVES_ENTRIES) as stage:
        await stage.cycle()
        await stage.enter(price=90.0)
        stage.market.wait(minutes=5)
        async with read_only(stage):
            await stage.cycle()
        await stage.cycle()
        assert (stage.bot.book.open, on_disk(stage)) == ({}, {})


@UNWRITABLE
async def test_locks_hold_at_once_and_are_written_later(tmp_path, trouble):
    async with scene(tmp_path) as stage:
        async with trouble(stage):
            until = stage.market.now.replace(hour=20)
            lock = await stage.bot._shared.books.lock_pair("ETH/USDT", until, reason="by hand")
            assert stage.bot.locks.holding("ETH/USDT", "long", stage.market.now) is lock
            await stage.bot._shared.books.release(lock)
        await stage.cycle()
        assert await stage.bot._shared.books.store.locks(stage.market.now) == []
        assert lock.id == 1


async def test_a_bot_that_ends_in_trouble_writes_what_it_can_at_the_end(tmp_path):
    async with scene(tmp_path) as stage:
        await stage.enter(price=95.0)
        async with read_only(stage):
            await stage.cycle(ETH=94.0)
    with sqlite3.connect(tmp_path / "trades.sqlite") as books:
        assert books.execute("SELECT round(amount, 4) FROM trades").fetchall() == [(1.0526,)]
