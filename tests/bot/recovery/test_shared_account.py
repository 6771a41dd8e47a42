"""A second database on the same account: nothing is bought twice without anybody being told."""

import pytest

from appliance.domain.errors import ConfigurationError
from appliance.rules.trade_requests import ExitRequest
from tests.bot.live_scene import live_scene
from tests.exchange_server.fixture import BinanceServer
from tests.exchange_server.fixture import binance_server as binance_server


async def test_a_new_database_on_an_account_with_positions_of_another_must_be_named(
    tmp_path, binance_server: BinanceServer
):
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    async with live_scene(tmp_path / "first", binance_server) as scene:
        await scene.enter()
    with pytest.raises(ConfigurationError) as refused:
        async with live_scene(tmp_path / "second", binance_server, db_url=None):
            pass
    assert "ETH/USDT" in str(refused.value)
    assert f"{tmp_path}/second/tradesv3.sqlite is a new one" in str(refused.value)
    assert "--db-url" in str(refused.value)
    async with live_scene(tmp_path / "second", binance_server) as scene:  # db_url names it
        assert any("Another database of this program has orders or positions" in x for x in scene.warnings)


async def test_positions_that_are_over_are_nothing_to_say(tmp_path, binance_server: BinanceServer):
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    async with live_scene(tmp_path / "first", binance_server) as scene:
        trade = await scene.enter()
        await scene.bot.force_exit(ExitRequest(trade_id=str(trade.id), order_type="market"))
        await scene.cycle()
    async with live_scene(tmp_path / "second", binance_server, db_url=None) as scene:
        assert not any("Another database" in text for text in scene.warnings)
    async with live_scene(tmp_path / "first", binance_server) as scene:
        assert not any("Another database" in text for text in scene.warnings)
