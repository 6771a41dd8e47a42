"""A database is read before it is written to, whatever its last end was."""

import asyncio
import shutil
import sqlite3

import pytest

from appliance.domain.errors import StorageError
from appliance.storage.database.database import Database
from appliance.storage.database.integrity import check
from tests.storage.database.test_database import refusal

INSERT = 'INSERT INTO "KeyValueStore" ("key", value_type, string_value) VALUES (?, \'str\', ?)'


@pytest.fixture
async def left_behind(tmp_path):
    """The files of a bot as they are on disk while it runs."""
    running, left = tmp_path / "running.sqlite", tmp_path / "left.sqlite"
    database = await Database.open(f"sqlite:///{running}")
    async with database.transaction() as connection:
        await connection.executemany(INSERT, [(f"key {number}", "x" * 1000) for number in range(299)])
    await database._connections.writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    async with database.transaction() as connection:
        await connection.execute(INSERT, ("the last", "y"))
    for suffix in ("", "-wal"):
        shutil.copy(f"{running}{suffix}", f"{left}{suffix}")
    await database.close()
    return left


def spoil(file) -> bytes:
    """Let a page of the middle be what was there before on the disk."""
    content = bytearray(file.read_bytes())
    half = len(content) // 2 // 4096 * 4096
    content[half : half + 4096] = b"\xa5" * 4096
    file.write_bytes(content)
    return bytes(content)


def rows(file) -> int:
    with sqlite3.connect(file) as connection:
        return connection.execute('SELECT count(*) FROM "KeyValueStore"').fetchone()[0]


async def test_a_power_cut_alone_loses_nothing(left_behind):
    database = await Database.open(f"sqlite:///{left_behind}")
    await database.close()
    assert rows(left_behind) == 300


async def test_a_damaged_file_is_one_line_with_advice_and_is_not_written_to(left_behind):
    spoiled = spoil(left_behind)
    before = left_behind.with_name("left.sqlite-wal").read_bytes()
    text = await refusal(f"sqlite:///{left_behind}")
    assert f"The database {left_behind}" in text
    assert "damaged" in text
    assert "restore a backup, or save what is left: sqlite3" in text
    assert left_behind.read_bytes() == spoiled
    assert left_behind.with_name("left.sqlite-wal").read_bytes() == before


async def test_a_file_corrupted_after_a_proper_end_is_reported_as_well(left_behind):
    database = await Database.open(f"sqlite:///{left_behind}")
    await database.close()
    spoiled = spoil(left_behind)
    assert "damaged" in await refusal(f"sqlite:///{left_behind}")
    assert left_behind.read_bytes() == spoiled


async def test_a_file_that_was_cut_off_is_reported(left_behind):
    database = await Database.open(f"sqlite:///{left_behind}")
    await database.close()
    with left_behind.open("r+b") as file:
        file.truncate(left_behind.stat().st_size // 2 // 4096 * 4096)
    assert "damaged" in await refusal(f"sqlite:///{left_behind}")


async def test_a_large_file_holds_the_start_up_for_a_while_at_most(left_behind, monkeypatch, caplog):
    spoil(left_behind)
    with monkeypatch.context() as slow:
        slow.setattr("appliance.storage.database.integrity._STEPS", 1)
        await asyncio.to_thread(check, left_behind, within=0.0)
    assert "too large to be read whole" in caplog.text
    with pytest.raises(StorageError):
        await asyncio.to_thread(check, left_behind)
