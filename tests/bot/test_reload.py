"""A reload takes over what is right, and leaves everything as it is where something is wrong."""

import asyncio
import json

import pytest

from appliance.domain.enums import State
from appliance.domain.errors import ConfigurationError
from tests.support.scripted import QUIET, scene


async def reload(stage) -> list[str]:
    stage.messages.clear()
    stage.bot.request_reload()
    assert stage.bot.state is State.RELOAD_CONFIG
    await stage.cycle()
    return [message["status"] for message in stage.told("warning") + stage.told("status")]


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("class Quiet(IStrategy:\n    pass", "SyntaxError"),
        (QUIET.replace("stoploss = -0.1", "stoploss = 'low'"), "stoploss"),
        (QUIET.replace("Quiet", "Renamed"), "Quiet"),
        (QUIET + "\n    def bot_start(self, **kwargs):\n        raise RuntimeError('no')\n", "no"),
    ],
)
async def test_a_strategy_that_is_wrong_now_does_not_replace_the_running_one(tmp_path, code, why):
    async with scene(tmp_path) as stage:
        before = stage.bot.strategy
        await stage.enter()
        (tmp_path / "strategies" / "quiet.py").write_text(code)
        said = await reload(stage)
        assert any(why in line for line in said), said
        assert stage.told("startup") == []
        assert stage.bot.strategy is before
        assert stage.bot.state is State.RUNNING
        await stage.cycle(ETH=80.0)
        assert stage.bot.book.closed[0].exit_reason == "stop_loss"


async def test_whatever_a_strategy_does_while_it_is_read_trading_continues(tmp_path):
    async with scene(tmp_path) as stage:
        trade = await stage.enter()
        spoilt = QUIET.replace("    timeframe", "    INTERFACE_VERSION = 'three'\n    timeframe")
        (tmp_path / "strategies" / "quiet.py").write_text(spoilt)
        stage.bot.request_reload()
        await stage.cycle(ETH=80.0)
        (told,) = stage.told("exception")
        assert told["status"].startswith("Not reloaded: ValueError")
        assert (stage.bot.state.value, trade.exit_reason) == ("running", "stop_loss")


async def test_a_changed_strategy_takes_over_with_the_trades_that_are_open(tmp_path):
    async with scene(tmp_path) as stage:
        trade = await stage.enter()
        file = tmp_path / "strategies" / "quiet.py"
        file.write_text(QUIET.replace('minimal_roi = {"0": 10}', 'minimal_roi = {"0": 0.02}'))
        await reload(stage)
        assert len(stage.told("startup")) == 1
        assert stage.bot.resolved.minimal_roi == {0: 0.02}
        assert stage.bot.book.open[trade.id] is trade
        await stage.cycle(ETH=103.0)
        assert stage.bot.book.closed[0].exit_reason == "roi"


async def test_a_paused_bot_is_paused_after_the_reload(tmp_path):
    async with scene(tmp_path) as stage:
        stage.bot.pause()
        await reload(stage)
        assert stage.bot.state is State.PAUSED


async def test_a_client_that_waits_for_a_reload_learns_what_is_wrong(tmp_path):
    async with scene(tmp_path) as stage:
        (tmp_path / "strategies" / "quiet.py").write_text("class Quiet(IStrategy:\n    pass")
        answer, _ = await asyncio.gather(stage.bot.reload(), stage.cycle(), return_exceptions=True)
        assert isinstance(answer, ConfigurationError)
        assert "quiet.py:1" in str(answer)
        (tmp_path / "strategies" / "quiet.py").write_text(QUIET)
        answer, _ = await asyncio.gather(stage.bot.reload(), stage.cycle())
        assert answer == "Reloading config ..."


async def test_a_wish_that_comes_during_a_reload_is_another_reload(tmp_path):
    async with scene(tmp_path) as stage:
        stage.bot.request_reload()
        first = asyncio.create_task(stage.cycle())
        await asyncio.sleep(0)
        second = asyncio.create_task(stage.bot.reload())
        await first
        assert not second.done()
        assert stage.bot.state is State.RELOAD_CONFIG
        await stage.cycle()
        assert await second == "Reloading config ..."
        assert stage.bot.state is State.RUNNING


async def test_a_changed_stop_loss_holds_for_trades_whose_stop_has_not_moved(tmp_path):
    trailing = QUIET.replace("stoploss = -0.1", "stoploss = -0.1\n    trailing_stop = True")
    async with scene(tmp_path, code=trailing) as stage:
        moved, untouched = await stage.enter("ETH/USDT"), await stage.enter("BTC/USDT")
        await stage.cycle(ETH=110.0)
        (tmp_path / "strategies" / "quiet.py").write_text(trailing.replace("-0.1", "-0.2"))
        await reload(stage)
        assert (moved.stop_loss, untouched.stop_loss) == (99.0, 80.0)
        assert (await stage.bot._shared.books.store.trade(untouched.id)).initial_stop_loss_pct == -0.2


async def test_a_setting_that_the_open_server_keeps_is_named(tmp_path):
    file = tmp_path / "config.json"
    api = {
        "listen_ip_address": "127.0.0.1",
        "listen_port": 8080,
        "username": "me",
        "password": "kX9-tumble-42",
    }
    file.write_text(json.dumps({"api_server": api}))
    async with scene(tmp_path, files=[str(file)]) as stage:
        file.write_text(json.dumps({"api_server": api | {"listen_port": 8081}}))
        said = await reload(stage)
        assert "api_server.listen_port takes effect at the next start" in said
        assert not any("listen_ip_address" in line for line in said)
