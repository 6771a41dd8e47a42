"""What runs in a worker of Dask: it keeps a bundle on disk and a host for it, and passes epochs on."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from multiprocessing.connection import Client
from pathlib import Path
from typing import Any

from distributed import WorkerPlugin

from appliance.domain.errors import ApplianceError, StrategyError
from appliance.research.hyperopt.cluster.bundle import Bundle, unpack
from appliance.research.hyperopt.cluster.host import SOCKET
from appliance.research.hyperopt.epoch import Epoch, Lost
from appliance.research.hyperopt.spaces.space import Params

_hosts: dict[str, "_Host"] = {}
"""The searches that this process can evaluate, by key."""


class Held(WorkerPlugin):
    """Give every worker a bundle: those that are there, and those that come."""

    def __init__(self, bundle: Bundle) -> None:
        self.name = f"appliance-{bundle.key}"
        self._bundle = bundle

    def setup(self, worker: Any) -> None:
        """Keep the bundle."""
        _hosts[self._bundle.key] = _Host(self._bundle)

    def teardown(self, worker: Any) -> None:
        """Remove it."""
        host = _hosts.pop(self._bundle.key, None)
        if host is not None:
            host.end()


def evaluate(key: str, number: int, params: Params) -> Epoch | Lost:
    """Evaluate an epoch in this worker. Raises ApplianceError where strategy or loss fail."""
    return _hosts[key].evaluate(number, params)


class _Host:
    """Hold the process that evaluates; it starts with the first epoch, and again if it was killed."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._folder = Path(tempfile.mkdtemp(prefix="search-"))
        self._process: subprocess.Popen[str] | None = None
        self._starting = threading.Lock()

    def evaluate(self, number: int, params: Params) -> Epoch | Lost:
        try:
            with Client(str(self._running() / SOCKET), "AF_UNIX") as host:
                host.send((number, params))
                answer: Epoch | Lost | ApplianceError = host.recv()
        except (EOFError, OSError):
            return Lost("its process was killed")
        if isinstance(answer, ApplianceError):
            raise answer
        return answer

    def end(self) -> None:
        """End the process, and remove the bundle."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _running(self) -> Path:
        """Return the folder of a running host. Raises StrategyError if it cannot start."""
        with self._starting:
            if self._process is None or self._process.poll() is not None:
                self._start()
        return self._folder

    def _start(self) -> None:
        if self._process is None:
            unpack(self._bundle, self._folder)
        with suppress(FileNotFoundError):
            (self._folder / SOCKET).unlink()
        process = subprocess.Popen(
            [sys.executable, "-m", "appliance.research.hyperopt.cluster.host", str(self._folder)],
            stdin=subprocess.PIPE,  # ends with this process
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OPENBLAS_NUM_THREADS": "1"},
            text=True,
        )
        assert process.stdout is not None
        line = process.stdout.readline()
        said = json.loads(line) if line else {"error": "the process that evaluates epochs ended at once"}
        if "error" in said:
            process.kill()
            process.wait()
            raise StrategyError(said["error"])
        self._process = process
