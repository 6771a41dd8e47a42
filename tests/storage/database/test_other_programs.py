"""A database that a running freqtrade has open is not traded on a second time."""

import subprocess
import sys

import pytest

from appliance.domain.errors import StorageError
from appliance.storage.database.database import Database
from appliance.storage.database.other_programs import freqtrade_with

HOLDS_OPEN = """
import sys
database = open(sys.argv[2], "ab")
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def started(tmp_path):
    """Start a program of that name that has the database open."""
    processes = []

    def start(name: str) -> subprocess.Popen[bytes]:
        (tmp_path / name).write_text(HOLDS_OPEN)
        command = [sys.executable, str(tmp_path / name), "trade", str(tmp_path / "trades.sqlite")]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        processes.append(process)
        assert process.stdout is not None
        process.stdout.readline()
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


async def test_the_start_is_refused_while_freqtrade_has_it_open(tmp_path, started):
    process = started("freqtrade")
    url = f"sqlite:///{tmp_path}/trades.sqlite"
    with pytest.raises(StorageError, match=rf"open in freqtrade \(process {process.pid}\).*stop freqtrade"):
        await Database.open(url)
    process.kill()
    process.communicate()
    database = await Database.open(url)
    await database.close()


@pytest.mark.parametrize("name", ["sqlitebrowser", "freqtrade-backup"])
def test_other_programs_may_have_it_open(tmp_path, started, name):
    started(name)
    assert freqtrade_with(tmp_path / "trades.sqlite") is None


def test_a_freqtrade_with_another_database_does_no_harm(tmp_path, started):
    started("freqtrade")
    (tmp_path / "other.sqlite").touch()
    assert freqtrade_with(tmp_path / "other.sqlite") is None
    assert freqtrade_with(tmp_path / "missing.sqlite") is None
