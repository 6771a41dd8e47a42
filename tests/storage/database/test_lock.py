"""One bot at a time: two locks, of which one holds when the other's file is removed."""

import asyncio
import os
import sqlite3
import subprocess
import sys

import pytest

from appliance.domain.errors import StorageError
from appliance.storage.database.database import Database
from appliance.storage.database.lock import DatabaseLock, is_held, lock_file

TAKE = """
import sys
from pathlib import Path
from appliance.domain.errors import StorageError
from appliance.storage.database.lock import DatabaseLock
try:
    guard = DatabaseLock.take(Path(sys.argv[1]))
except StorageError as error:
    sys.exit(str(error))
print("taken", flush=True)
sys.stdin.read()
"""


def taken_elsewhere(file) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", TAKE, str(file)], input="", capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize("removed", [False, True])
async def test_another_process_cannot_take_it(file, removed):
    database = await Database.open(f"sqlite:///{file}")
    if removed:
        lock_file(file).unlink()
    other = await asyncio.to_thread(taken_elsewhere, file)
    assert "in use by another bot" in other.stderr
    await database.close()
    assert (await asyncio.to_thread(taken_elsewhere, file)).stdout == "taken\n"


async def test_it_is_free_as_soon_as_the_process_is_killed(file):
    with subprocess.Popen(
        [sys.executable, "-c", TAKE, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout.readline() == b"taken\n"
        assert await asyncio.to_thread(is_held, file)
        with pytest.raises(StorageError, match=f"process {other.pid}"):
            await asyncio.to_thread(DatabaseLock.take, file)
        other.kill()
    assert not await asyncio.to_thread(is_held, file)
    (await asyncio.to_thread(DatabaseLock.take, file)).release()


async def test_the_locks_file_is_created_again(file):
    database = await Database.open(f"sqlite:///{file}")
    for spoil in (lambda path: path.unlink(), lambda path: path.with_name("x").replace(path)):
        lock_file(file).with_name("x").touch()
        spoil(lock_file(file))
        await database.hold_lock()
        assert await asyncio.to_thread(is_held, file)
        assert lock_file(file).read_text() == f"{os.getpid()}\n"
    await database.close()
    assert not await asyncio.to_thread(is_held, file)


async def test_the_lock_is_in_nobodys_way_who_reads_or_writes_the_database(file):
    """SQLite's own locks are the process's, and ours must not take them away."""
    database = await Database.open(f"sqlite:///{file}")
    program = (
        "import sqlite3, sys\n"
        "c = sqlite3.connect(sys.argv[1], timeout=5)\n"
        "c.execute('CREATE TABLE beside (x)'); c.commit(); c.execute('VACUUM'); c.close()"
    )
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", program, str(file)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    # It was not the last to close it, so the log of writes is still there.
    assert file.with_name(file.name + "-wal").exists()
    async with database.transaction() as connection:
        await connection.execute("INSERT INTO beside VALUES (1)")
    await database.close()
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT count(*) FROM beside").fetchone() == (1,)
