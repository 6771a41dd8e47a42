"""An answer to an addition is lost: exits and stops do not wait for what became of it."""

import pytest

from appliance.domain.errors import OrderUnresolved
from appliance.domain.order import UNKNOWN
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

UNSEEN_SECONDS = 20


async def lose_an_addition(scene: LiveScene, server: BinanceServer, *, accepted: bool = True) -> None:
    """Add to the trade; the answer is lost, and the exchange does not find the order at first."""
    lost = {"path": ORDER, "method": "POST", "times": 1}
    if accepted:
        server.faults.add(Fault(kind="unseen", accepted=True, seconds=UNSEEN_SECONDS, **lost))
    else:
        server.faults.add(Fault(kind="reset", **lost))
    with pytest.raises(OrderUnresolved):
        await scene.enter(stake=100.0)
    assert scene.trade.orders[-1].status == UNKNOWN


@pytest.mark.parametrize("accepted", [True, False], ids=["it arrived", "it never arrived"])
async def test_a_stop_that_the_bot_holds_is_carried_out_at_the_very_next_look(
    tmp_path, binance_server, accepted
):
    async with live_scene(tmp_path, binance_server, **BY_THE_BOT) as scene:
        trade = await scene.enter(stake=200.0)
        await lose_an_addition(scene, binance_server, accepted=accepted)
        trade.stop_loss = trade.open_rate * 2
        await scene.bot._cycle.stop_watcher.check_and_wait()
        sale = scene.orders[-1]
        assert (sale.side, sale.status) == ("SELL", "FILLED")
        assert float(sale.quantity) == pytest.approx(200 / trade.open_rate, rel=0.01)
        await rest(scene, 10, 11, 10, 35)
        await rest(scene, 1)
        if scene.bot.book.open:  # the addition is there after all: its stop is passed, too
            trade.stop_loss = trade.open_rate * 2
            await scene.cycle()
        assert scene.bot.book.open == {}
        assert scene.hold() < 0.0002
        await agrees_with_the_account(scene)


async def test_the_stop_order_stays_and_grows_with_the_addition_once_that_is_found(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server, **BY_THE_EXCHANGE) as scene:
        trade = await scene.enter(stake=200.0)
        await scene.cycle()
        (stop,) = trade.open_sl_orders
        await lose_an_addition(scene, binance_server)
        await scene.cycle()
        assert [order.order_id for order in trade.open_sl_orders] == [stop.order_id]
        await rest(scene, 10, 11, 10, 1)
        (grown,) = trade.open_sl_orders
        assert grown.amount == pytest.approx(trade.amount, rel=0.02)
        assert trade.amount == pytest.approx(scene.hold(), abs=0.0002)
        assert grown.amount > stop.amount * 1.4
        await everything_left(scene)
        await agrees_with_the_account(scene)


async def test_a_stop_order_that_is_missing_is_placed_at_once(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server, **BY_THE_EXCHANGE) as scene:
        trade = await scene.enter(stake=200.0)
        await lose_an_addition(scene, binance_server)
        assert trade.open_sl_orders == []
        await scene.cycle()
        (stop,) = trade.open_sl_orders
        assert stop.amount == pytest.approx(trade.amount, rel=0.02)
        (standing,) = binance_server.ledger.open_orders
        assert str(standing.id) == stop.order_id


@pytest.mark.parametrize("accepted", [True, False], ids=["it arrived", "it never arrived"])
async def test_a_forced_exit_sells_what_is_held(tmp_path, binance_server, accepted):
    async with live_scene(tmp_path, binance_server, **BY_THE_BOT) as scene:
        trade = await scene.enter(stake=200.0)
        await lose_an_addition(scene, binance_server, accepted=accepted)
        await scene.bot.force_exit(ExitRequest(trade_id=str(trade.id), order_type="market"))
        assert scene.orders[-1].side == "SELL"
        await rest(scene, 10, 11, 10, 35, 1)
        if accepted:
            assert scene.trade.id == trade.id
            assert scene.trade.amount == pytest.approx(scene.hold(), abs=0.0002)
        await everything_left(scene)
        await agrees_with_the_account(scene)


async def test_an_entry_of_which_nothing_is_known_cannot_be_left_yet(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server, **BY_THE_BOT) as scene:
        binance_server.faults.add(
            Fault(kind="unseen", path=ORDER, method="POST", accepted=True, seconds=UNSEEN_SECONDS, times=1)
        )
        with pytest.raises(OrderUnresolved):
            await scene.enter()
        with pytest.raises(Exception, match="could not be cancelled"):
            await scene.bot.force_exit(ExitRequest(trade_id=str(scene.trade.id), order_type="market"))
        await rest(scene, 10, 11)
        await everything_left(scene)
