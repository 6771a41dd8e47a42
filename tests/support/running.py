"""Start the program and an exchange as real processes, and talk to them as a user would."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.support.processes.preloaded import Process, preloaded

USER, PASSWORD = "trader", "a-password-for-tests-only"
CREDENTIALS = aiohttp.encode_basic_auth(USER, PASSWORD)
PATIENCE = 60.0
"""Seconds that anything may take on a machine that is busy with other tests."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def api_settings(port: int) -> dict[str, Any]:
    return {
        "enabled": True,
        "listen_ip_address": "127.0.0.1",
        "listen_port": port,
        "username": USER,
        "password": PASSWORD,
        "jwt_secret_key": "a-secret-for-tests-only-0123456789abcdef",
        "ws_token": "a-ws-token-for-tests-only",
    }


def simulated_config(port: int, **changes: Any) -> dict[str, Any]:
    """A configuration for the embedded market, at a pace that opens and closes trades within seconds."""
    return {
        "dry_run": True,
        "dry_run_wallet": 10_000,
        "stake_currency": "USDT",
        "stake_amount": 100,
        "max_open_trades": 5,
        "force_entry_enable": True,
        "entry_pricing": {"price_side": "other"},
        "exit_pricing": {"price_side": "other"},
        "unfilledtimeout": {"entry": 1, "exit": 1, "unit": "minutes"},
        "exchange": {
            "name": "simulated",
            "simulated": {"seed": 7, "speed": 120},
            "pair_whitelist": ["BTC/USDT", "ETH/USDT", "SOL/USDT", "XRP/USDT", "ADA/USDT"],
        },
        "pairlists": [{"method": "StaticPairList"}],
        "internals": {"process_throttle_secs": 0.5},
        "api_server": api_settings(port),
    } | changes


OURS = (sys.executable, "-m", "appliance")


class Program:
    """One run of `appliance trade`, or of another bot's `command`, in a folder of its own.

    `forked`: its process begins with the libraries imported, for tests that start many.
    """

    def __init__(
        self,
        folder: Path,
        config: dict[str, Any],
        *arguments: str,
        command: Sequence[str] = OURS,
        forked: bool = False,
    ) -> None:
        self.folder = folder
        self._command = command
        self._forked = forked
        self.port = config["api_server"]["listen_port"]
        self.url = f"http://127.0.0.1:{self.port}"
        self.config = config
        self._arguments = arguments
        self._process: asyncio.subprocess.Process | Process | None = None
        self.environment: dict[str, str] = {}
        """What the next start finds in its environment besides."""

    async def start(self) -> None:
        """Start the process and wait until its bot trades."""
        file = self.folder / "config.json"
        file.write_text(json.dumps(self.config))
        await self.launch("-c", str(file))
        await self.until(self.trades)

    async def launch(self, *arguments: str, command: str = "trade") -> asyncio.subprocess.Process | Process:
        environment = {**os.environ, "PYTHONUNBUFFERED": "1", **self.environment}
        if self._forked:
            self._process = await asyncio.to_thread(
                preloaded().start,
                ["appliance", command, *arguments, *self._arguments],
                folder=self.folder,
                output=self.folder / "output.txt",
                environment=environment,
            )
            return self._process
        with (self.folder / "output.txt").open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                command,
                *arguments,
                *self._arguments,
                cwd=self.folder,
                stdout=output,
                stderr=output,
                stdin=asyncio.subprocess.DEVNULL,
                env=environment,
            )
        return self._process

    @property
    def output(self) -> str:
        return (self.folder / "output.txt").read_text()

    def output_after(self, position: int) -> bytes:
        """Return what it has written from that byte on."""
        with (self.folder / "output.txt").open("rb") as output:
            output.seek(position)
            return output.read()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and return the exit status."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(number)
        return await asyncio.wait_for(self._process.wait(), PATIENCE)

    async def get(self, path: str, **parameters: Any) -> Any:
        return await self._call("GET", path, params=parameters)

    async def post(self, path: str, body: Any = None) -> Any:
        return await self._call("POST", path, json=body or {})

    async def delete(self, path: str) -> Any:
        return await self._call("DELETE", path)

    async def ended(self) -> int:
        """Wait until the process has ended by itself; return its status (below 0: the signal)."""
        assert self._process is not None
        return await asyncio.wait_for(self._process.wait(), PATIENCE)

    async def until(self, happened: Any, patience: float = PATIENCE) -> Any:
        """Wait until `happened()` returns something true, and return that."""
        async with asyncio.timeout(patience):
            while True:
                assert self._process is None or self._process.returncode is None, self.output
                found = await happened()
                if found:
                    return found
                await asyncio.sleep(0.1)

    async def until_said(self, words: str) -> None:
        """Wait until the output has these words: the log is written by a thread of its own."""

        async def said() -> bool:
            return words in self.output

        await self.until(said)

    async def _call(self, method: str, path: str, **options: Any) -> Any:
        async with (
            aiohttp.ClientSession(headers={"Authorization": CREDENTIALS}) as session,
            session.request(method, f"{self.url}/api/v1/{path}", **options) as response,
        ):
            return await response.json()

    async def answers(self) -> bool:
        """Tell whether the API answers at all."""
        try:
            return await self.get("ping") == {"status": "pong"}
        except (aiohttp.ClientError, OSError):
            return False

    async def trades(self) -> bool:
        """Tell whether the bot has finished a cycle."""
        try:
            return bool((await self.get("health")).get("last_process"))
        except (aiohttp.ClientError, OSError):
            return False


@asynccontextmanager
async def running(
    folder: Path,
    config: dict[str, Any],
    *arguments: str,
    command: Sequence[str] = OURS,
    forked: bool = False,
) -> AsyncIterator[Program]:
    """Run the program for the length of the block."""
    program = Program(folder, config, *arguments, command=command, forked=forked)
    try:
        await program.start()
        yield program
    finally:
        await program.end(signal.SIGKILL)


@asynccontextmanager
async def exchange(folder: Path, *arguments: str) -> AsyncIterator[str]:
    """Run a Binance-like exchange in a process of its own; gives its address."""
    port = free_port()
    with (folder / "exchange.txt").open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.exchange_server",
            "--port",
            str(port),
            *arguments,
            stdout=output,
            stderr=output,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as session:
            while True:
                try:
                    async with session.get(f"{url}/api/v3/ping") as response:
                        if response.status == 200:
                            break
                except aiohttp.ClientError:
                    await asyncio.sleep(0.1)
        yield url
    finally:
        process.kill()
        await process.wait()
