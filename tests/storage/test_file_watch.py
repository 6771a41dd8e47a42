"""What is read of a database that somebody else has written to: no alarm for what took too long to read."""

import asyncio
import sqlite3
from collections.abc import Iterator
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
    assert f"trade {MANY + 1} is not in it" in fault.words


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
    assert "trade 1 is not in it" in fault.words
