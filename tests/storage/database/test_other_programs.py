"""A database that a running freqtrade has open is not traded on a second time."""

import asyncio
import subprocess
import sys

import pytest

from appliance.domain.errors import StorageError
from appliance.storage.database.database import Database
from appliance.storage.database.other_programs import _is_freqtrade, freqtrade_with

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


@pytest.mark.parametrize(
    ("line", "is_freqtrade"),
    [
        ("/home/me/.venv/bin/python3 /home/me/.venv/bin/freqtrade trade", True),
        ("/usr/bin/python3.11 -u -m freqtrade trade -c config.json", True),
        ("freqtrade trade", True),
        ("python3 -m appliance trade --userdir /home/me/freqtrade", False),
        ("/opt/appliance.pyz trade --userdir /home/me/freqtrade", False),
        ("rsync -a /home/me/freqtrade backup:/srv/freqtrade", False),
        ("tar cf backup.tar /home/me/freqtrade", False),
        ("python3 -u", False),
        ("", False),
    ],
)
def test_only_the_program_itself_counts(line, is_freqtrade):
    assert _is_freqtrade(line.split(" ")) is is_freqtrade


async def test_a_folder_called_freqtrade_does_not_prevent_a_start(tmp_path):
    folder = tmp_path / "freqtrade"
    folder.mkdir()
    command = "import asyncio, sys; from appliance.storage.database.database import Database;"
    command += "asyncio.run(Database.open(sys.argv[-2]))"
    url = f"sqlite:///{folder}/trades.sqlite"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", command, url, str(folder))
    assert await process.wait() == 0


def test_a_freqtrade_with_another_database_does_not_matter(tmp_path, started):
    started("freqtrade")
    (tmp_path / "other.sqlite").touch()
    assert freqtrade_with(tmp_path / "other.sqlite") is None
    assert freqtrade_with(tmp_path / "missing.sqlite") is None
