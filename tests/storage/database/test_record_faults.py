"""A record at fault is told from a database that cannot be written, and is left out alone."""

import sqlite3
from datetime import UTC, datetime

import pytest

from appliance.domain.errors import StorageError, UnwritableRecord
from appliance.domain.outbox_message import OutboxMessage
from appliance.storage.database.database import Database
from appliance.storage.database.record_faults import is_of_the_record, write_rows
from appliance.storage.store import Store
from appliance.storage.tables.wallet_history import WalletRecord

NOW = datetime(2026, 1, 5, tzinfo=UTC)
TABLE = "CREATE TABLE one (id INTEGER PRIMARY KEY, amount FLOAT NOT NULL, name TEXT UNIQUE)"
INSERT = "INSERT INTO one (id, amount, name) VALUES (?, ?, ?)"
BAD_ROWS = {
    "nan": (2, float("nan"), "b"),
    "null": (2, None, "b"),
    "unique": (2, 1.0, "a"),
    "key": (1, 1.0, "b"),
    "mismatch": ("two", 1.0, "b"),
    "integer": (2**70, 1.0, "b"),
    "type": (2, object(), "b"),
    "half a character": (2, 1.0, "\ud83d"),
    "too large": (2, 1.0, "x" * 6000),
}


@pytest.fixture
async def database(tmp_path):
    opened = await Database.open(f"sqlite:///{tmp_path}/trades.sqlite")
    async with opened.transaction() as connection:
        await connection.execute(TABLE)
        await connection.execute(INSERT, (1, 1.0, "a"))
    await opened._connections.writer._execute(
        opened._connections.writer._conn.setlimit, sqlite3.SQLITE_LIMIT_LENGTH, 5000
    )
    yield opened
    await opened.close()


async def rows(database):
    async with database.snapshot() as connection:
        return [tuple(row) for row in await connection.execute_fetchall("SELECT * FROM one ORDER BY id")]


@pytest.mark.parametrize("bad", BAD_ROWS.values(), ids=BAD_ROWS.keys())
async def test_a_record_at_fault_has_an_error_of_its_own(database, bad):
    with pytest.raises(UnwritableRecord, match="this record cannot be stored: "):  # noqa: PT012 -- a transaction is what fails
        async with database.transaction() as connection:
            await connection.execute(INSERT, (3, 1.0, "c"))
            await connection.execute(INSERT, bad)
    assert await rows(database) == [(1, 1.0, "a")]
    async with database.transaction() as connection:
        await connection.execute(INSERT, (4, 1.0, "d"))
    assert len(await rows(database)) == 2


@pytest.mark.parametrize("bad", BAD_ROWS.values(), ids=BAD_ROWS.keys())
async def test_of_many_rows_the_bad_ones_alone_are_left_out(database, bad):
    given = [(3, 3.0, "c"), bad, (4, 4.0, "d"), bad]
    async with database.transaction() as connection:
        found = await write_rows(connection, INSERT, given)
    assert [row.place for row in found] == [1, 3]
    assert [row[0] for row in await rows(database)] == [1, 3, 4]


@pytest.mark.parametrize(
    "statement",
    ["INSERT INTO nowhere VALUES (1)", "INSERT INTO one (nothing) VALUES (1)", "no sql at all"],
)
async def test_what_concerns_every_record_is_the_databases_fault(database, statement):
    with pytest.raises(StorageError) as raised:
        async with database.transaction() as connection:
            await connection.execute(statement)
    assert not isinstance(raised.value, UnwritableRecord)


async def test_a_full_a_read_only_and_a_closed_database_are_no_fault_of_the_record(database):
    async def fails() -> StorageError:
        with pytest.raises(StorageError) as raised:  # noqa: PT012 -- a transaction is what fails
            async with database.transaction() as connection:
                await connection.execute(INSERT, (9, 1.0, "x" * 4000))
                await connection.execute(INSERT, (10, 1.0, "y" * 4000))
        return raised.value

    [(pages,)] = await database._connections.writer.execute_fetchall("PRAGMA page_count")
    await database._connections.writer.execute(f"PRAGMA max_page_count = {pages}")
    full = await fails()
    await database._connections.writer.execute("PRAGMA query_only = ON")
    read_only = await fails()
    await database._connections.writer.close()
    closed = await fails()
    assert [type(error) for error in (full, read_only, closed)] == [StorageError] * 3
    assert "disk is full" in str(full)
    assert "readonly" in str(read_only)
    assert "is closed" in str(closed)


@pytest.mark.parametrize("error", [MemoryError(), OSError(28, "No space left"), RuntimeError("no thread")])
def test_a_machine_error_is_not_blamed_on_the_record(error):
    assert not is_of_the_record(error)


async def test_a_message_that_cannot_be_stored_holds_no_other_up(tmp_path):
    store = await Store.open(f"sqlite:///{tmp_path}/trades.sqlite")
    messages = [OutboxMessage(service="s", created_at=NOW, content=text) for text in ("one", "\ud83d", "two")]
    await store.outbox.add(messages, most=10)
    assert [message.content for message in await store.outbox.next("s", 9)] == ["one", "two"]
    assert store.outbox.dropped["s"] == 1
    await store.close()


async def test_a_balance_that_cannot_be_stored_holds_no_other_up(tmp_path):
    store = await Store.open(f"sqlite:///{tmp_path}/trades.sqlite")
    held = {"ONE": 1.0, "BAD": float("nan"), "TWO": 2.0}
    records = [
        WalletRecord(timestamp=NOW, currency=name, quote_currency="USDT", balance=balance)
        for name, balance in held.items()
    ]
    await store.save_wallet_history(records)
    assert {record.currency for record in await store.wallet_history(NOW)} == {"ONE", "TWO"}
    await store.close()
