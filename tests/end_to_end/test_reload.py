"""The running program takes over a new strategy, or keeps its own, and nobody who is connected notices."""

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from tests.support.running import CREDENTIALS, free_port, running, simulated_config

STRATEGY = """
from freqtrade.strategy import IStrategy
from pandas import DataFrame

import my_levels


class Levelled(IStrategy):
    timeframe = "1m"
    minimal_roi = {"0": 10}
    stoploss = my_levels.STOP
    startup_candle_count = 10

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        return dataframe
"""


class Watcher:
    """Stay connected by websocket, and ask for a ping again and again; remember every failure."""

    def __init__(self) -> None:
        self.heard: list[dict] = []
        self.pings = 0
        self.trouble: list[str] = []

    async def listen(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            self.heard.append(message.json())
        self.trouble.append(f"the websocket closed with {socket.close_code}")

    async def ping(self, url: str) -> None:
        while True:
            async with aiohttp.ClientSession() as session:
                try:
                    async with session.get(f"{url}/api/v1/ping") as response:
                        if await response.json() != {"status": "pong"}:
                            self.trouble.append(f"ping was answered by {response.status}")
                except aiohttp.ClientError as error:
                    self.trouble.append(f"ping: {error!r}")
            self.pings += 1
            await asyncio.sleep(0)

    async def asked_on(self, times: int = 5) -> bool:
        """Tell whether enough pings have been answered since the last change."""
        return self.pings >= times

    async def told(self, kind: str, *words: str) -> bool:
        return any(
            message["type"] == kind and all(word in str(message) for word in words) for message in self.heard
        )


@asynccontextmanager
async def watching(program):
    watcher = Watcher()
    token = program.config["api_server"]["ws_token"]
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{program.url}/api/v1/message/ws", params={"token": token}) as socket,
    ):
        await socket.send_json({"type": "subscribe", "data": ["status", "warning"]})
        tasks = [
            asyncio.create_task(watcher.listen(socket)),
            asyncio.create_task(watcher.ping(program.url)),
        ]
        try:
            yield watcher
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def reload(program) -> tuple[int, dict]:
    async with (
        aiohttp.ClientSession(headers={"Authorization": CREDENTIALS}) as session,
        session.post(f"{program.url}/api/v1/reload_config", json={}) as response,
    ):
        return response.status, await response.json()


def written(folder: Path) -> Path:
    """Write the strategy and the module that it imports; return the module's file."""
    strategies = folder / "user_data" / "strategies"
    strategies.mkdir(parents=True)
    (strategies / "levelled.py").write_text(STRATEGY)
    module = strategies / "my_levels.py"
    module.write_text("STOP = -0.3\n")
    return module


async def test_a_wrong_module_is_reported_and_a_right_one_taken_over_without_interruption(tmp_path):
    module = written(tmp_path)
    config = simulated_config(free_port(), db_url=f"sqlite:///{tmp_path}/trades.sqlite", strategy="Levelled")
    async with running(tmp_path, config) as program, watching(program) as watcher:
        trade = await program.post("forceenter", {"pair": "BTC/USDT", "side": "long", "ordertype": "market"})
        assert trade["stop_loss_ratio"] == -0.3

        module.write_text("STOP = -0.2 if else\n")
        status, answer = await reload(program)
        assert status == 502  # what clients take for "refused", with the reason
        assert "my_levels.py:1" in answer["error"]
        assert "SyntaxError" in answer["error"]
        await program.until(lambda: watcher.told("warning", "my_levels.py:1"))
        await program.until_said("the running configuration stays in use")
        assert (await program.get("show_config"))["stoploss"] == -0.3
        assert (await program.get("show_config"))["state"] == "running"

        module.write_text("STOP = -0.25\n")
        assert await reload(program) == (200, {"status": "Reloading config ..."})
        assert (await program.get("show_config"))["stoploss"] == -0.25
        await program.until(lambda: watcher.told("status", "was reloaded"))
        (open_trade,) = await program.get("status")
        assert (open_trade["trade_id"], open_trade["stop_loss_ratio"]) == (trade["trade_id"], -0.25)

        watcher.pings = 0
        await program.until(watcher.asked_on)
        assert watcher.trouble == []


async def test_a_saved_file_is_taken_over_by_itself_if_requested(tmp_path):
    module = written(tmp_path)
    config = simulated_config(free_port(), db_url=f"sqlite:///{tmp_path}/trades.sqlite", strategy="Levelled")
    async with running(tmp_path, config, "--reload") as program, watching(program) as watcher:
        module.write_text("STOP = -0.15\n")
        await program.until(lambda: watcher.told("status", "was reloaded"))
        assert (await program.get("show_config"))["stoploss"] == -0.15
        assert watcher.trouble == []
