"""Tell the server from a job's process how far it has come."""

import logging
import os
from time import monotonic

from appliance.research.jobs.messages import Logged, Message, Note, Step, StepEnded, encode

PAUSE_SECONDS = 0.2
"""Between two messages about one step."""
LONGEST_TEXT = 20_000


class Channel:
    """Send messages. It is of use to the process that made it only, not to its forks."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._process = os.getpid()

    def send(self, message: Message) -> None:
        """Write a line; where the server is gone, the process ends."""
        if os.getpid() != self._process:
            return
        line = memoryview(encode(message) + b"\n")
        try:
            while line:
                line = line[os.write(self._descriptor, line) :]
        except OSError:
            os._exit(1)


class Report:
    """Report steps. It is the `Progress` of a backtest, whose steps follow each other."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._sent_at: dict[str, float] = {}
        self._noted_at: dict[str, float] = {}
        self._title, self._total, self._number = "", 0.0, 0

    def begin(self, title: str, total: float) -> None:
        """Begin a step; the one before has ended."""
        if self._number:
            self.end(str(self._number))
        self._number += 1
        self._title, self._total = title, total
        self.step(str(self._number), title, 0, total)

    def advance(self, done: float) -> None:
        """Say how much of its total is done."""
        self.step(str(self._number), self._title, done, self._total)

    def step(self, key: str, description: str, done: float, total: float) -> None:
        """Say how far one of several steps has come; not more often than is of use."""
        now = monotonic()
        if done < total and now - self._sent_at.get(key, -PAUSE_SECONDS) < PAUSE_SECONDS:
            return
        if done:
            self._sent_at[key] = now
        self._channel.send(Step(key, description, float(done), float(total)))

    def end(self, key: str) -> None:
        """Say that a step has ended: it is not shown any more."""
        self._sent_at.pop(key, None)
        self._channel.send(StepEnded(key))

    def note(self, name: str, value: float) -> None:
        """State a figure of the work; not more often than is of use."""
        now = monotonic()
        if now - self._noted_at.get(name, -PAUSE_SECONDS) >= PAUSE_SECONDS:
            self._noted_at[name] = now
            self._channel.send(Note(name, float(value)))


class ToServer(logging.Handler):
    """Pass log lines on to the server's log."""

    def __init__(self, channel: Channel) -> None:
        super().__init__()
        self._channel = channel

    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record) if record.exc_info else record.getMessage()
        self._channel.send(Logged(record.name, record.levelno, text[:LONGEST_TEXT]))
