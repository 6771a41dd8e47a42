"""Apply a `log_config`: Python's logging.config, with the handlers and formatters of freqtrade by name.

A part that fails (a missing class, a file that cannot be written) is left out with a warning: a wrong log
destination must not stop the protection of open trades.
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
_SYSTEM_LOG = "/dev/log"  # journald reads it, too
_BROKEN = re.compile(r"Unable to configure (handler|formatter|filter) '(.+)'")
_OWN_LOGGERS = {"freqtrade": "appliance", "freqtrade.worker": "appliance.bot"}


_USUAL = {"timestamp": "asctime", "level": "levelname", "logger": "name", "message": "message"}


class JsonLines(logging.Formatter):
    """Format each record as a JSON object on one line, with the options of freqtrade's JsonFormatter.

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


def _default_console(**_: Any) -> logging.Handler:
    handler = _FixedFormat(sys.stderr)
    logging.Handler.setFormatter(handler, logging.Formatter(FORMAT))
    return handler


class _FixedFormat(logging.StreamHandler[Any]):
    """Ignore formatters, as freqtrade's console handler does."""

    def setFormatter(self, fmt: logging.Formatter | None) -> None:  # noqa: N802
        """Keep the default format."""


def _no_handler(**_: Any) -> logging.Handler:
    """Replace freqtrade's buffer of lines: the API has its own."""
    return logging.NullHandler()


def _journal(**_: Any) -> logging.Handler:
    if not Path(_SYSTEM_LOG).exists():
        raise FileNotFoundError(f"{_SYSTEM_LOG} does not exist")
    return logging.handlers.SysLogHandler(_SYSTEM_LOG)


HANDLERS: dict[str, Callable[..., logging.Handler]] = {
    "freqtrade.loggers.ft_rich_handler.FtRichHandler": _default_console,
    "freqtrade.loggers.FtRichHandler": _default_console,
    "rich.logging.RichHandler": _default_console,
    "freqtrade.loggers.std_err_stream_handler.FTStdErrStreamHandler": console,
    "freqtrade.loggers.FTStdErrStreamHandler": console,
    "freqtrade.loggers.buffering_handler.FTBufferingHandler": _no_handler,
    "freqtrade.loggers.FTBufferingHandler": _no_handler,
    "cysystemd.journal.JournaldLogHandler": _journal,
    "systemd.journal.JournalHandler": _journal,
}
"""The handlers named in configurations of freqtrade, and their replacements."""
FORMATTERS: dict[str, Callable[..., logging.Formatter]] = {
    "freqtrade.loggers.json_formatter.JsonFormatter": JsonLines,
    "freqtrade.loggers.JsonFormatter": JsonLines,
}


def handlers_of(config: dict[str, Any]) -> tuple[list[logging.Handler], list[str]]:
    """Return the handlers of a `log_config`, and a warning for each part that was left out.

    Handlers of single loggers get the lines of those loggers only. Raises `ConfigurationError` if the parts
    do not fit together.
    """
    wanted = _prepared(config)
    warnings: list[str] = []
    while True:
        try:
            logging.config.dictConfig(copy.deepcopy(wanted))
        except (ValueError, TypeError, AttributeError, ImportError, OSError) as error:
            cause = f": {error.__cause__}" if error.__cause__ else ""
            if not _leave_out(wanted, str(error)):
                raise ConfigurationError(
                    f"log_config: expected what logging.config takes, found: {error}{cause}"
                ) from None
            warnings.append(f"log_config: {error}{cause}; left out, lines go to standard error as well")
        else:
            return _collected(wanted), warnings


def _prepared(config: dict[str, Any]) -> dict[str, Any]:
    """Insert our classes, and remove options that would disable the loggers of the program."""
    wanted: dict[str, Any] = {"version": 1, **copy.deepcopy(config)}
    wanted.pop("incremental", None)
    wanted["disable_existing_loggers"] = False
    replaced: tuple[tuple[str, Mapping[str, Any]], ...] = (("handlers", HANDLERS), ("formatters", FORMATTERS))
    for section, replacements in replaced:
        for part in _parts(wanted, section).values():
            if not isinstance(part, dict):
                continue
            named = str(part.get("()") or part.get("class"))
            if named in replacements:
                part.pop("class", None)
                part["()"] = replacements[named]
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


def _make_folder(filename: object) -> None:
    with contextlib.suppress(OSError):  # opening the file fails, too, and that is reported
        Path(str(filename)).parent.mkdir(parents=True, exist_ok=True)


def _leave_out(wanted: dict[str, Any], error: str) -> bool:
    """Remove the handler, formatter or filter that an error names; False if it names none."""
    found = _BROKEN.search(error)
    if found is None:
        return False
    kind, name = found.groups()
    if _parts(wanted, f"{kind}s").pop(name, None) is None:
        return False
    if kind == "handler":
        _replace_handler(wanted, name)
    else:
        _detach(wanted, kind, name)
    return True


def _replace_handler(wanted: dict[str, Any], name: str) -> None:
    """Let loggers write to the console instead of a handler that was left out."""
    for logger in (wanted.get("root"), *_parts(wanted, "loggers").values()):
        if isinstance(logger, dict) and isinstance(logger.get("handlers"), list):
            logger["handlers"] = ["left out" if other == name else other for other in logger["handlers"]]
    _parts(wanted, "handlers")["left out"] = {"()": _default_console}


def _detach(wanted: dict[str, Any], kind: str, name: str) -> None:
    """Remove a formatter or filter that was left out from all handlers."""
    for handler in filter(_is_dict, _parts(wanted, "handlers").values()):
        if handler.get(kind) == name:
            del handler[kind]
        if name in handler.get(f"{kind}s", ()):
            handler[f"{kind}s"] = [other for other in handler[f"{kind}s"] if other != name]


def _is_dict(part: object) -> bool:
    return isinstance(part, dict)


def _collected(wanted: dict[str, Any]) -> list[logging.Handler]:
    """Remove the handlers from all loggers: first one place masks the secrets of all lines."""
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
            _make_private(handler)
    return found


def _make_private(handler: logging.FileHandler) -> None:
    """Make the file readable by its owner only, and every file opened later, as those of `logfile`."""
    usual = handler._open  # noqa: SLF001 - reopening and rotation offer no public hook

    def opened() -> Any:
        stream = usual()
        close_to_others(handler.baseFilename)
        return stream

    handler._open = opened  # type: ignore[method-assign]  # noqa: SLF001
    close_to_others(handler.baseFilename)
