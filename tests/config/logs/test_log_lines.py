"""No line of the log is anybody's but ours, wherever it is written."""

import logging
from pathlib import Path
from typing import Any

import pytest

from appliance.config.logs.log_lines import LONGEST_LINE, indented, one_line
from tests.config.logs.test_setup import start

__all__ = ["start"]

FORGED = "2026-11-30 12:00:00,000 - appliance.bot - INFO - all is well"
BREAKS = {
    "newline": "\n", "carriage return": "\r", "both": "\r\n", "vertical tab": "\v", "form feed": "\f",
    "file separator": "\x1c", "next line": "\x85", "line separator": "\u2028", "paragraph": "\u2029",
    "NUL": "\0", "escape": "\x1b[2J\x1b[31m", "C1 escape": "\x9b2J", "backspace": "\b", "delete": "\x7f",
    "right to left": "\u202e", "isolate": "\u2066", "zero width": "\u200b", "byte order": "\ufeff",
    "half a character": "\ud800", "tag": "\U000e0041",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(BREAKS))
@pytest.mark.parametrize("where", ["message", "argument", "logger", "exception", "traceback cause", "stack"])
def test_nothing_that_others_say_starts_a_line(start: Any, folder: Path, capsys: Any, name, where) -> None:
    logs = start(logfile="bot.log")
    said = f"before{BREAKS[name]}{FORGED}"
    log = logging.getLogger(said if where == "logger" else "appliance.some")
    if where == "message":
        log.warning(said)
    elif where == "exception":
        try:
            raise ValueError(said)
        except ValueError:
            log.exception("it failed")
    elif where == "traceback cause":
        try:
            try:
                raise ValueError(said)
            except ValueError as error:
                raise KeyError(said) from error
        except KeyError:
            log.exception("it failed")
    elif where == "stack":
        log.warning("here", stack_info=True)
        log.warning("%s", said)
    else:
        log.warning("The tag %s", said)
    logs.close()
    written = (folder / "bot.log").read_bytes().decode()
    kept = "\n".join("\n".join(line[2:]) for line in logs.buffer.records)
    for text in (written, kept, capsys.readouterr().err):
        assert "all is well" in text
        assert not any(line.startswith(FORGED) for line in text.splitlines())
        assert all(part == "\n" or part.isprintable() for part in text)


@pytest.mark.parametrize("text", ["", "ETH/USDT", "Grüße, 你好 €", "a\u00a0b", "50 % \\n"])
def test_what_can_be_read_stays_as_it_is(text: str) -> None:
    assert one_line(text) == text


def test_escapes_are_readable() -> None:
    assert one_line("a\nb\tc\0d\x1be\u202ef\ud800") == r"a\nb\tc\x00d\x1be\u202ef\ud800"


def test_a_traceback_keeps_its_lines() -> None:
    assert indented("Traceback\n  File\nValueError: a\x1b") == "  Traceback\n    File\n  ValueError: a\\x1b"


def test_an_endless_message_loses_its_middle() -> None:
    assert len(one_line("x" * 10_000_000)) <= LONGEST_LINE + 3


def test_a_line_whose_arguments_do_not_fit_is_not_lost(start: Any) -> None:
    logs = start()
    logging.getLogger("x").warning("%d of %s", "many")
    assert "many" in logs.buffer.records[-1][4]
