"""A backup is one archive, whole, as of one moment, that only its owner can read."""

import contextlib
import json
import sqlite3
import stat
import tarfile
import threading

import pytest

from appliance.domain.errors import StorageError
from appliance.storage.backup import Contents, Source, copy_database, make_archive, verify


@pytest.fixture
def database(tmp_path):
    file = tmp_path / "trades.sqlite"
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE pair (one INTEGER, two INTEGER)")
        connection.commit()
    return file


def contents(database, *files) -> Contents:
    sources = [Source(f"strategies/{file.name}", file) for file in files]
    return Contents(database=database, sources=sources, version="1.2", bot_name="mine", notes=("no candles",))


def test_the_manifest_names_every_file_with_its_sha256(tmp_path, database):
    strategy = tmp_path / "one.py"
    strategy.write_text("class One: pass\n")
    (tmp_path / "trades.sqlite.audit").write_text("1:" + "0" * 64)
    made = make_archive(tmp_path / "b.tar.gz", contents(database, strategy))
    assert [file.name for file in made.files] == [
        "database/trades.sqlite.audit",
        "database/trades.sqlite",
        "strategies/one.py",
    ]
    assert verify(tmp_path / "b.tar.gz") == made
    with tarfile.open(tmp_path / "b.tar.gz") as opened:
        assert opened.getnames()[0] == "manifest.json"
        manifest = json.loads(opened.extractfile("manifest.json").read())
        assert opened.extractfile("strategies/one.py").read() == strategy.read_bytes()
    assert (manifest["format"], manifest["version"], manifest["notes"]) == (1, "1.2", ["no candles"])
    assert manifest["files"][1]["origin"] == str(database)
    assert stat.S_IMODE((tmp_path / "b.tar.gz").stat().st_mode) == 0o600
    assert sorted(file.name for file in tmp_path.iterdir() if file.name.startswith(".")) == []


def test_a_database_that_is_written_to_is_copied_as_of_one_moment(tmp_path, database):
    ended = threading.Event()

    def write():
        with contextlib.closing(sqlite3.connect(database, timeout=30)) as connection:
            for number in range(100_000):
                if ended.is_set():
                    break
                connection.execute("INSERT INTO pair VALUES (?, ?)", (number, 0))
                connection.execute("UPDATE pair SET two = one WHERE one = ?", (number,))
                connection.commit()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            copy = tmp_path / f"copy{number}.sqlite"
            copy_database(database, copy)
            with contextlib.closing(sqlite3.connect(copy)) as connection:
                assert connection.execute("SELECT count(*) FROM pair WHERE one <> two").fetchone() == (0,)
    finally:
        ended.set()
        writer.join()
    assert not list(tmp_path.glob("copy*-wal"))


def test_what_cannot_be_read_is_named_and_the_rest_is_saved(tmp_path):
    made = make_archive(tmp_path / "b.tar.gz", contents(None, tmp_path / "gone.py"))
    assert made.files == ()
    assert made.notes == (
        "no candles",
        "There is no database in a file.",
        f"{tmp_path}/gone.py: cannot be read",
    )


def test_a_backup_that_exists_is_not_overwritten(tmp_path, database):
    (tmp_path / "b.tar.gz").write_text("mine")
    with pytest.raises(StorageError, match="exists already"):
        make_archive(tmp_path / "b.tar.gz", contents(database))
    assert (tmp_path / "b.tar.gz").read_text() == "mine"
    assert not list(tmp_path.glob(".backup-*"))


def test_no_folder_is_an_error_that_names_it(tmp_path, database):
    with pytest.raises(StorageError, match="cannot be written: No such file"):
        make_archive(tmp_path / "nowhere" / "b.tar.gz", contents(database))


@pytest.mark.parametrize("damage", ["cut", "changed", "other"])
def test_a_damaged_archive_is_detected(tmp_path, database, damage):
    archive = tmp_path / "b.tar.gz"
    make_archive(archive, contents(database))
    if damage == "cut":
        archive.write_bytes(archive.read_bytes()[:-200])
    elif damage == "other":
        archive.write_bytes(b"something else")
    else:
        with tarfile.open(archive) as opened:
            manifest = opened.extractfile("manifest.json").read()
        other = tmp_path / "other"
        other.write_bytes(manifest)
        with tarfile.open(archive, "w:gz") as opened:
            opened.add(other, "manifest.json")
            opened.add(other, "database/trades.sqlite")
    with pytest.raises(StorageError):
        verify(archive)


def test_a_file_that_is_no_database_is_an_error(tmp_path):
    wrong = tmp_path / "wrong.sqlite"
    wrong.write_text("not a database, but long enough to have a header" * 100)
    with pytest.raises(StorageError, match="cannot be copied"):
        make_archive(tmp_path / "b.tar.gz", contents(wrong))
    assert not (tmp_path / "b.tar.gz").exists()
