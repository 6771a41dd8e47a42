"""Hold a job: what it is, how far it has come, what came of it."""

import asyncio
import os
import tempfile
from datetime import UTC, datetime
from enum import StrEnum
from typing import IO, Literal
from uuid import uuid4

from appliance.domain.errors import NotFound
from appliance.research.jobs.messages import Failed, Message, Note, Step, StepEnded

Kind = Literal["pairlist", "download_data", "backtest", "lookahead_analysis", "recursive_analysis", "replay"]
"""What a job does, in the words of clients (`job_category`)."""


class Status(StrEnum):
    """The states of a job in the words of clients: pending also while it runs."""

    PENDING = "pending"
    SUCCESS = "success"
    FAILED = "failed"


def content_of(file: IO[bytes]) -> bytes:
    """Read a whole file, whatever its position: that is shared with the process that wrote it."""
    number = file.fileno()
    return os.pread(number, os.fstat(number).st_size, 0)


class Job:
    """Hold a job; `title` says of what. Its result is in a file without a name, gone with the job."""

    def __init__(self, kind: Kind, title: str = "") -> None:
        self.id = str(uuid4())
        self.kind = kind
        self.title = title
        self.begun = datetime.now(UTC)
        self.done: datetime | None = None
        self.status = Status.PENDING
        self.steps: dict[str, Step] = {}
        self.notes: dict[str, float] = {}
        self.failure: Failed | None = None
        self.ended = asyncio.Event()
        self.file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 -- it lives as long as the job

    @property
    def is_running(self) -> bool:
        return not self.ended.is_set()

    @property
    def error(self) -> str | None:
        """Why there is no result, in one sentence."""
        return self.failure.error if self.failure else None

    @property
    def progress(self) -> float | None:
        """The share of all current steps that is done, 0 to 1; None where that is not known."""
        total = sum(step.total for step in self.steps.values())
        done = sum(min(step.progress, step.total) for step in self.steps.values())
        return done / total if total > 0 else None

    def hear(self, message: Message) -> None:
        """Note what its process reports."""
        match message:
            case Step():
                self.steps[message.key] = message
            case StepEnded():
                self.steps.pop(message.key, None)
            case Note():
                self.notes[message.name] = message.value
            case _:
                pass

    def end(self, failure: Failed | None) -> None:
        """Note how it ended."""
        self.failure = failure
        self.status = Status.FAILED if failure else Status.SUCCESS
        self.done = datetime.now(UTC)
        self.ended.set()

    def read(self) -> bytes:
        """Read the result, in a thread: it may be large. Raises NotFound where there is none (any more)."""
        if self.status is not Status.SUCCESS or self.file.closed:
            raise NotFound("This job has no result")
        return content_of(self.file)
