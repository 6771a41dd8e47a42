"""What is read of a database that somebody else has written to: no alarm for what took too long to read."""

import asyncio
import contextlib
import os
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.storage import file_watch
from appliance.storage.file_watch import FileWatch
from appliance.storage.store import Store

MANY = 30_000


@pytest.fixture
def large(file: Path) -> Iterator[Path]:
    """A database of more trades than can be read in the time that the tests allow."""

    async def make() -> None:
        await (await Store.open(f"sqlite:///{file}")).close()

    asyncio.run(make())
    with sqlite3.connect(file) as books:
        books.execute("DROP TABLE trades")
        books.execute("CREATE TABLE trades (id INTEGER PRIMARY KEY, pair TEXT)")
        books.executemany("INSERT INTO trades VALUES (?, ?)", ((n, "BTC/USDT") for n in range(1, MANY + 1)))
    books.execute("SELECT count(*) FROM trades").fetchone()  # the bot's, which is open
    yield file
    books.close()


def test_a_large_database_that_takes_too_long_to_read_is_no_damaged_one(large, monkeypatch):
    monkeypatch.setattr(file_watch, "LONGEST_SECONDS", 1e-9)
    watch = FileWatch(large)
    monkeypatch.setattr(file_watch, "_opened", lambda file, options="": sqlite3.connect(file))
    assert watch.look([1, MANY], closely=True) is None
    fault = watch.look([1, MANY + 1], closely=True)
    assert fault is not None
    assert f"trade {MANY + 1} is not in it" in fault.text


def test_what_could_not_be_read_now_is_read_with_the_next_look(large, monkeypatch):
    watch = FileWatch(large)
    with sqlite3.connect(large) as books:
        books.execute("UPDATE trades SET pair = 'ETH/USDT'")
        books.execute("DELETE FROM trades WHERE id = 1")
    books.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    books.close()

    def busy(*_: object) -> sqlite3.Connection:
        raise sqlite3.OperationalError("database is locked")

    with monkeypatch.context() as held:
        held.setattr(file_watch, "_opened", busy)
        assert watch.look([1], closely=True) is None
    fault = watch.look([1], closely=False)
    assert fault is not None
    assert "trade 1 is not in it" in fault.text


LOST = {
    "cut": lambda log: os.truncate(log, 0),
    "cut in part": lambda log: os.truncate(log, log.stat().st_size - 4096),
    "overwritten": lambda log: log.write_bytes(b"x" * log.stat().st_size),
    "cut and written to": lambda log: (os.truncate(log, 0), os.truncate(log, 10**6)),
}


@pytest.mark.parametrize(
    ("how", "looks"),
    [(how, looks) for how in sorted(LOST) for looks in (False, True) if looks or how != "cut in part"],
)
def test_a_write_ahead_log_that_is_cut_is_noticed(file, how, looks):
    """What is in the log alone would be missing with the next start, or leave a malformed file."""

    async def look_twice() -> None:
        store = await Store.open(f"sqlite:///{file}")
        for _ in range(3):
            assert await store.look_at_file([]) is None  # with it the log is written into the file
            await store.order_mark("m")
            await store.first_start(datetime.now(UTC))
        if looks:
            assert await store.look_at_file([]) is None
        log = file.with_name(file.name + "-wal")
        await asyncio.to_thread(LOST[how], log)
        fault = await store.look_at_file([])
        assert fault is not None
        assert "the log was cut or overwritten" in fault.text
        await store.close()

    asyncio.run(look_twice())


def test_a_log_that_restarts_after_any_checkpoint_is_no_alarm(file, monkeypatch):
    def checkpoint(kind: str) -> None:
        with contextlib.closing(sqlite3.connect(file)) as books:
            books.execute(f"PRAGMA wal_checkpoint({kind})")

    async def look_often() -> None:
        store = await Store.open(f"sqlite:///{file}")
        for limit in (4_000_000, 0):
            monkeypatch.setattr("appliance.storage.store.CHECKPOINT_FROM_BYTES", limit)
            for kind in ("PASSIVE", "FULL", "RESTART", "TRUNCATE", "TRUNCATE", "PASSIVE", "TRUNCATE"):
                await asyncio.to_thread(checkpoint, kind)
                assert await store.look_at_file([]) is None
                for _ in range(3):
                    await store.first_start(datetime.now(UTC))
                    assert await store.look_at_file([]) is None
        await store.close()

    asyncio.run(look_often())
