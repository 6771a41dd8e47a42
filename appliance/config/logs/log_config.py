"""Read a `log_config`: Python's logging.config, with freqtrade's own handlers and formatters by their names.

A part that cannot be had (a class that is not there, a file that cannot be written) is left out and told:
where lines go is no reason to leave open trades alone.
"""

import contextlib
import copy
import json
import logging
import logging.config
import logging.handlers
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from appliance.config.logs.log_file import close_to_others
from appliance.domain.errors import ConfigurationError

FORMAT = "%(asctime)s - %(name)s - %(levelname)s - %(message)s"
_SYSTEMS_LOG = "/dev/log"  # journald listens there, too
_BROKEN = re.compile(r"Unable to configure (handler|formatter|filter) '(.+)'")
_OWN_LOGGERS = {"freqtrade": "appliance", "freqtrade.worker": "appliance.bot"}


_USUAL = {"timestamp": "asctime", "level": "levelname", "logger": "name", "message": "message"}


class JsonLines(logging.Formatter):
    """Write each record as a JSON object on a line, the way freqtrade's JsonFormatter is configured.

    `fmt_dict` names the record's attribute behind each key; `time_format` is strftime's, `msec_format` takes
    the time and the milliseconds.
    """

    def __init__(
        self,
        fmt_dict: dict[str, str] | None = None,
        time_format: str = "%Y-%m-%dT%H:%M:%S",
        msec_format: str = "%s.%03dZ",
        **_: Any,
    ) -> None:
        super().__init__()
        self._attributes = fmt_dict or _USUAL
        self.default_time_format, self.default_msec_format = time_format, msec_format

    def format(self, record: logging.LogRecord) -> str:
        known = {"asctime": self.formatTime(record), "message": record.getMessage()}
        line = {key: known.get(name, record.__dict__.get(name)) for key, name in self._attributes.items()}
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatException(record.exc_info)
        if record.exc_text:
            line["exc_info"] = record.exc_text
        if record.stack_info:
            line["stack_info"] = self.formatStack(record.stack_info)
        return json.dumps(line, default=str, ensure_ascii=False)


def console(**_: Any) -> logging.Handler:
    """Write to standard error."""
    return logging.StreamHandler(sys.stderr)


def _console_as_usual(**_: Any) -> logging.Handler:
    handler = _Fixed(sys.stderr)
    logging.Handler.setFormatter(handler, logging.Formatter(FORMAT))
    return handler


class _Fixed(logging.StreamHandler[Any]):
    """Keep its own form of lines, as freqtrade's console handler does whatever formatter it is given."""

    def setFormatter(self, fmt: logging.Formatter | None) -> None:  # noqa: N802
        """Keep the form."""


def _nothing(**_: Any) -> logging.Handler:
    """Stand for freqtrade's buffer of lines: the API's own is there in any case."""
    return logging.NullHandler()


def _journal(**_: Any) -> logging.Handler:
    if not Path(_SYSTEMS_LOG).exists():
        raise FileNotFoundError(f"there is no {_SYSTEMS_LOG}")
    return logging.handlers.SysLogHandler(_SYSTEMS_LOG)


HANDLERS: dict[str, Callable[..., logging.Handler]] = {
    "freqtrade.loggers.ft_rich_handler.FtRichHandler": _console_as_usual,
    "freqtrade.loggers.FtRichHandler": _console_as_usual,
    "rich.logging.RichHandler": _console_as_usual,
    "freqtrade.loggers.std_err_stream_handler.FTStdErrStreamHandler": console,
    "freqtrade.loggers.FTStdErrStreamHandler": console,
    "freqtrade.loggers.buffering_handler.FTBufferingHandler": _nothing,
    "freqtrade.loggers.FTBufferingHandler": _nothing,
    "cysystemd.journal.JournaldLogHandler": _journal,
    "systemd.journal.JournalHandler": _journal,
}
"""What freqtrade's configurations name, and what stands for it."""
FORMATTERS: dict[str, Callable[..., logging.Formatter]] = {
    "freqtrade.loggers.json_formatter.JsonFormatter": JsonLines,
    "freqtrade.loggers.JsonFormatter": JsonLines,
}


def handlers_of(config: dict[str, Any]) -> tuple[list[logging.Handler], list[str]]:
    """Return the handlers that a `log_config` describes, and what of it was left out, a line each.

    Handlers of single loggers take those loggers' lines alone. Raises `ConfigurationError` where its parts do
    not fit together.
    """
    wanted = _prepared(config)
    told: list[str] = []
    while True:
        try:
            logging.config.dictConfig(copy.deepcopy(wanted))
        except (ValueError, TypeError, AttributeError, ImportError, OSError) as error:
            cause = f": {error.__cause__}" if error.__cause__ else ""
            if not _left_out(wanted, str(error)):
                raise ConfigurationError(
                    f"log_config: expected what logging.config takes: {error}{cause}"
                ) from None
            told.append(f"log_config: {error}{cause}; left out, lines go to standard error as well")
        else:
            return _collected(wanted), told


def _prepared(config: dict[str, Any]) -> dict[str, Any]:
    """Put our own classes in, and take out what would switch off the program's loggers."""
    wanted: dict[str, Any] = {"version": 1, **copy.deepcopy(config)}
    wanted.pop("incremental", None)
    wanted["disable_existing_loggers"] = False
    known: tuple[tuple[str, Mapping[str, Any]], ...] = (("handlers", HANDLERS), ("formatters", FORMATTERS))
    for section, stand_ins in known:
        for part in _parts(wanted, section).values():
            if not isinstance(part, dict):
                continue
            named = str(part.get("()") or part.get("class"))
            if named in stand_ins:
                part.pop("class", None)
                part["()"] = stand_ins[named]
            elif section == "handlers" and "filename" in part:
                _make_folder(part["filename"])
    if "loggers" in wanted:
        wanted["loggers"] = {
            _OWN_LOGGERS.get(name, name): logger for name, logger in _parts(wanted, "loggers").items()
        }
    return wanted


def _parts(config: dict[str, Any], section: str) -> dict[str, Any]:
    found = config.get(section)
    return found if isinstance(found, dict) else {}


def _make_folder(filename: Any) -> None:
    with contextlib.suppress(OSError):  # opening the file fails, too, and that is told
        Path(str(filename)).parent.mkdir(parents=True, exist_ok=True)


def _left_out(wanted: dict[str, Any], error: str) -> bool:
    """Do without the handler, formatter or filter that an error is about; False where it is about no such."""
    found = _BROKEN.search(error)
    if found is None:
        return False
    kind, name = found.groups()
    if _parts(wanted, f"{kind}s").pop(name, None) is None:
        return False
    if kind == "handler":
        for logger in (wanted.get("root"), *_parts(wanted, "loggers").values()):
            if isinstance(logger, dict) and isinstance(logger.get("handlers"), list):
                logger["handlers"] = ["left out" if one == name else one for one in logger["handlers"]]
        _parts(wanted, "handlers")["left out"] = {"()": _console_as_usual}
        return True
    for handler in _parts(wanted, "handlers").values():
        if isinstance(handler, dict):
            if handler.get(kind) == name:
                del handler[kind]
            if name in handler.get(f"{kind}s", ()):
                handler[f"{kind}s"] = [one for one in handler[f"{kind}s"] if one != name]
    return True


def _collected(wanted: dict[str, Any]) -> list[logging.Handler]:
    """Take the handlers off all loggers: lines pass the masking of secrets first, in one place."""
    found = list(dict.fromkeys(logging.root.handlers))
    for name in _parts(wanted, "loggers"):
        logger = logging.getLogger(name)
        for handler in logger.handlers:
            if handler not in found:
                handler.addFilter(logging.Filter(name))
                found.append(handler)
        logger.handlers.clear()
        logger.propagate = True
    for handler in found:
        if isinstance(handler, logging.FileHandler):
            _keep_for_owner(handler)
    return found


def _keep_for_owner(handler: logging.FileHandler) -> None:
    """Have the handler's file for its owner alone, and every one that it opens later, as `logfile`'s are."""
    usual = handler._open

    def opened() -> Any:
        stream = usual()
        close_to_others(handler.baseFilename)
        return stream

    handler._open = opened  # type: ignore[method-assign]
    close_to_others(handler.baseFilename)
