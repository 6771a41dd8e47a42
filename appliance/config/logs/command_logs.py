"""Set up the log of a command that ends by itself: what users should see, on standard error."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from appliance.config.loading import LoadedSettings
from appliance.config.logs.setup import CleaningFilter, file_handler
from appliance.config.secrets import Mask

_NAMES = {logging.WARNING: "warning", logging.ERROR: "error", logging.CRITICAL: "error"}


class _Lines(logging.Handler):
    """Write plain lines, to whatever standard error is by then: progress bars move aside."""

    def emit(self, record: logging.LogRecord) -> None:
        name = _NAMES.get(record.levelno, record.levelname.lower())
        text = f"{name}: {record.getMessage()}" + (f"\n{record.exc_text}" if record.exc_text else "")
        if sys.stderr is not None:
            sys.stderr.write(text + "\n")


@contextmanager
def command_logs(loaded: LoadedSettings) -> Iterator[None]:
    """Show warnings; with -v everything. All of it goes to `logfile`, too. No thread is started.

    Raises `ConfigurationError` if the log file cannot be written.
    """
    settings, mask = loaded.settings, Mask()
    mask.learn(loaded.gathered.values)
    lines = _Lines(logging.WARNING if not settings.verbosity else logging.NOTSET)
    handlers: list[logging.Handler] = [lines]
    if settings.logfile:
        handlers.append(file_handler(settings.logfile))
    for handler in handlers:
        handler.addFilter(CleaningFilter(mask))
    before, logging.root.handlers[:] = list(logging.root.handlers), handlers
    logging.root.setLevel(logging.DEBUG if settings.verbosity > 1 else logging.INFO)
    for name in ("asyncio", "ccxt"):
        logging.getLogger(name).setLevel(logging.DEBUG if settings.verbosity > 2 else logging.INFO)
    try:
        yield
    finally:
        logging.root.handlers[:] = before
        for handler in handlers:
            handler.close()
