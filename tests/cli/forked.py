"""Run many command lines, each in a process of its own, without importing everything each time.

`python -m tests.cli.forked` reads lines of JSON from standard input: a list of argument lists, where to run
them, and what their environment has besides. It answers each line with status, output and errors of every
command. Started by setpriv it has no more rights than anybody. What trades is asked to end, since it would go
on and on.
"""

import gc
import importlib
import json
import os
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ENOUGH_SECONDS = 4
"""After which `trade` is asked to end in any case."""
TRADES = b"Bot heartbeat"
POLL_SECONDS, MOST_READ = 0.005, 100_000
LATE = (
    "appliance.cli.run",
    "appliance.cli.server_start",
    "appliance.server.app",
    "appliance.storage.store",
    "pandas",
    "talib.abstract",
)
"""What `trade` and `list-strategies` import only once they run."""


def run(arguments: list[str], asked: dict[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            _be_the_command(arguments, asked, out.fileno(), err.fileno())
        status = _ended(child, err.fileno())
        out.seek(0)
        err.seek(0)
        output = {"out": out.read().decode(errors="replace"), "err": err.read().decode(errors="replace")}
    return {"status": status, **output}


def _ended(child: int, output: int) -> int:
    """Return the status of a command; one that trades, as its output says, is asked to end."""
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if TRADES in os.pread(output, MOST_READ, 0):
            os.kill(child, signal.SIGTERM)
            return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        time.sleep(POLL_SECONDS)


def _be_the_command(arguments: list[str], asked: dict[str, Any], out: int, err: int) -> None:
    from appliance.cli.main import main

    os.environ.update(asked["environment"])
    signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    if arguments[0] == "trade":
        signal.setitimer(signal.ITIMER_REAL, ENOUGH_SECONDS, ENOUGH_SECONDS)
    os.chdir(asked["folder"])
    if asked["remove_folder"]:
        os.rmdir(asked["folder"])
    null = os.open(os.devnull, os.O_RDONLY)
    for number, file in ((0, null), (1, out), (2, err)):
        os.dup2(file, number)
    for number in asked["closed"]:
        reading, writing = os.pipe()
        os.close(reading)
        os.dup2(writing, number)
    try:
        main(arguments)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:
        import traceback

        traceback.print_exc()
        code = 99
    try:
        sys.stdout.flush()
    except OSError:
        code = 98
    os._exit(code)


def main() -> None:
    import appliance.cli.main as cli

    for name in list(cli._COMMANDS):
        cli._appliance.get_command(None, name)
    for name in LATE:
        importlib.import_module(name)
    gc.freeze()  # a child's collector does not touch, and so copy, what was made here
    for line in sys.stdin:
        asked = json.loads(line)
        answers = []
        for arguments in asked["commands"]:
            if asked["remove_folder"]:
                Path(asked["folder"]).mkdir(exist_ok=True)
            answers.append(run(arguments, asked))
        print(json.dumps(answers), flush=True)


if __name__ == "__main__":
    main()
