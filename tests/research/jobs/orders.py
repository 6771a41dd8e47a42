"""What jobs of these tests do, in their processes."""

import ctypes
import json
import logging
import os
import signal
import sys
import time
from pathlib import Path

from appliance.domain.errors import ConfigurationError, NotFound


def answer(arguments, report):
    report.begin("Thinking", 4)
    report.advance(1)
    report.note("trades", 3)
    logging.getLogger("strategy").warning("thinking about %s", arguments["of"])
    return json.dumps({"of": arguments["of"], "nice": os.nice(0), "parent": os.getppid()}).encode()


def large(arguments, report):
    return b"x" * arguments["bytes"]


def refuse(arguments, report):
    raise ConfigurationError("timeframe: expected 5m, found 5x")


def find_nothing(arguments, report):
    raise NotFound("No strategy Nothing")


def break_down(arguments, report):
    return {}["missing"]


def exit_early(arguments, report):
    os._exit(3)


def crash(arguments, report):
    ctypes.string_at(0)


def use_much_memory(arguments, report):
    return bytes(arguments["bytes"])


def say_nonsense(arguments, report):
    os.write(int(sys.argv[4]), b"nonsense\n")
    wait(arguments, report)


def ignore_signals(arguments, report):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    wait(arguments, report)


def wait(arguments, report):
    """Wait until somebody ends this process; its id and that of its fork go into a file."""
    forked = os.fork()
    if not forked:
        time.sleep(600)
        os._exit(0)
    file = arguments.get("file")
    try:
        if file:
            Path(f"{file}.draft").write_text(json.dumps([os.getpid(), forked]))
            Path(f"{file}.draft").rename(file)
        report.begin("Waiting", 10)
        report.advance(5)
        time.sleep(600)
    finally:
        if file:
            Path(f"{file}.cleaned").write_text("")
