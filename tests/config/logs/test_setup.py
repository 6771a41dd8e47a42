import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance.config.loading import Sources, load
from appliance.config.logs.setup import LogBuffer, Logs, set_up_logs
from appliance.domain.enums import RunMode
from appliance.domain.errors import ConfigurationError


@pytest.fixture
def start() -> Iterator[Callable[..., Logs]]:
    """Set logging up for some settings; all is put back afterwards."""
    root = logging.root
    before, level = root.handlers[:], root.level
    started: list[Logs] = []

    def start_logs(**settings: Any) -> Logs:
        started.append(set_up_logs(load(Sources(overrides=settings), {}, runmode=RunMode.OTHER)))
        return started[-1]

    yield start_logs
    for logs in started:
        logs.close()
    root.handlers[:] = before
    root.setLevel(level)


def test_a_log_file_that_cannot_be_written_is_reported(start: Any, folder: Path) -> None:
    (folder / "taken").write_text("")
    with pytest.raises(ConfigurationError, match=r"logfile: taken/bot\.log: cannot be written"):
        start(logfile="taken/bot.log")


def test_an_invalid_log_config_is_reported(start: Any) -> None:
    with pytest.raises(ConfigurationError, match="log_config"):
        start(log_config={"version": 1, "root": {"handlers": ["nowhere"]}})


def test_secrets_are_masked_wherever_lines_go(start: Any, folder: Path, capsys: Any) -> None:
    logs = start(logfile="logs/bot.log", **{"api_server.password": "hunter2hunter2"})
    log = logging.getLogger("appliance.some")
    log.warning("with %s in arguments", "hunter2hunter2")
    try:
        raise ValueError("hunter2hunter2")
    except ValueError:
        log.exception("it failed")
    logs.close()
    written = (folder / "logs/bot.log").read_text()
    kept = "".join(line[4] for line in logs.buffer.records)
    for text in (written, kept, capsys.readouterr().err):
        assert "with REDACTED in arguments" in text
        assert "ValueError: REDACTED" in text
        assert "hunter2" not in text


def test_secrets_of_a_reloaded_configuration_are_masked_too(start: Any) -> None:
    logs = start()
    logs.learn(load(Sources(overrides={"exchange.secret": "new-secret-1"}), {}, runmode=RunMode.OTHER))
    logging.getLogger("x").info("new-secret-1")
    assert logs.buffer.records[-1][4] == "REDACTED"


def test_the_buffer_keeps_the_newest_lines_as_the_api_shows_them(start: Any) -> None:
    logs = start()
    logging.getLogger("appliance.bot").warning("Stop %s", "BTC/USDT")
    date, stamp, name, level, text = logs.buffer.records[-1]
    assert (name, level, text) == ("appliance.bot", "WARNING", "Stop BTC/USDT")
    assert len(date) == len("2026-01-01 00:00:00")
    assert stamp > 1.7e12

    small = LogBuffer(capacity=2)
    for number in range(3):
        small.emit(logging.makeLogRecord({"msg": str(number)}))
    assert [line[4] for line in small.records] == ["1", "2"]


def test_lines_in_memory_take_so_many_characters_at_most() -> None:
    small = LogBuffer(characters=50_000)
    for _ in range(20):
        small.emit(logging.makeLogRecord({"msg": "x" * 10_000_000}))
        assert sum(len(line[4]) for line in small.records) <= 50_000
    assert small.records[-1][4].endswith("x … (10000000 characters)")
    for number in range(100):
        small.emit(logging.makeLogRecord({"msg": f"{number:03} {'y' * 1000}"}))
    assert [line[4][:3] for line in small.records] == [f"{number:03}" for number in range(51, 100)]


def test_a_log_config_takes_the_place_of_the_usual_handlers(start: Any, folder: Path, capsys: Any) -> None:
    handler = {"class": "logging.FileHandler", "filename": str(folder / "own.log"), "level": "WARNING"}
    logs = start(log_config={"version": 1, "handlers": {"own": handler}, "root": {"handlers": ["own"]}})
    logging.getLogger("x").info("quiet")
    logging.getLogger("x").warning("loud")
    logs.close()
    assert (folder / "own.log").read_text() == "loud\n"
    assert capsys.readouterr().err == ""


def test_more_v_show_more(start: Any) -> None:
    start()
    assert not logging.getLogger("appliance").isEnabledFor(logging.DEBUG)
    start(verbosity=1)
    assert logging.getLogger("appliance").isEnabledFor(logging.DEBUG)
    assert not logging.getLogger("aiosqlite").isEnabledFor(logging.DEBUG)


def test_lines_have_numbers_by_which_new_ones_are_found() -> None:
    small = LogBuffer(capacity=2)
    assert small.after(0) == ((), 0)
    for text in ("one", "two", "three"):
        small.emit(logging.makeLogRecord({"msg": text}))
    assert [[line[-1] for line in small.after(number)[0]] for number in (0, 1, 2, 3, 99)] == [
        ["two", "three"], ["two", "three"], ["three"], [], []
    ]  # fmt: skip
    assert small.added == 3
