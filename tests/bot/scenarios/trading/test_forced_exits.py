"""Exits that a person forces, live: nothing that goes wrong with one trade keeps another in the market."""

import pytest

from appliance.domain.errors import Refused
from appliance.rules.trade_requests import EntryRequest, ExitRequest
from tests.bot.live_scene import GUARDED, live_scene
from tests.exchange_server.faults import Fault
from tests.exchange_server.fixture import BinanceServer
from tests.exchange_server.fixture import binance_server as binance_server
from tests.support.live_gateway import ORDER

GUARD = {"strategy": "Guarded", "code": GUARDED}
TWO = {"exchange.pair_whitelist": ["ETH/USDT", "BTC/USDT"]}


async def test_whoever_leaves_everything_leaves_what_can_be_left(tmp_path, binance_server: BinanceServer):
    async with live_scene(tmp_path, binance_server, **TWO) as scene:
        first = await scene.enter()
        second = await scene.bot.force_enter(EntryRequest(pair="BTC/USDT", order_type="market"))
        binance_server.faults.add(Fault(kind="reset", path=ORDER, method="POST", times=1))
        with pytest.raises(Refused, match="ETH/USDT: it is not known"):
            await scene.bot.force_exit(ExitRequest(trade_id="all", order_type="market"))
        assert (first.is_open, second.is_open) == (True, False)


async def test_an_exit_that_is_refused_leaves_the_stop_order_where_it_is(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server, **GUARD) as scene:
        trade = await scene.enter()
        await scene.cycle()
        (stop,) = trade.open_sl_orders
        with pytest.raises(Refused, match="less than the exchange's minimum"):
            await scene.bot.force_exit(ExitRequest(trade_id=str(trade.id), amount=trade.amount * 0.99))
        assert [str(order.id) for order in binance_server.ledger.open_orders] == [stop.order_id]
