"""A position is left by two ways at once, and one of them is told late: each sale counts once."""

import pytest

from appliance.domain.errors import ExchangeError, OrderUnresolved
from appliance.rules.trade_requests import ExitRequest
from tests.bot.live_scene import live_scene
from tests.bot.scenarios.recovery.test_late_fills import (
    BY_THE_BOT,
    BY_THE_EXCHANGE,
    add,
    agrees_with_the_account,
    everything_left,
    late,
    pass_time,
    rest,
)
from tests.bot.scenarios.trading.test_protecting_while_unknown import lose_an_addition
from tests.exchange_server.engine import manual_trading
from tests.exchange_server.faults import Fault
from tests.exchange_server.fixture import binance_server as binance_server
from tests.support.live_gateway import ORDER, PAIR

UNTIL_CERTAIN = (1, 5, 16, 10, 30, 40, 1)


async def test_a_limit_exit_that_a_stop_replaced_had_sold_half(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server, **BY_THE_BOT) as scene:
        trade = await scene.enter(stake=400.0)
        price = round(trade.open_rate * 1.1, 2)
        await scene.bot.force_exit(ExitRequest(trade_id=str(trade.id), order_type="limit", price=price))
        late(binance_server, share=0.5)
        trade.stop_loss = trade.open_rate * 2
        await scene.cycle()
        await rest(scene)
        assert scene.bot.book.open == {}
        closed = await scene.bot.trade(trade.id)
        assert len(closed.select_filled_orders("sell")) == 2
        assert scene.hold() < 0.0002
        await agrees_with_the_account(scene)


async def test_a_lost_exit_and_a_manual_sale_meanwhile(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server, **BY_THE_BOT) as scene:
        trade = await scene.enter(stake=400.0)
        binance_server.faults.add(
            Fault(kind="unseen", path=ORDER, method="POST", accepted=True, seconds=20, times=1)
        )
        half, quarter = round(trade.amount / 2, 4), round(trade.amount / 4, 4)
        with pytest.raises(OrderUnresolved):
            await scene.bot.force_exit(ExitRequest(trade_id=str(trade.id), order_type="market", amount=half))
        manual_trading.sell(binance_server.exchange, PAIR, quarter)
        await rest(scene, *UNTIL_CERTAIN)
        assert trade.amount == pytest.approx(scene.hold(), abs=0.0002)
        assert len(trade.select_filled_orders("sell")) == 2
        await everything_left(scene)
        await agrees_with_the_account(scene)


async def test_a_stop_order_that_sold_a_part_before_others_cancelled_it(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server, **BY_THE_EXCHANGE) as scene:
        trade = await scene.enter(stake=400.0)
        await scene.cycle()
        (stop,) = binance_server.ledger.open_orders
        binance_server.exchange.engine.fill(stop.id, 0.4)
        manual_trading.cancel(binance_server.exchange, stop.id)
        await rest(scene, 1, 1)
        (new,) = trade.open_sl_orders
        assert new.amount == pytest.approx(scene.hold(), rel=0.02)
        await everything_left(scene)
        await agrees_with_the_account(scene)


async def test_the_reload_of_a_closed_trade_finds_what_filled_late(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server, **BY_THE_BOT) as scene:
        trade = await scene.enter()
        await add(scene)
        late(binance_server, seconds=2)
        await scene.bot.force_exit(ExitRequest(trade_id=str(trade.id), order_type="market"))
        pass_time(scene, 2.5)
        await scene.bot.interventions.reload_trade(trade.id)
        assert scene.trade.id == trade.id
        assert scene.trade.amount == pytest.approx(scene.hold(), abs=0.0002)


async def test_no_cancellation_is_announced_for_an_unknown_order(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server, **BY_THE_BOT) as scene:
        trade = await scene.enter(stake=200.0)
        await lose_an_addition(scene, binance_server)
        with pytest.raises(ExchangeError, match="its state is unknown"):
            await scene.bot.interventions.cancel_open_orders(scene.bot.state, trade.id)
