"""Run one order: what the process of a job does, from its start to its end."""

import importlib
import logging
import os
import signal
import sys
import traceback
from http import HTTPStatus
from typing import Any, NoReturn

from appliance.domain.errors import ApplianceError
from appliance.research.jobs.bounds import bind
from appliance.research.jobs.messages import Done, Failed, Given, Message, Order, decode_given
from appliance.research.jobs.report import Channel, Report, ToServer

log = logging.getLogger(__name__)

BEGINNING = (
    "import sys\n"
    "sys.path[:] = sys.argv[1].split(sys.argv[2])\n"
    "from appliance.research.jobs.worker import main\n"
    "main(*map(int, sys.argv[3:]))\n"
)
"""What a new Python begins with: the import path of the server, its separator; then what `main` takes."""


def main(parent: int, messages: int, result: int) -> NoReturn:
    """Carry out the order on standard input. `messages` and `result` are the descriptors to write to."""
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the server, which ends its jobs
    given = decode_given(sys.stdin.buffer.read())
    bind(given.limits, parent)
    channel = Channel(messages)
    logging.root.handlers[:] = [ToServer(channel)]
    logging.root.setLevel(given.level)
    channel.send(_carried_out(given, Report(channel), result))
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(0)  # threads of libraries are not waited for


def _stop(*_: Any) -> NoReturn:
    """End by an exception, so that temporary files are removed on the way."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit(128 + signal.SIGTERM)


def _carried_out(given: Given, report: Report, result: int) -> Message:
    try:
        content = memoryview(_function(given.order)(given.order.arguments, report))
        while content:
            content = content[os.write(result, content) :]
    except ApplianceError as error:
        return Failed(str(error), error.http_status)
    except MemoryError:
        return Failed(_out_of_memory(given.limits.memory), HTTPStatus.BAD_GATEWAY)
    except Exception as error:  # the edge of the process
        log.exception("A job failed")
        return Failed(_sentence(error), HTTPStatus.BAD_GATEWAY)
    return Done()


def _function(order: Order) -> Any:
    module, _, name = order.function.partition(":")
    return getattr(importlib.import_module(module), name)


def _out_of_memory(limit: int) -> str:
    more = f" (a job may take {limit / 1024**3:.1f} GB: research.job_memory_mb)" if limit else ""
    return f"Not enough memory{more}: choose fewer pairs or a shorter range"


def _sentence(error: Exception) -> str:
    """Return what failed and where, in one line."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({frames[-1].filename}, line {frames[-1].lineno})" if frames else ""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}{': ' if text else ''}{text}{where}"
