"""Stop orders that wait on the exchange, live, against the exchange server."""

from typing import Any

import pytest

from appliance.domain.errors import ExchangeError
from appliance.exchange.traits import traits_of
from appliance.rules.trade_requests import ExitRequest
from tests.bot.live_scene import GUARDED, live_scene
from tests.exchange_server.faults import Fault
from tests.exchange_server.fixture import BinanceServer
from tests.exchange_server.fixture import binance_server as binance_server
from tests.support.live_gateway import ORDER

GUARD = {"strategy": "Guarded", "code": GUARDED}


def reach(server: BinanceServer, stop: Any) -> None:
    """Let a stop order be reached and fill."""
    server.exchange.engine.start(server.ledger.orders[int(stop.order_id)], server.exchange.now())


async def test_a_stop_order_covers_what_the_fee_left(tmp_path, binance_server: BinanceServer):
    async with live_scene(tmp_path, binance_server, **GUARD) as scene:
        trade = await scene.enter()
        await scene.cycle(3)
        (stop,) = trade.open_sl_orders
        assert stop.amount == trade.amount
        assert len(scene.orders) == 2


async def test_a_stop_order_for_what_is_there_ends_the_trade(tmp_path, binance_server: BinanceServer):
    """What the account lacks is nobody's to sell: the trade must not wait for it, and block its pair."""
    async with live_scene(tmp_path, binance_server, **GUARD) as scene:
        trade = await scene.enter()
        trade.amount = scene.hold() * 1.01
        await scene.cycle()
        (stop,) = trade.open_sl_orders
        reach(binance_server, stop)
        await scene.cycle()
        assert (trade.is_open, trade.exit_reason) == (False, "stoploss_on_exchange")


async def test_a_stop_order_that_moves_leaves_no_moment_without_one(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server, **GUARD) as scene:
        trade = await scene.enter()
        await scene.cycle()
        (first,) = trade.open_sl_orders
        trade.stop_loss = round(trade.open_rate * 0.95, 2)
        first.order_date = trade.open_date.replace(year=2020)
        await scene.cycle()
        (second,) = trade.open_sl_orders
        assert second.stop_price == trade.stop_loss
        assert not first.ft_is_open
        assert binance_server.traffic.requests["/api/v3/order/cancelReplace"] == 1
        deletions = [each for each in binance_server.ledger.states if each.status == "CANCELED"]
        assert [each.id for each in deletions] == [int(first.order_id)]


async def test_where_the_answer_to_a_move_is_lost_both_orders_are_found(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server, **GUARD) as scene:
        trade = await scene.enter()
        await scene.cycle()
        (first,) = trade.open_sl_orders
        trade.stop_loss = round(trade.open_rate * 0.95, 2)
        first.order_date = trade.open_date.replace(year=2020)
        binance_server.faults.add(Fault(kind="reset", path="*/cancelReplace", accepted=True, times=1))
        await scene.cycle(2)
        (second,) = trade.open_sl_orders
        assert (second.status, second.stop_price) == ("open", trade.stop_loss)
        assert len(binance_server.ledger.open_orders) == 1


async def test_where_the_server_cannot_replace_a_stop_the_old_one_holds_until_it_is_moved_in_two_steps(
    tmp_path, binance_server
):
    async with live_scene(tmp_path, binance_server, **GUARD) as scene:
        trade = await scene.enter()
        await scene.cycle()
        (first,) = trade.open_sl_orders
        trade.stop_loss = round(trade.open_rate * 0.95, 2)
        first.order_date = trade.open_date.replace(year=2020)
        binance_server.faults.add(Fault(kind="error", path="*/cancelReplace", status=404))
        await scene.cycle()
        with pytest.raises(ExchangeError, match="could not be cancelled"):
            await scene.bot.force_exit(ExitRequest(trade_id=str(trade.id)))
        assert [str(order.id) for order in binance_server.ledger.open_orders] == [first.order_id]
        scene.passed += 31
        await scene.cycle(2)
        (second,) = trade.open_sl_orders
        assert second.stop_price == trade.stop_loss
        assert not first.ft_is_open
        assert [str(order.id) for order in binance_server.ledger.open_orders] == [second.order_id]


async def test_a_position_whose_stop_order_is_refused_is_left_at_once(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server, **GUARD) as scene:
        trade = await scene.enter()
        trade.stop_loss = round(trade.open_rate * 1.2, 2)  # it is reached already
        await scene.cycle()
        assert not trade.is_open
        assert trade.exit_reason == "emergency_exit"
        assert not [order for order in trade.orders if order.ft_is_open]


async def test_a_position_is_kept_where_only_room_for_a_stop_order_is_missing(tmp_path, binance_server):
    full = "Filter failure: MAX_NUM_ALGO_ORDERS"
    async with live_scene(tmp_path, binance_server, **GUARD) as scene:
        trade = await scene.enter()
        refused = Fault(
            kind="error", path=ORDER, method="POST", status=400, code=-1013, message=full, times=1
        )
        binance_server.faults.add(refused)
        await scene.cycle()
        assert (trade.is_open, trade.open_sl_orders) == (True, [])
        scene.passed += 10
        await scene.cycle()
        assert len(trade.open_sl_orders) == 1


async def test_a_stop_order_that_is_reached_takes_other_orders_of_the_trade_along(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server, position_adjustment_enable=True, **GUARD) as scene:
        trade = await scene.enter()
        await scene.cycle()
        (stop,) = trade.open_sl_orders
        await scene.enter(price=round(trade.open_rate * 0.99, 2), order_type="limit")
        (added,) = trade.open_orders
        reach(binance_server, stop)
        await scene.cycle()
        assert not trade.is_open
        assert trade.exit_reason == "stoploss_on_exchange"
        assert (added.ft_is_open, binance_server.ledger.open_orders) == (False, [])


async def test_a_reload_that_needs_what_the_exchange_does_not_have_sells_nothing(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server) as scene:
        trade = await scene.enter()
        scene.bot.gateway._connection.traits = traits_of("bybit")  # where no stop orders are placed
        wanting = GUARDED.replace("Guarded", "Quiet")
        (tmp_path / "strategies" / "quiet.py").write_text(wanting)
        scene.bot.request_reload()
        await scene.cycle()
        assert any("stoploss_on_exchange: not available on binance" in text for text in scene.warnings)
        scene.bot._shared.setup.resolved.order_types["stoploss_on_exchange"] = True
        await scene.cycle()
        assert (trade.is_open, len(trade.orders), len(scene.orders)) == (True, 2, 1)


@pytest.mark.parametrize("manual", ["reload", "exit"])
async def test_what_a_stop_order_takes_along_is_over_and_reported_once(tmp_path, binance_server, manual: str):
    async with live_scene(tmp_path, binance_server, position_adjustment_enable=True, **GUARD) as scene:
        trade = await scene.enter()
        await scene.cycle()
        (stop,) = trade.open_sl_orders
        await scene.enter(price=round(trade.open_rate * 0.99, 2), order_type="limit")
        reach(binance_server, stop)
        if manual == "reload":
            await scene.bot.interventions.reload_trade(trade.id)
        else:
            await scene.bot.force_exit(ExitRequest(trade_id=str(trade.id)))
        told = [message["type"] for message in scene.messages if "cancel" in message["type"]]
        assert (trade.is_open, told) == (False, ["entry_cancel"])
