"""Start programs from a process that has imported the libraries already: real processes, ready sooner.

Importing pandas, ccxt, TA-Lib and aiohttp is half of what a start costs. `Preloaded` has one process that has
done so (`python -m tests.support.processes.preloaded`) and forks each program. The program's own modules are
imported by each process itself.
"""

import asyncio
import importlib
import json
import os
import random
import runpy
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
LIBRARIES = "aiohttp aiosqlite click jinja2 aiohttp_jinja2 jwt msgspec numpy pandas talib.abstract uvloop"
EXCHANGE = "binance"
_POLL_SECONDS = 0.02


class Process:
    """Stand for a program that `Preloaded` has forked, as `asyncio.subprocess.Process` does."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    async def wait(self) -> int:
        while self.returncode is None:
            await asyncio.sleep(_POLL_SECONDS)
        return self.returncode


class Preloaded:
    """Hold the process that forks; ask it from any thread."""

    def __init__(self) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.support.processes.preloaded"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        self._asking, self._started = threading.Lock(), threading.Semaphore(0)
        self._newest: list[Process] = []
        self._running: dict[int, Process] = {}
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        """End the process that forks; it kills what still runs."""
        assert self._server.stdin is not None
        self._server.stdin.close()
        self._server.wait()

    def start(
        self, arguments: Sequence[str], *, folder: Path, output: Path, environment: Mapping[str, str]
    ) -> Process:
        """Fork `python -m` these arguments; what it prints is added to a file."""
        asked = {
            "arguments": list(arguments),
            "folder": str(folder),
            "output": str(output),
            "environment": dict(environment),
        }
        with self._asking:
            assert self._server.stdin is not None
            print(json.dumps(asked), file=self._server.stdin, flush=True)
            assert self._started.acquire(timeout=60), "the process that forks does not answer"
            return self._newest.pop()

    def _listen(self) -> None:
        assert self._server.stdout is not None
        for line in self._server.stdout:
            told = json.loads(line)
            if told["status"] is None:
                process = self._running[told["pid"]] = Process(told["pid"])
                self._newest.append(process)
                self._started.release()
            else:
                self._running.pop(told["pid"]).returncode = told["status"]


@cache
def preloaded() -> Preloaded:
    """Return the one of this process, started with the first question."""
    return Preloaded()


def close_preloaded() -> None:
    """End the one of this process, if there is one."""
    if preloaded.cache_info().currsize:
        preloaded().close()
        preloaded.cache_clear()


def main() -> None:
    for name in LIBRARIES.split():
        importlib.import_module(name)
    from appliance.exchange.ccxt_import import exchange_class

    exchange_class(EXCHANGE)
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(writing)
    running: set[int] = set()
    while True:
        ready, _, _ = select.select([sys.stdin, reading], [], [])
        if reading in ready:
            os.read(reading, 1024)
            for pid, status in _ended():
                running.discard(pid)
                _tell(pid, status)
        if sys.stdin in ready:
            line = sys.stdin.readline()
            if not line:
                break
            pid = os.fork()
            if pid == 0:
                _be(json.loads(line))
            running.add(pid)
            _tell(pid, None)
    for pid in running:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _ended() -> list[tuple[int, int]]:
    found = []
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if not pid:
            return found
        found.append((pid, os.waitstatus_to_exitcode(status)))


def _tell(pid: int, status: int | None) -> None:
    print(json.dumps({"pid": pid, "status": status}), flush=True)


def _be(asked: dict[str, Any]) -> None:
    """Become the program, as if it had been started by itself."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["folder"])
    output = os.open(asked["output"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for number, file in ((0, os.open(os.devnull, os.O_RDONLY)), (1, output), (2, output)):
        os.dup2(file, number)
    os.closerange(3, 256)
    sys.stdin = open(0)  # noqa: SIM115 -- open until the process ends
    sys.stdout, sys.stderr = (open(number, "w", buffering=1) for number in (1, 2))  # noqa: SIM115
    for name in [name for name in sys.modules if name.partition(".")[0] in ("appliance", "tests")]:
        del sys.modules[name]
    random.seed()
    program, *arguments = asked["arguments"]
    sys.argv = [program, *arguments]
    status: Any = 1
    try:
        runpy.run_module(program, run_name="__main__", alter_sys=True)
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    finally:
        sys.stdout.flush()
        os._exit(status)


if __name__ == "__main__":
    main()
