"""Define what a job's process is told, and what it tells the server, as lines of JSON."""

from typing import Any

import msgspec
from msgspec import Struct


class Limits(Struct, frozen=True, kw_only=True):
    """Limit a job: seconds until it is stopped, bytes of memory of each of its processes (0: no limit).

    `nice` is by how much its processes make way for others.
    """

    seconds: float
    memory: int = 0
    nice: int = 10


class Order(Struct, frozen=True, kw_only=True):
    """State what a job's process does: `function` is "package.module:name", `arguments` is JSON.

    The function gets the arguments and a `Report`, and returns the job's result as bytes. It raises
    `ApplianceError` for what the user has to change.
    """

    function: str
    arguments: dict[str, Any] = {}


class Given(Struct, frozen=True, kw_only=True):
    """Hold all that a process gets at its start; `level` is that of the log."""

    order: Order
    limits: Limits
    level: int


class Step(Struct, frozen=True, tag="step"):
    """Say how far a step of the job has come; steps with different keys are under way side by side."""

    key: str
    description: str
    progress: float
    total: float


class StepEnded(Struct, frozen=True, tag="step ended"):
    key: str


class Note(Struct, frozen=True, tag="note"):
    """State a figure of the work, such as the number of trades."""

    name: str
    value: float


class Logged(Struct, frozen=True, tag="logged"):
    name: str
    level: int
    text: str


class Done(Struct, frozen=True, tag="done"):
    """Say that the result is written."""


class Failed(Struct, frozen=True, tag="failed"):
    """Say in one sentence why there is no result; `status` is the error's HTTP status."""

    error: str
    status: int


Message = Step | StepEnded | Note | Logged | Done | Failed

encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Message).decode
decode_given = msgspec.json.Decoder(Given).decode
