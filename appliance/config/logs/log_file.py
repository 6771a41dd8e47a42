"""Write the log file: readable by its owner only, rotated by size, reopened if others rotate it."""

import logging.handlers
import os
import stat
import sys
import time
from pathlib import Path
from typing import Any

_FILE_BYTES = 10 * 1024 * 1024
_FILES = 10
_RETRY_SECONDS = 10.0
_MODE = 0o600


class LogFile(logging.handlers.RotatingFileHandler):
    """Keep ten old files of 10 MB beside the newest, named `.1` to `.10`; only their owner can read them.

    A file that is removed, replaced or moved away (logrotate) is opened again. While it cannot be written,
    lines are lost; standard error reports it once. Raises OSError at the start.
    """

    def __init__(self, name: str) -> None:
        self._error = ""
        self._not_before = 0.0
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        super().__init__(name, maxBytes=_FILE_BYTES, backupCount=_FILES, encoding="utf-8", errors="replace")
        for number in range(1, _FILES + 1):
            close_to_others(f"{self.baseFilename}.{number}")

    def _open(self) -> Any:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        number = os.open(self.baseFilename, flags, _MODE)
        try:
            found = os.fstat(number)
            if stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid() and found.st_mode & 0o077:
                os.fchmod(number, _MODE)
            return open(number, self.mode, encoding=self.encoding, errors=self.errors)
        except BaseException:
            os.close(number)
            raise

    def emit(self, record: logging.LogRecord) -> None:
        if self.stream is None and time.monotonic() < self._not_before:
            return
        try:
            self._reopen_if_moved()
            if self.stream is None:
                self.stream = self._open()
            if self.shouldRollover(record):
                self.doRollover()
            self.stream.write(self.format(record) + self.terminator)
            self.stream.flush()
            self._error = ""
        except (OSError, ValueError) as error:
            self._pause(error)

    def _reopen_if_moved(self) -> None:
        """Reopen the file if its name refers to another file, or to none."""
        if self.stream is None:
            return
        try:
            named = os.stat(self.baseFilename)
        except FileNotFoundError:
            named = None
        opened = os.fstat(self.stream.fileno())
        if named is None or (named.st_dev, named.st_ino) != (opened.st_dev, opened.st_ino):
            self._drop()
            Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True)

    def _pause(self, error: Exception) -> None:
        self._drop()
        self._not_before = time.monotonic() + _RETRY_SECONDS
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        if why != self._error:
            self._error = why
            sys.stderr.write(f"The log file {self.baseFilename} cannot be written: {why}; trying again\n")

    def _drop(self) -> None:
        stream, self.stream = self.stream, None
        try:
            if stream is not None:
                stream.close()
        except OSError:
            pass  # its unwritten lines are lost


def close_to_others(name: str) -> None:
    """Remove the permissions of other users from a file, if it is ours."""
    try:
        found = os.lstat(name)
        if stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid() and found.st_mode & 0o077:
            os.chmod(name, _MODE)
    except OSError:
        pass  # it does not exist, or it is not ours
