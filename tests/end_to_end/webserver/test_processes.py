"""Webserver mode as processes: its start, its end, a kill, and beside a trading bot."""

import asyncio
import json
import signal

import pytest

from tests.support.research.backtests import Workspace, walk
from tests.support.running import Program, api_settings, free_port, simulated_config

pytestmark = [pytest.mark.slow, pytest.mark.python_independent]

SLOW = "open(self.config['user_data_dir'] / 'process', 'w').write(str(__import__('os').getpid())); "
SLOW += "__import__('time').sleep(600)"
REQUEST = {"strategy": "Slow", "enable_protections": False}


@pytest.fixture
def workspace(tmp_path):
    workspace = Workspace(tmp_path / "user_data")
    workspace.config["api_server"] = api_settings(free_port())
    workspace.strategy("Slow", indicators=SLOW)
    workspace.strategy("Quick")
    workspace.store("BTC/USDT", walk(100))
    workspace.write_config()
    return workspace


@pytest.fixture
async def program(workspace, tmp_path):
    program = Program(tmp_path, workspace.config)
    await launched(program, workspace)
    yield program
    await program.end(signal.SIGKILL)


async def launched(program, workspace):
    arguments = ("-c", str(workspace.folder / "config.json"), "--userdir", str(workspace.folder))
    await program.launch(*arguments, command="webserver")
    await program.until(program.answers)

    async def is_ready():
        return (await program.get("background")) == []

    await program.until(is_ready)


async def backtesting(program, workspace):
    """Start a backtest that does not end; return its process."""
    assert (await program.post("backtest", REQUEST))["running"], program.output
    file = workspace.folder / "process"

    async def begun():
        return file.exists() and file.read_text()

    return int(await program.until(begun))


async def gone(process):
    async with asyncio.timeout(30):
        while is_running(process):
            await asyncio.sleep(0.02)


def is_running(process):
    try:
        with open(f"/proc/{process}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


async def test_a_killed_server_takes_its_backtest_with_it(program, workspace):
    process = await backtesting(program, workspace)
    assert is_running(process)
    await program.end(signal.SIGKILL)
    await gone(process)


async def test_a_server_that_is_stopped_ends_its_backtest_and_says_so(program, workspace):
    process = await backtesting(program, workspace)
    assert (await program.get("show_config"))["runmode"] == "webserver"
    assert "webserver mode" in (await program.get("count"))["detail"]
    assert await program.end(signal.SIGTERM) == 0
    await gone(process)
    assert "failed: Stopped with the server" in program.output


async def test_a_reload_ends_nothing_and_says_what_to_do(program):
    program._process.send_signal(signal.SIGHUP)
    await program.until_said("Nothing to reload")
    assert await program.answers()


async def test_a_second_server_on_the_same_folder_is_refused_in_one_line(program, workspace, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    config = json.loads((workspace.folder / "config.json").read_text())
    config["api_server"]["listen_port"] = free_port()
    (other / "config.json").write_text(json.dumps(config))
    second = Program(other, config)
    await second.launch(
        "-c", str(other / "config.json"), "--userdir", str(workspace.folder), command="webserver"
    )
    assert await second.ended() == 2
    (line,) = [line for line in second.output.splitlines() if line.startswith("error: ")]
    assert "webserver.sqlite" in line


async def test_a_bot_backtests_beside_its_trading_and_trades_on(workspace, tmp_path):
    port = free_port()
    config = simulated_config(port, research={"beside_bot": True}, strategy="Quick")
    program = Program(tmp_path, config, "--userdir", str(workspace.folder))
    try:
        await program.start()
        assert (await program.get("strategy/Slow"))["strategy"] == "Slow"
        assert (await program.get("strategy/Quick"))["strategy"] == "Quick"
        process = await backtesting(program, workspace)
        before = (await program.get("health"))["last_process_ts"]

        async def cycled():
            return (await program.get("health"))["last_process_ts"] > before

        await program.until(cycled)
        await program.end(signal.SIGKILL)
        await gone(process)
    finally:
        await program.end(signal.SIGKILL)
