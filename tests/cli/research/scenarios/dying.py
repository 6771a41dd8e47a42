"""Run commands in forks that are killed where they are told: `python -m tests.cli.research.scenarios.dying`.

Each line of standard input asks for one run: `arguments`, and `step` (the fork kills itself before its n-th
change of a file below `folder`) or `seconds` (it is killed that much later), or neither. Each is answered by
a line: `status` (that of the process), `seconds` it took, `steps` it made if it was to make some, and whether
`survivors` were left, processes that the fork had started.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PATIENCE = 30.0
CHANGES = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.link", "os.truncate"}
"""What Python reports before it changes files."""


def main() -> None:
    _import_all()
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)


def run(asked: dict[str, Any]) -> dict[str, Any]:
    """Run a command in a fork, to its end or not."""
    begun = time.monotonic()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _be_the_command(asked, writing)
    os.close(writing)
    if "seconds" in asked:
        time.sleep(asked["seconds"])
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    seconds = time.monotonic() - begun
    with os.fdopen(reading, "rb") as steps:
        count = len(steps.read())
    return {
        "status": os.waitstatus_to_exitcode(status),
        "seconds": seconds,
        "steps": count,
        "survivors": not _is_gone(child),
    }


def _be_the_command(asked: dict[str, Any], steps: int) -> None:
    from appliance.cli.main import main as appliance

    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    if "step" in asked:
        sys.addaudithook(_dying_at(asked["step"], asked["folder"], lambda: os.write(steps, b".")))
    try:
        appliance(asked["arguments"])
    except SystemExit as ended:
        os._exit(ended.code if isinstance(ended.code, int) else 1)
    finally:
        os._exit(99)


def _dying_at(step: int, folder: str, tell: Callable[[], object]) -> Callable[[str, tuple], None]:
    """Return a hook that ends this process (not its children) before the n-th change below the folder."""
    left, me = [step], os.getpid()

    def hook(event: str, arguments: tuple) -> None:
        if event not in CHANGES or os.getpid() != me or not str(arguments[0]).startswith(folder):
            return
        if event == "open" and not arguments[2] & (os.O_WRONLY | os.O_RDWR):
            return
        if not left[0]:
            os.kill(me, signal.SIGKILL)
        left[0] -= 1
        tell()

    return hook


def _is_gone(group: int) -> bool:
    """Return whether all processes of a group end within a time that is long enough for any machine."""
    until = time.monotonic() + PATIENCE
    while any(_runs_in(group, file) for file in Path("/proc").glob("[0-9]*/stat")):
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def _runs_in(group: int, file: Path) -> bool:
    try:
        state, _, process_group = file.read_text().rpartition(")")[2].split()[:3]
    except OSError:
        return False
    return int(process_group) == group and state != "Z"


def _import_all() -> None:
    """Import what the command imports late: a fork has it then."""
    import pandas  # noqa: F401

    import appliance.cli.main as cli

    for name in list(cli._COMMANDS):
        cli._appliance.get_command(None, name)


if __name__ == "__main__":
    main()
