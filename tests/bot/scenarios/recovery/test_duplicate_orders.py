"""The network delivers a market order twice, and the exchange accepts both: found without a restart."""

from decimal import Decimal

import pytest

from appliance.domain.errors import OrderUnresolved
from appliance.rules.trade_requests import ExitRequest
from tests.bot.live_scene import LiveScene, live_scene
from tests.bot.scenarios.recovery.test_late_fills import (
    BY_THE_BOT,
    BY_THE_EXCHANGE,
    agrees_with_the_account,
    everything_left,
    rest,
)
from tests.exchange_server.faults import Fault
from tests.exchange_server.fixture import BinanceServer
from tests.exchange_server.fixture import binance_server as binance_server
from tests.support.live_gateway import ORDER

SETUPS = pytest.mark.parametrize("setup", [BY_THE_BOT, BY_THE_EXCHANGE], ids=["stop held here", "stop order"])


def double_the_next(server: BinanceServer) -> None:
    server.faults.add(Fault(kind="repeated", path=ORDER, method="POST", times=1))


def of_side(scene: LiveScene, side: str) -> list:
    return [order for order in scene.orders if order.side == side and order.executed]


@pytest.mark.parametrize("side", ["buy", "sell"])
async def test_it_is_found_by_the_very_next_cycle(tmp_path, binance_server, side):
    async with live_scene(tmp_path, binance_server, **BY_THE_BOT) as scene:
        if side == "buy":
            double_the_next(binance_server)
        trade = await scene.enter(stake=400.0)
        if side == "sell":
            await scene.cycle()
            double_the_next(binance_server)
            part = round(trade.amount * 0.3, 4)
            await scene.bot.force_exit(ExitRequest(trade_id=str(trade.id), order_type="market", amount=part))
        assert trade.amount != pytest.approx(scene.hold(), abs=0.001)
        await scene.cycle()
        assert trade.amount == pytest.approx(scene.hold(), abs=0.0002)


@SETUPS
async def test_a_purchase_that_was_doubled_is_all_the_trades(tmp_path, binance_server, setup):
    async with live_scene(tmp_path, binance_server, **setup) as scene:
        double_the_next(binance_server)
        trade = await scene.enter()
        assert len(of_side(scene, "BUY")) == 2
        await rest(scene, 5, 6)
        assert len(trade.select_filled_orders("buy")) == 2
        assert trade.amount == pytest.approx(scene.hold(), abs=0.0002)
        assert any("it is adopted" in text for text in scene.warnings)
        await rest(scene, 1)
        if setup is BY_THE_EXCHANGE:
            (stop,) = trade.open_sl_orders
            assert stop.amount == pytest.approx(trade.amount, rel=0.02)
        await everything_left(scene)
        await agrees_with_the_account(scene)


async def test_so_is_an_addition(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server, **BY_THE_EXCHANGE) as scene:
        trade = await scene.enter()
        await scene.cycle()
        double_the_next(binance_server)
        await scene.enter(stake=50.0)
        await rest(scene, 5, 6, 1)
        assert len(trade.select_filled_orders("buy")) == 3
        (stop,) = trade.open_sl_orders
        assert stop.amount == pytest.approx(scene.hold(), rel=0.02)
        await everything_left(scene)
        await agrees_with_the_account(scene)


async def test_a_duplicate_partial_sale_leaves_the_trade_the_rest(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server, **BY_THE_EXCHANGE) as scene:
        trade = await scene.enter(stake=400.0)
        await scene.cycle()
        double_the_next(binance_server)
        amount = round(trade.amount * 0.3, 4)
        await scene.bot.force_exit(ExitRequest(trade_id=str(trade.id), order_type="market", amount=amount))
        assert len(of_side(scene, "SELL")) == 2
        await rest(scene, 5, 6, 1)
        assert trade.amount == pytest.approx(scene.hold(), abs=0.0002)
        assert len(trade.select_filled_orders("sell")) == 2
        (stop,) = trade.open_sl_orders
        assert stop.amount == pytest.approx(trade.amount, rel=0.02)
        await everything_left(scene)
        await agrees_with_the_account(scene)


async def test_a_duplicate_full_sale_takes_the_users_coins_and_is_reported(tmp_path, binance_server):
    """Those were never the trade's: they make no profit of it."""
    async with live_scene(tmp_path, binance_server, **BY_THE_BOT) as scene:
        binance_server.exchange.engine.deposit("ETH", 1)
        trade = await scene.enter()
        double_the_next(binance_server)
        await scene.bot.force_exit(ExitRequest(trade_id=str(trade.id), order_type="market"))
        assert len(of_side(scene, "SELL")) == 2
        await rest(scene, 5, 6, 1)
        assert scene.bot.book.open == {}
        closed = await scene.bot.trade(trade.id)
        assert len(closed.select_filled_orders("sell")) == 2
        assert abs(closed.close_profit_abs) < 1
        assert any("it is adopted" in text for text in scene.warnings)
        assert (await scene.enter()).id != trade.id


async def test_that_the_second_was_refused_says_nothing_of_the_first(tmp_path, binance_server):
    """An order that rests is not accepted twice under one id; the answer is that to the second."""
    async with live_scene(tmp_path, binance_server, **BY_THE_BOT) as scene:
        double_the_next(binance_server)
        with pytest.raises(OrderUnresolved):
            await scene.enter(order_type="limit", price=1000.0)
        (order,) = scene.orders
        await rest(scene, 1)
        assert scene.trade.orders[0].order_id == str(order.id)
        binance_server.exchange.engine.fill(order.id, 1.0)
        await rest(scene, 5, 6)
        assert scene.trade.amount == pytest.approx(scene.hold(), abs=0.0002)
        await everything_left(scene)


async def test_a_duplicate_full_sale_refused_for_lack_of_funds_sells_no_other_coins(tmp_path, binance_server):
    """What the user has besides is less than the trade had: it is not what there is of the trade."""
    async with live_scene(tmp_path, binance_server, **BY_THE_BOT) as scene:
        binance_server.exchange.engine.deposit("ETH", Decimal("0.02"))
        trade = await scene.enter(stake=400.0)
        await scene.cycle()
        double_the_next(binance_server)
        await scene.bot.force_exit(ExitRequest(trade_id=str(trade.id), order_type="market"))
        assert len(of_side(scene, "SELL")) == 1
        assert not trade.is_open
        await rest(scene, 1, 5, 10)
        assert scene.hold() == pytest.approx(0.02, abs=0.0002)
        assert (trade.is_open, trade.exit_reason) == (False, "force_exit")
