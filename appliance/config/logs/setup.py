"""Set up logging: in a thread of its own, with secrets masked, and a buffer of lines for the API."""

import copy
import logging
import logging.handlers
import queue
import time
from collections import deque
from collections.abc import Container, Sequence
from itertools import islice

from appliance.config.loading import LoadedSettings
from appliance.config.logs.log_config import FORMAT, console, handlers_of
from appliance.config.logs.log_file import LogFile
from appliance.config.logs.log_lines import indented, message_of, one_line
from appliance.config.secrets import Mask
from appliance.domain.errors import ConfigurationError

log = logging.getLogger(__name__)

LogLine = tuple[str, float, str, str, str]
"""Date as text (UTC), the same in ms since 1970, logger, level, message."""

_COLOURS = {logging.DEBUG: "2", logging.WARNING: "33", logging.ERROR: "31", logging.CRITICAL: "1;31"}
# Verbose libraries, and the number of -v from which their debug lines are logged.
_LIBRARIES = {
    "asyncio": 2,
    "aiosqlite": 3,
    "ccxt": 3,
    "urllib3": 2,
    "numba": 3,
    "matplotlib": 3,
    "tornado": 3,
}

LONGEST_LINE = 20_000
"""Maximum characters of a line in memory; a traceback has a tenth of that."""


class LogBuffer(logging.Handler):
    """Buffer the newest log lines in memory, limited by their number and by their characters.

    Lines longer than `LONGEST_LINE` are cut.
    """

    def __init__(self, capacity: int = 1000, characters: int = 1_000_000) -> None:
        super().__init__()
        self._capacity = capacity
        self._room = characters
        self._lines: deque[LogLine] = deque()
        self.added = 0
        """How many lines there have been; the newest one has this number."""

    @property
    def records(self) -> Sequence[LogLine]:
        """The newest lines, oldest first."""
        self.acquire()
        try:
            return tuple(self._lines)
        finally:
            self.release()

    def after(self, number: int) -> tuple[Sequence[LogLine], int]:
        """Return the lines after the one with that number, as far as they are still here, and `added`."""
        self.acquire()
        try:
            wanted = max(0, min(self.added - number, len(self._lines)))
            return tuple(islice(reversed(self._lines), wanted))[::-1], self.added
        finally:
            self.release()

    def emit(self, record: logging.LogRecord) -> None:
        date = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(record.created))
        text = record.getMessage() + (f"\n{record.exc_text}" if record.exc_text else "")
        if len(text) > LONGEST_LINE:
            text = f"{text[:LONGEST_LINE]} … ({len(text)} characters)"
        self._lines.append((date, record.created * 1000, record.name, record.levelname, text))
        self.added += 1
        self._room -= len(text)
        while len(self._lines) > self._capacity or self._room < 0:
            self._room += len(self._lines.popleft()[-1])


class CleaningFilter(logging.Filter):
    """Mask the secrets of a record and escape forged lines before any handler writes it."""

    def __init__(self, mask: Mask) -> None:
        super().__init__()
        self._mask = mask

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = one_line(self._mask(message_of(record))), None
        record.name = one_line(record.name)
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.stack_info:
            record.exc_text = "\n".join(filter(None, [record.exc_text, record.stack_info]))
        if record.exc_text:
            record.exc_text = indented(self._mask(record.exc_text))
        record.exc_info = record.stack_info = None
        return True


class Logs:
    """The running log: `buffer` for the API, `learn` for new secrets, `close` to write remaining lines."""

    def __init__(self, buffer: LogBuffer, mask: Mask, listener: logging.handlers.QueueListener) -> None:
        self.buffer = buffer
        self._mask = mask
        self._listener: logging.handlers.QueueListener | None = listener

    def learn(self, loaded: LoadedSettings) -> None:
        """Mask the secrets of these settings in all later lines."""
        self._mask.learn(loaded.gathered.values)
        self._mask.learn({"jwt_secret_key": loaded.settings.api_server.jwt_secret_key})

    def close(self) -> None:
        listener, self._listener = self._listener, None
        if listener:
            listener.stop()
            for handler in listener.handlers:
                handler.close()


def set_up_logs(loaded: LoadedSettings, *, colour: bool = False, quiet: bool = False) -> Logs:
    """Log to standard error, to `logfile`, or according to `log_config`, in a thread of its own.

    With `quiet`, standard error only gets warnings and errors.
    Raises `ConfigurationError` if the log file cannot be written or `log_config` is invalid.
    """
    settings = loaded.settings
    config = settings.log_config or {}
    handlers, left_out = handlers_of(config) if config else ([_console(colour)], [])
    if quiet and not config:
        handlers[0].setLevel(logging.WARNING)
    if settings.logfile:
        handlers.append(file_handler(settings.logfile))
    mask, buffer = Mask(), LogBuffer()
    waiting: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    listener = logging.handlers.QueueListener(waiting, *handlers, respect_handler_level=True)
    queued = _QueueHandler(waiting)
    for handler in (queued, buffer):
        handler.addFilter(CleaningFilter(mask))
    logging.root.handlers[:] = [queued, buffer]
    _set_levels(settings.verbosity, settings.api_server.verbosity, set_already=config.get("loggers", ()))
    listener.start()
    logs = Logs(buffer, mask, listener)
    logs.learn(loaded)
    for line in left_out:
        log.warning("%s", line)
    return logs


class _QueueHandler(logging.handlers.QueueHandler):
    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        """Return a copy with the traceback still separate: masking has turned it into text."""
        return copy.copy(record)


def _set_levels(verbosity: int, api_verbosity: str, *, set_already: Container[str]) -> None:
    logging.root.setLevel(logging.DEBUG if verbosity else logging.INFO)
    for name, needed in _LIBRARIES.items():
        if name in set_already:
            continue
        logging.getLogger(name).setLevel(logging.DEBUG if verbosity >= needed else logging.INFO)
    logging.getLogger("aiohttp.access").setLevel(logging.INFO if api_verbosity == "info" else logging.ERROR)


def _console(colour: bool) -> logging.Handler:
    handler = console()
    handler.setFormatter(_ColourFormatter(FORMAT) if colour else logging.Formatter(FORMAT))
    return handler


class _ColourFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        colour = _COLOURS.get(record.levelno)
        return f"\x1b[{colour}m{text}\x1b[0m" if colour else text


def file_handler(name: str) -> logging.Handler:
    kind, *address = name.split(":")
    try:
        if kind in ("syslog", "journald"):
            return _syslog(address)
        handler = LogFile(name)
    except OSError as error:
        raise ConfigurationError(f"logfile: {name}: cannot be written: {error.strerror or error}") from None
    handler.setFormatter(logging.Formatter(FORMAT))
    return handler


def _syslog(address: list[str]) -> logging.Handler:
    """Log to the system: `syslog`, `syslog:/path`, `syslog:host:port`; journald reads /dev/log, too."""
    target: str | tuple[str, int] = address[0] if address else "/dev/log"
    if len(address) > 1 and address[1].isdigit():
        target = (address[0], int(address[1]))
    handler = logging.handlers.SysLogHandler(target)
    handler.setFormatter(logging.Formatter("%(name)s - %(levelname)s - %(message)s"))
    return handler
