"""The log file: private, rotated, and found again whatever happens to it."""

import asyncio
import logging
import os
from pathlib import Path

import pytest

from appliance.config.logs import log_file
from appliance.config.logs.log_file import LogFile
from tests.support.small_disk import small_disk

__all__ = ["small_disk"]


def write(handler: LogFile, text: str) -> None:
    handler.emit(logging.makeLogRecord({"msg": text}))


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.fixture
def umask():
    before = os.umask(0o000)
    yield
    os.umask(before)


def test_it_is_the_owners_alone_new_old_and_rotated(tmp_path, umask, monkeypatch):
    monkeypatch.setattr(log_file, "_FILE_BYTES", 100)
    path, older = tmp_path / "bot.log", tmp_path / "bot.log.1"
    path.write_text("from before\n")
    older.write_text("from long before\n")
    handler = LogFile(str(path))
    assert (mode(path), mode(older)) == (0o600, 0o600)
    for number in range(20):
        write(handler, f"line {number:02} {'x' * 30}")
    handler.close()
    files = sorted(tmp_path.iterdir())
    assert len(files) == 11
    assert {mode(file) for file in files} == {0o600}
    assert "line 19" in path.read_text()
    assert "line 17" in older.read_text() or "line 18" in older.read_text()


def test_lines_continue_after_others_rotated_removed_or_replaced_it(tmp_path):
    path = tmp_path / "logs" / "bot.log"
    handler = LogFile(str(path))
    write(handler, "one")
    path.rename(tmp_path / "logs" / "bot.log.old")
    write(handler, "two")
    assert path.read_text() == "two\n"
    path.unlink()
    write(handler, "three")
    assert path.read_text() == "three\n"
    path.unlink()
    path.write_text("")
    write(handler, "four")
    assert path.read_text() == "four\n"
    path.unlink()
    path.parent.rename(tmp_path / "elsewhere")
    write(handler, "five")
    assert path.read_text() == "five\n"
    assert mode(path) == 0o600
    path.write_text("")  # logrotate's copytruncate
    write(handler, "six")
    assert path.read_text() == "six\n"
    handler.close()


def test_a_write_error_is_reported_once_and_retried(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(log_file, "_RETRY_SECONDS", 0.0)
    path = tmp_path / "bot.log"
    handler = LogFile(str(path))
    path.unlink()
    path.mkdir()
    for _ in range(5):
        write(handler, "lost")
    assert capsys.readouterr().err == (
        f"The log file {path} cannot be written: Is a directory; trying again\n"
    )
    path.rmdir()
    write(handler, "found")
    assert path.read_text() == "found\n"
    handler.close()


async def test_a_full_disk_stops_nothing(small_disk, capsys, monkeypatch):
    monkeypatch.setattr(log_file, "_RETRY_SECONDS", 0.0)
    await asyncio.to_thread(_fill_up_and_clear, small_disk, small_disk / "bot.log")
    assert "No space left on device; trying again" in capsys.readouterr().err


def _fill_up_and_clear(disk: Path, path: Path) -> None:
    handler, filler = LogFile(str(path)), disk / "filler"
    with filler.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):  # noqa: PT012 -- until full
        while True:
            file.write(b"x" * 4096)
    for _ in range(20):
        write(handler, "x" * 1000)
    filler.unlink()
    write(handler, "again")
    assert path.read_text().endswith("again\n")
    handler.close()


@pytest.mark.parametrize("name", ["/dev/null", "/dev/stdout"])
def test_a_device_may_be_the_file(name):
    handler = LogFile(name)
    write(handler, "somewhere")
    handler.close()
