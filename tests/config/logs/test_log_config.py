"""`log_config` as freqtrade's users have it: its own classes, single loggers, parts that cannot be had."""

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance.config.loading import Sources, load
from appliance.config.logs.log_config import FORMATTERS, HANDLERS
from appliance.config.logs.setup import Logs, set_up_logs
from appliance.domain.enums import RunMode
from appliance.domain.errors import ConfigurationError

STANDARD = {"format": "%(asctime)s - %(name)s - %(levelname)s - %(message)s"}


@pytest.fixture
def start() -> Iterator[Callable[..., Logs]]:
    """Log as a `log_config` says; all is put back afterwards."""
    root = logging.root
    before, level = root.handlers[:], root.level
    started: list[Logs] = []

    def start_logs(log_config: dict[str, Any], **more: Any) -> Logs:
        overrides = {"log_config": log_config, **more}
        started.append(set_up_logs(load(Sources(overrides=overrides), {}, runmode=RunMode.OTHER)))
        return started[-1]

    yield start_logs
    for logs in started:
        logs.close()
    root.handlers[:] = before
    root.setLevel(level)
    logging.getLogger("appliance").setLevel(logging.NOTSET)


def of(handler: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"version": 1, "handlers": {"one": handler}, "root": {"handlers": ["one"]}, **more}


@pytest.mark.parametrize("name", sorted(HANDLERS))
@pytest.mark.parametrize("key", ["class", "()"])
def test_handlers_of_freqtrades_are_known(start: Any, name: str, key: str) -> None:
    config = of({key: name, "formatter": "basic", "level": "INFO"}, formatters={"basic": STANDARD})
    logs = start(config)
    logging.getLogger("appliance").info("hello")
    left_out = [line for *_, line in logs.buffer.records if line.startswith("log_config")]
    assert left_out == [] or "/dev/log" in left_out[0]


@pytest.mark.parametrize("name", sorted(FORMATTERS))
@pytest.mark.parametrize("key", ["class", "()"])
def test_json_lines_as_freqtrades_documentation_has_them(
    start: Any, folder: Path, name: str, key: str
) -> None:
    formatter = {key: name}
    if key == "()":
        formatter["fmt_dict"] = {"timestamp": "asctime", "who": "name", "message": "message", "odd": "none"}
    file = {"class": "logging.handlers.RotatingFileHandler", "filename": "new/bot.log", "formatter": "json"}
    logs = start(of(file, formatters={"json": formatter}), **{"exchange.secret": "hunter2hunter2"})
    logging.getLogger("appliance.bot").info('a "quoted" hunter2hunter2')
    try:
        raise ValueError("it failed")
    except ValueError:
        logging.getLogger("appliance.bot").exception("no")
    logs.close()
    first, second = map(json.loads, (folder / "new/bot.log").read_text().splitlines())
    assert first["message"] == 'a "quoted" REDACTED'
    assert first["who" if key == "()" else "logger"] == "appliance.bot"
    assert first["timestamp"].endswith("Z")
    assert "ValueError: it failed" in second["exc_info"]


def test_freqtrades_console_handler_writes_whole_lines(start: Any, capsys: Any) -> None:
    rich = {"class": "freqtrade.loggers.ft_rich_handler.FtRichHandler", "formatter": "basic"}
    logs = start(of(rich, formatters={"basic": {"format": "%(message)s"}}))
    logging.getLogger("appliance.bot").info("hello")
    logs.close()
    assert capsys.readouterr().err.endswith(" - appliance.bot - INFO - hello\n")


def test_a_logger_of_its_own_has_its_lines_alone_masked_and_with_its_level(start: Any, folder: Path) -> None:
    config = {
        "version": 1,
        "disable_existing_loggers": True,
        "handlers": {
            "all": {"class": "logging.FileHandler", "filename": "all.log"},
            "own": {"class": "logging.FileHandler", "filename": "own.log"},
        },
        "loggers": {
            "freqtrade": {"handlers": ["own"], "level": "DEBUG", "propagate": False},
            "ccxt": {"level": "ERROR"},
        },
        "root": {"handlers": ["all"], "level": "INFO"},
    }
    there_before = logging.getLogger("appliance.early")
    logs = start(config, **{"exchange.secret": "hunter2hunter2"})
    there_before.debug("with hunter2hunter2")
    logging.getLogger("other").warning("of others")
    logging.getLogger("ccxt").warning("too quiet")
    logs.close()
    assert (folder / "own.log").read_text() == "with REDACTED\n"
    assert (folder / "all.log").read_text() == "with REDACTED\nof others\n"


BROKEN = [
    of({"class": "nowhere.Handler"}),
    of({"class": "freqtrade.loggers.NotThere"}),
    of({"class": "logging.FileHandler", "filename": "taken/bot.log"}),
    of({"class": "logging.FileHandler"}),
    of(5),
    of({"class": "logging.StreamHandler", "formatter": "json"}, formatters={"json": {"()": "nowhere.Json"}}),
    of({"class": "logging.StreamHandler", "filters": ["f"]}, filters={"f": {"()": "nowhere.Filter"}}),
]


@pytest.mark.parametrize("config", BROKEN, ids=range(len(BROKEN)))
def test_a_failing_part_is_reported_and_lines_go_to_standard_error(
    start: Any, folder: Path, capsys: Any, config: dict[str, Any]
) -> None:
    (folder / "taken").write_text("")
    logs = start(config)
    logging.getLogger("appliance").info("hello")
    logs.close()
    written = capsys.readouterr().err
    assert written.count("log_config: Unable to configure") == 1
    assert "hello" in written


@pytest.mark.parametrize("config", [{"root": {"handlers": ["nowhere"]}}, {"version": 2}, {"formatters": 7}])
def test_parts_that_do_not_fit_together_are_reported_in_one_line(start: Any, config: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="log_config: expected what logging") as caught:
        start(config)
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("FileHandler", {}),
        ("handlers.RotatingFileHandler", {"maxBytes": 200, "backupCount": 2}),
        ("handlers.WatchedFileHandler", {}),
    ],
)
def test_log_files_are_their_owners_alone_also_after_rotation(
    start: Any, folder: Path, kind: str, more: dict[str, Any]
) -> None:
    place = folder / "logs"
    place.mkdir()
    (place / "bot.log").touch(0o644)  # as an earlier version left it
    logs = start(of({"class": f"logging.{kind}", "filename": str(place / "bot.log"), **more}))
    for number in range(20):
        logging.getLogger("appliance").info("line %d, which is long enough to be rotated soon", number)
    logs.close()
    files = sorted(place.iterdir())
    assert len(files) == 1 + more.get("backupCount", 0)
    assert [file.stat().st_mode & 0o077 for file in files] == [0] * len(files)
