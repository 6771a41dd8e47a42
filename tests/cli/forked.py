"""Run many command lines, each in a process of its own, without importing everything each time.

`python -m tests.cli.forked` reads JSON from standard input: a list of argument lists, and where to run them.
It answers for each with status, output and errors. Started by setpriv it has no more rights than anybody.
What goes on and on, since it trades, is asked to end.
"""

import json
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

ENOUGH_SECONDS = 4


def run(arguments: list[str], folder: str, closed: list[int], *, remove_folder: bool) -> dict[str, Any]:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            _be_the_command(arguments, folder, closed, out.fileno(), err.fileno(), remove_folder)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        out.seek(0)
        err.seek(0)
        output = {"out": out.read().decode(errors="replace"), "err": err.read().decode(errors="replace")}
    return {"status": status, **output}


def _be_the_command(
    arguments: list[str], folder: str, closed: list[int], out: int, err: int, remove_folder: bool
) -> None:
    from appliance.cli.main import main

    signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    if arguments[0] == "trade":
        signal.setitimer(signal.ITIMER_REAL, ENOUGH_SECONDS, ENOUGH_SECONDS)
    os.chdir(folder)
    if remove_folder:
        os.rmdir(folder)
    null = os.open(os.devnull, os.O_RDONLY)
    for number, file in ((0, null), (1, out), (2, err)):
        os.dup2(file, number)
    for number in closed:
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
    asked = json.load(sys.stdin)
    answers = []
    for arguments in asked["commands"]:
        if asked["remove_folder"]:
            Path(asked["folder"]).mkdir(exist_ok=True)
        answers.append(run(arguments, asked["folder"], asked["closed"], remove_folder=asked["remove_folder"]))
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
