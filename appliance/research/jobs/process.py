"""Start the process of a job, listen to it, and say how it ended."""

import asyncio
import logging
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from typing import IO

import msgspec

from appliance.research.jobs.messages import (
    Done,
    Failed,
    Given,
    Limits,
    Logged,
    Message,
    Order,
    decode,
    encode,
)
from appliance.research.jobs.worker import BEGINNING
from appliance.threads import for_jobs

log = logging.getLogger(__name__)

LONGEST_LINE = 1024 * 1024
"""Bytes of a message."""
GRACE_SECONDS = 3.0
"""How long a process that is stopped may take to remove its temporary files."""
LAST_WORDS_SECONDS = 5.0
"""How long messages of a process that has ended are waited for."""
BAD_GATEWAY = 502
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}
"""More do not speed up indicators, and a process with threads cannot be forked."""


class JobProcess:
    """Run one order in a process and a session of its own; `heard` gets what it reports."""

    def __init__(
        self, order: Order, limits: Limits, result: IO[bytes], heard: Callable[[Message], None]
    ) -> None:
        self._given = Given(order=order, limits=limits, level=log.getEffectiveLevel())
        self._result = result
        self._heard = heard
        self._ending: Done | Failed | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped: str | None = None
        self.ended = asyncio.Event()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def run(self) -> Done | Failed:
        """Run it to its end, whatever that is."""
        try:
            return await self._run()
        except (OSError, RecursionError) as error:  # no process can be had, or it is told too much
            return Failed(f"The process of the job could not be started: {error}", BAD_GATEWAY)
        finally:
            self._kill()
            self.ended.set()

    def stop(self, why: str) -> None:
        """Have it end, at the latest after a few seconds; `why` is a sentence."""
        if self._stopped is None:
            self._stopped = why
            self._signal(signal.SIGTERM)
            asyncio.get_running_loop().call_later(GRACE_SECONDS, self._kill)

    async def _run(self) -> Done | Failed:
        reading, writing = os.pipe()
        try:
            self._process = process = await for_jobs(self._started, writing)
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        if self._stopped is not None:  # before it was there
            self._signal(signal.SIGTERM)
        listening = asyncio.create_task(self._listen(reading), name="job")
        limit = asyncio.get_running_loop().call_later(self._given.limits.seconds, self._time_is_up)
        try:
            status = await _end_of(process)
            await asyncio.wait({listening}, timeout=LAST_WORDS_SECONDS)
        finally:
            limit.cancel()
            listening.cancel()
        if self._stopped is not None:
            return Failed(self._stopped, BAD_GATEWAY)
        return self._ending or Failed(_fate(status), BAD_GATEWAY)

    def _started(self, messages: int) -> "subprocess.Popen[bytes]":
        """Start the process, in a thread that lives on: when it ends, so does the process.

        The interpreter is held for a fraction of a millisecond, as no memory is copied. uvloop's own way
        forks, which blocks the event loop the longer, the more memory the server has.
        """
        result = self._result.fileno()
        numbers = (os.getpid(), messages, result)
        with tempfile.TemporaryFile() as order:
            order.write(encode(self._given))
            order.seek(0)
            return subprocess.Popen(
                [sys.executable, "-c", BEGINNING, os.pathsep.join(sys.path), os.pathsep, *map(str, numbers)],
                stdin=order,
                pass_fds=(messages, result),
                start_new_session=True,
                env={**os.environ, **_ONE_THREAD},
            )

    async def _listen(self, descriptor: int) -> None:
        reader = asyncio.StreamReader(limit=LONGEST_LINE)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(descriptor, "rb", buffering=0)
        )
        try:
            while line := await reader.readline():
                self._take(decode(line))
        except (ValueError, msgspec.DecodeError) as error:
            log.error("A job sent what is no message: %s", error)
            self.stop("The process of the job sent what is no message")
        finally:
            transport.close()

    def _take(self, message: Message) -> None:
        if isinstance(message, Logged):
            logging.getLogger(message.name).log(message.level, "%s", message.text)
        elif isinstance(message, Done | Failed):
            self._ending = message
        else:
            self._heard(message)

    def _time_is_up(self) -> None:
        seconds = self._given.limits.seconds
        self.stop(f"Stopped after {seconds:g} seconds, the longest it may take")

    def _kill(self) -> None:
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        """Send a signal to the process and its forks, unless it has ended: its id may be another's by now."""
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)


async def _end_of(process: "subprocess.Popen[bytes]") -> int:
    """Wait until a process has ended, and end what it has forked.

    Return its exit status, or the number of the signal below 0.
    """
    try:
        descriptor = os.pidfd_open(process.pid)
    except (AttributeError, OSError):  # systems other than Linux
        return await asyncio.to_thread(process.wait)
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    loop.add_reader(descriptor, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)
    with suppress(ProcessLookupError, PermissionError):  # not waited for: the id is still its own
        os.killpg(process.pid, signal.SIGKILL)
    return process.wait()


def _fate(status: int) -> str:
    """Say how a process ended that said nothing itself."""
    if status >= 0:
        return f"The process of the job ended with exit status {status} before it was done"
    name = signal.Signals(-status).name if -status in set(signal.Signals) else f"signal {-status}"
    if -status == signal.SIGKILL:
        return (
            "The process of the job was killed (SIGKILL): the machine ran out of memory, or somebody ended it"
        )
    return f"The process of the job crashed ({name}), most likely in a library that the strategy uses"
