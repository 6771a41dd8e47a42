"""Opening the database, and what is told when it cannot be opened."""

import asyncio
import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.domain.errors import ConfigurationError, StorageError
from appliance.storage.database.database import Database
from appliance.storage.database.location import database_path
from appliance.threads import reader
from tests.support.small_disk import ran
from tests.support.small_disk import small_disk as small_disk


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///trades.sqlite", Path("trades.sqlite")),
        ("sqlite:///user_data/trades.sqlite", Path("user_data/trades.sqlite")),
        ("sqlite:////var/lib/bot/trades.sqlite", Path("/var/lib/bot/trades.sqlite")),
        ("sqlite://", None),
    ],
)
def test_a_url_names_a_file_as_in_freqtrades_configurations(url, path):
    assert database_path(url) == path


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("postgresql://bot:hunter2@localhost/trades", "found 'postgresql'"),
        ("trades.sqlite", "found 'no scheme'"),
        ("sqlite:///", "without a file"),
        ("sqlite:///trades/", "without a file"),
        ("sqlite:///trades.sqlite?mode=ro", "without options"),
    ],
)
def test_any_other_url_is_refused_by_its_key_without_telling_passwords(url, found):
    with pytest.raises(ConfigurationError) as told:
        database_path(url)
    assert str(told.value).startswith("db_url: expected sqlite:///")
    assert found in str(told.value)
    assert "hunter2" not in str(told.value)


async def refusal(url: str) -> str:
    with pytest.raises(StorageError) as told:
        await Database.open(url)
    assert told.value.exit_status == 2
    assert "\n" not in str(told.value)
    return str(told.value)


async def test_a_second_bot_is_refused_and_learns_which_one_holds_the_database(file):
    first = await Database.open(f"sqlite:///{file}")
    try:
        text = await refusal(f"sqlite:///{file}")
        assert f"in use by another bot (process {os.getpid()})" in text
        assert "--db-url" in text
    finally:
        await first.close()
    again = await Database.open(f"sqlite:///{file}")
    await again.close()


async def test_a_second_name_of_the_file_does_not_get_around_the_lock(file, tmp_path):
    first = await Database.open(f"sqlite:///{file}")
    link = tmp_path / "other.sqlite"
    link.symlink_to(file)
    try:
        assert "in use by another bot" in await refusal(f"sqlite:///{link}")
    finally:
        await first.close()


async def test_a_folder_that_does_not_exist_is_named(tmp_path):
    assert f"folder {tmp_path}/nowhere of the database does not exist" in await refusal(
        f"sqlite:///{tmp_path}/nowhere/trades.sqlite"
    )


async def test_a_folder_that_cannot_be_written_is_reported(tmp_path):
    # /proc takes no files, not even from root.
    assert "cannot be written" in await refusal("sqlite:////proc/trades.sqlite")


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("nr_inodes=1", "(No space left on device): make room on the disk"),
        ("ro", "(Read-only file system): give the bot's user the right to write to the file and its folder"),
    ],
)
async def test_a_disk_that_takes_no_file_is_reported(small_disk, option, told):
    assert await ran("mount", "-o", f"remount,{option}", small_disk) == 0
    assert told in await refusal(f"sqlite:///{small_disk}/trades.sqlite")


async def test_a_folder_in_place_of_the_file_is_reported(tmp_path):
    assert "is a folder" in await refusal(f"sqlite:///{tmp_path}")


async def test_a_file_that_is_no_database_is_left_alone(file):
    file.write_text("pair,profit\n" * 1000)
    assert "file is not a database: name another file" in await refusal(f"sqlite:///{file}")
    assert file.read_text().startswith("pair,profit")


async def test_a_refused_database_can_be_opened_once_it_is_fixed(file):
    file.write_text("no database " * 1000)
    await refusal(f"sqlite:///{file}")
    file.unlink()
    database = await Database.open(f"sqlite:///{file}")
    await database.close()


async def test_the_file_is_its_owners_alone_and_safe_against_power_cuts(file):
    database = await Database.open(f"sqlite:///{file}")
    async with database.transaction() as connection:
        [(journal,)] = await connection.execute_fetchall("PRAGMA journal_mode")
        [(synchronous,)] = await connection.execute_fetchall("PRAGMA synchronous")
        [(foreign_keys,)] = await connection.execute_fetchall("PRAGMA foreign_keys")
    for name in (file, Path(f"{file}-wal"), Path(f"{file}.lock")):
        assert stat.S_IMODE(name.stat().st_mode) == 0o600
    await database.close()
    assert (journal, synchronous, foreign_keys) == ("wal", 2, 1)
    assert not Path(f"{file}-wal").exists(), "closing folds the write-ahead log in"


async def count(database: Database) -> int:
    async with database.snapshot() as connection:
        [(rows,)] = await connection.execute_fetchall('SELECT count(*) FROM "KeyValueStore"')
    return rows


INSERT = "INSERT INTO \"KeyValueStore\" (\"key\", value_type) VALUES ('k', 'int')"


@pytest.mark.parametrize("memory", [False, True])
async def test_an_error_undoes_the_whole_transaction(file, memory):
    database = await Database.open("sqlite://" if memory else f"sqlite:///{file}")
    with pytest.raises(StorageError, match="no such table: nowhere"):  # noqa: PT012 -- a transaction is what fails
        async with database.transaction() as connection:
            await connection.execute(INSERT)
            await connection.execute("SELECT * FROM nowhere")
    assert await count(database) == 0
    async with database.transaction() as connection:
        await connection.execute(INSERT)
    assert await count(database) == 1
    await database.close()


async def test_a_cancelled_transaction_is_undone_and_the_next_one_continues(file):
    database = await Database.open(f"sqlite:///{file}")
    begun = asyncio.Event()

    async def never_ending():
        async with database.transaction() as connection:
            await connection.execute(INSERT)
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(never_ending())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with database.transaction() as connection:
        await connection.execute(INSERT)
    assert await count(database) == 1
    await database.close()


async def test_whoever_reads_sees_one_moment_while_another_writes(file):
    database = await Database.open(f"sqlite:///{file}")
    async with database.snapshot() as reading:
        [(before,)] = await reading.execute_fetchall('SELECT count(*) FROM "KeyValueStore"')
        async with database.transaction() as writing:
            await writing.execute(INSERT)
        [(after,)] = await reading.execute_fetchall('SELECT count(*) FROM "KeyValueStore"')
    assert (before, after) == (0, 0)
    assert await count(database) == 1
    await database.close()


async def test_writing_waits_for_a_program_that_writes_and_says_so_when_it_does_not_end(file):
    database = await Database.open(f"sqlite:///{file}")
    async with database.transaction() as connection:
        await connection.execute("PRAGMA foreign_keys")
    await database._connections.writer.execute("PRAGMA busy_timeout = 10")
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError, match=r"database is locked: another program is writing"):
        async with database.transaction() as connection:
            await connection.execute(INSERT)
    other.rollback()
    other.close()
    async with database.transaction() as connection:
        await connection.execute(INSERT)
    assert await count(database) == 1
    await database.close()


async def test_a_full_disk_is_reported_and_writing_continues_when_there_is_room(file):
    database = await Database.open(f"sqlite:///{file}")
    long = "INSERT INTO \"KeyValueStore\" (\"key\", value_type, string_value) VALUES ('k', 'str', ?)"
    [(pages,)] = await database._connections.writer.execute_fetchall("PRAGMA page_count")
    await database._connections.writer.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StorageError, match="disk is full: make room"):
        async with database.transaction() as connection:
            await connection.execute(long, ("x" * 100_000,))
    await database._connections.writer.execute(f"PRAGMA max_page_count = {pages + 1000}")
    async with database.transaction() as connection:
        await connection.execute(long, ("x" * 100_000,))
    assert await count(database) == 1
    await database.close()


async def test_a_closed_database_says_so(file):
    database = await Database.open(f"sqlite:///{file}")
    await database.close()
    await database.close()
    with pytest.raises(StorageError, match="is closed"):
        await count(database)
    with pytest.raises(StorageError, match="is closed"):
        async with database.transaction():
            pass


def test_a_program_that_fails_with_the_database_open_ends(file):
    program = f"""
import asyncio
from appliance.storage.database.database import Database
async def main():
    await Database.open("sqlite:///{file}")
    raise SystemExit(3)
asyncio.run(main())
"""
    assert subprocess.run([sys.executable, "-W", "ignore", "-c", program], timeout=30).returncode == 3


async def test_the_bot_reads_while_people_do(file):
    """Whoever reads for a caller of the API waits for other callers, and the bot waits for none of them."""

    async def read_for(who: str, began: asyncio.Event, ended: asyncio.Event) -> None:
        reader.set(who)
        async with database.snapshot():
            began.set()
            await ended.wait()

    database = await Database.open(f"sqlite:///{file}")
    began, ended, second = asyncio.Event(), asyncio.Event(), asyncio.Event()
    reading = [
        asyncio.create_task(read_for("viewer", began, ended)),
        asyncio.create_task(read_for("other", second, ended)),
    ]
    await began.wait()
    async with asyncio.timeout(10):
        async with database.snapshot() as connection:
            assert await connection.execute_fetchall("SELECT 1")
        async with database.transaction() as connection:
            await connection.execute("CREATE TABLE written (line TEXT)")
    assert not second.is_set()
    ended.set()
    await asyncio.gather(*reading)
    await database.close()


async def test_no_caller_waits_for_everything_another_one_reads(file):
    done: list[str] = []

    async def read_for(who: str) -> None:
        reader.set(who)
        async with database.snapshot() as connection:
            await connection.execute_fetchall("SELECT 1")
        done.append(who)

    database = await Database.open(f"sqlite:///{file}")
    reading = [asyncio.create_task(read_for("viewer")) for _ in range(50)]
    reading.append(asyncio.create_task(read_for("operator")))
    await asyncio.gather(*reading)
    assert done.index("operator") <= 3
    await database.close()


async def test_what_people_read_by_cannot_write(file):
    database = await Database.open(f"sqlite:///{file}")
    token = reader.set("viewer")
    with pytest.raises(StorageError, match="readonly"):
        async with database.snapshot() as connection:
            await connection.execute("CREATE TABLE written (line TEXT)")
    reader.reset(token)
    await database.close()


async def test_people_read_in_the_safe_copy_too(file, tmp_path):
    """After the file is lost nobody reads from the old one, which shows nothing that happens from then on."""
    database = await Database.open(f"sqlite:///{file}")
    copy = tmp_path / "copy.sqlite"
    file.unlink()
    async with database.held():
        await database.copy_to(copy)
        await database.go_on_in(await Database.open(f"sqlite:///{copy}"))
    async with database.transaction() as connection:
        await connection.execute("CREATE TABLE written (line TEXT)")
    for who in ("", "viewer"):
        token = reader.set(who)
        async with database.snapshot() as connection:
            assert await connection.execute_fetchall("SELECT count(*) FROM written") == [(0,)]
        reader.reset(token)
    await database.close()
