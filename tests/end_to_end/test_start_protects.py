"""Real starts with a trade open and something wrong, and what systemd and people are told meanwhile."""

import asyncio
import json
import re
import signal
import socket
import sys
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.exchange_server.app import ccxt_urls
from tests.support.running import Program, exchange, free_port, running, simulated_config
from tests.support.scripted import QUIET

STRATEGY = QUIET.replace('"5m"', '"1m"')
MARKET = {"side": "long", "ordertype": "market"}
HASTY = (
    "from appliance.bot.startup import Step; from appliance.ops import systemd_watchdog as watchdog;"
    "watchdog.SIGNS_EVERY_SECONDS = 0.1; Step.STRATEGY._value_ = ('loading the strategy', 1.0);"
    "from appliance.cli.main import main; main()"
)
"""The program with a short patience: what takes minutes is there within seconds."""


def binance(url: str, folder: Path, *pairs: str) -> dict:
    config = simulated_config(free_port(), db_url=f"sqlite:///{folder}/trades.sqlite")
    config["exchange"] = {
        "name": "binance",
        "ccxt_config": {"urls": ccxt_urls(url), "enableRateLimit": False},
        "enable_ws": False,
        "pair_whitelist": list(pairs),
    }
    return config


def with_strategy(folder: Path, code: str = STRATEGY) -> tuple[str, ...]:
    (folder / "quiet.py").write_text(code)
    return ("--strategy", "Quiet", "--strategy-path", str(folder))


async def told_to(url: str, path: str, body: dict) -> None:
    async with aiohttp.ClientSession() as session, session.post(f"{url}/{path}", json=body) as answer:
        assert answer.status == 200, await answer.text()


async def is_closed(program: Program, pair: str) -> bool:
    return pair not in {trade["pair"] for trade in await program.get("status")}


async def test_one_trade_s_pair_is_delisted_and_the_others_are_protected_after_a_restart(tmp_path):
    async with exchange(tmp_path, "--speed", "1") as url:
        config = binance(url, tmp_path, "ETH/USDT", "BTC/USDT", "SOL/USDT", "BRD/USDT")
        async with running(tmp_path, config, *with_strategy(tmp_path)) as program:
            for pair in ("ETH/USDT", "BTC/USDT"):
                assert (await program.post("forceenter", {"pair": pair, **MARKET}))["pair"] == pair
            await program.end(signal.SIGTERM)
            await told_to(url, "__delist", {"symbols": ["ETHUSDT"]})
            await told_to(url, "__delist", {"symbols": ["SOLUSDT"], "halt": True})
            await program.start()
            assert {trade["pair"] for trade in await program.get("status")} == {"ETH/USDT", "BTC/USDT"}
            assert (await program.get("whitelist"))["whitelist"] == ["BTC/USDT"]
            await program.until_said("ETH/USDT (the exchange does not have it")
            await program.until_said("SOL/USDT (the exchange does not trade it now)")
            for path in ("balance", "profit", "performance", "show_config", "count", "health"):
                assert "error" not in await program.get(path), path
            refused = await program.post("forceexit", {"tradeid": "1"})
            assert "no pair ETH/USDT" in json.dumps(refused)
            await told_to(url, "__shock", {"symbols": ["BTCUSDT"], "factor": 0.8})
            await program.until(lambda: is_closed(program, "BTC/USDT"))
            assert not await is_closed(program, "ETH/USDT")


async def test_a_pair_that_goes_while_the_bot_runs_hides_no_price_of_the_others(tmp_path):
    """Markets are read once an hour; until then the exchange refuses every question that names the pair."""
    async with exchange(tmp_path, "--speed", "1") as url:
        config = binance(url, tmp_path, "ETH/USDT", "BTC/USDT")
        config["internals"] = {"process_throttle_secs": 600}  # the cycle is out of the way: the watcher alone
        async with running(tmp_path, config, *with_strategy(tmp_path)) as program:
            for pair in ("ETH/USDT", "BTC/USDT"):
                assert (await program.post("forceenter", {"pair": pair, **MARKET}))["pair"] == pair
            await told_to(url, "__delist", {"symbols": ["ETHUSDT"]})
            await told_to(url, "__shock", {"symbols": ["BTCUSDT"], "factor": 0.8})
            await program.until(lambda: is_closed(program, "BTC/USDT"))


@pytest.mark.parametrize("wrong", ["strategy", "port"])
async def test_a_trade_that_is_open_is_protected_whatever_else_is_wrong(tmp_path, wrong):
    async with exchange(tmp_path, "--speed", "1") as url:
        config = binance(url, tmp_path, "BTC/USDT")
        async with running(tmp_path, config, *with_strategy(tmp_path)) as program:
            await program.post("forceenter", {"pair": "BTC/USDT", **MARKET})
            await program.end(signal.SIGTERM)
            with socket.socket() as taken:
                if wrong == "strategy":
                    with_strategy(tmp_path, "import a_package_that_is_gone\n" + STRATEGY)
                else:
                    taken.bind(("127.0.0.1", program.port))
                    taken.listen()
                await program.launch("-c", str(tmp_path / "config.json"))
                await program.until_said(
                    "1 open trade is protected, no new entries. Reason: started without the strategy"
                    if wrong == "strategy"
                    else "running without API and dashboard to protect open trades"
                )
                await told_to(url, "__shock", {"symbols": ["BTCUSDT"], "factor": 0.8})
                await program.until_said("closed with -")


# -- what systemd and people are told ----------------------------------------------------------------------


@contextmanager
def manager(folder: Path):
    """Be the service manager: a socket, and what came of it."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(folder / "notify"))
        listening.setblocking(False)
        yield listening


def hasty(folder: Path, config: dict, *flags: str) -> Program:
    program = Program(folder, config, *flags, command=(sys.executable, "-c", HASTY))
    program.environment = {"NOTIFY_SOCKET": str(folder / "notify"), "WATCHDOG_USEC": "2000000"}
    (folder / "config.json").write_text(json.dumps(config))
    return program


async def heard(listening: socket.socket, words: str, patience: float = 60.0) -> str:
    """Wait for a datagram with these words."""
    async with asyncio.timeout(patience):
        while True:
            told = (await asyncio.get_running_loop().sock_recv(listening, 4096)).decode()
            if words in told:
                return told


def forget(listening: socket.socket) -> None:
    """Leave out what has come so far."""
    try:
        while True:
            listening.recv(4096)
    except BlockingIOError:
        pass


async def test_an_unreachable_exchange_is_waited_for_and_reported_everywhere(tmp_path):
    config = binance(f"http://127.0.0.1:{free_port()}", tmp_path, "BTC/USDT")
    with manager(tmp_path) as listening:
        program = hasty(tmp_path, config, *with_strategy(tmp_path))
        try:
            await program.launch("-c", str(tmp_path / "config.json"))
            said = await heard(listening, "STATUS=The exchange cannot be reached")
            waits = r"tries again by itself \(for \d+ s, 1 attempt, (next in \d+ s|trying now)\)"
            assert re.search(rf"the bot waits and {waits}\. Last error: binance cannot be reached", said)
            for _ in range(3):  # it goes on to be given time
                forget(listening)
                await heard(listening, "EXTEND_TIMEOUT_USEC=60000000")
            detail = (await program.get("status"))["detail"]
            assert re.search(rf"the bot waits and {waits}\. Last error: binance", detail)
            async with aiohttp.ClientSession() as session:
                async with session.get(f"{program.url}/readyz") as answer:
                    assert answer.status == 503
                    assert re.fullmatch(
                        rf"the bot waits for the exchange and {waits}", (await answer.json())["status"]
                    )
                async with session.get(f"{program.url}/livez") as answer:
                    assert (answer.status, await answer.json()) == (200, {"status": "starting"})
        finally:
            assert await program.end() == 0


@pytest.mark.parametrize(
    "hangs",
    ["import time\ntime.sleep(100000)\n", "import re\nre.match('(a+)+$', 'a' * 60 + 'b')\n"],
    ids=["a step", "the event loop"],
)
async def test_a_start_that_hangs_is_given_no_more_time(tmp_path, hangs):
    config = simulated_config(free_port(), db_url=f"sqlite:///{tmp_path}/trades.sqlite")
    with manager(tmp_path) as listening:
        program = hasty(tmp_path, config, *with_strategy(tmp_path, hangs + STRATEGY))
        try:
            await program.launch("-c", str(tmp_path / "config.json"))
            await heard(listening, "EXTEND_TIMEOUT_USEC=60000000")
            # Silence: systemd ends it a minute after the last sign.
            with pytest.raises(TimeoutError):  # noqa: PT012 -- until silence
                while True:
                    await heard(listening, "EXTEND_TIMEOUT_USEC", 6.0)
            assert "READY=1" not in program.output
            if "sleep" in hangs:
                async with aiohttp.ClientSession() as session, session.get(f"{program.url}/livez") as answer:
                    assert answer.status == 503
                    assert "the start is stuck: loading the strategy" in (await answer.json())["status"]
        finally:
            await program.end(signal.SIGKILL)


async def test_a_start_that_gets_on_is_ready_and_then_feeds_the_watchdog(tmp_path):
    config = simulated_config(free_port(), db_url=f"sqlite:///{tmp_path}/trades.sqlite")
    with manager(tmp_path) as listening:
        program = hasty(tmp_path, config, *with_strategy(tmp_path))
        try:
            await program.launch("-c", str(tmp_path / "config.json"))
            await heard(listening, "READY=1")
            forget(listening)
            assert await heard(listening, "WATCHDOG=1") == "WATCHDOG=1"
        finally:
            assert await program.end() == 0
