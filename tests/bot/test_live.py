"""Live trading, step by step, against the exchange server: fees, exits, stops, contact."""

import sqlite3
from decimal import Decimal
from typing import Any

import pytest

from appliance.domain.errors import ConfigurationError, ExchangeError, OrderUnsettled, Refused
from appliance.exchange.ccxt_peculiarities import peculiarities
from tests.bot.live_scene import GUARDED, live_scene
from tests.bot.scripted import QUIET
from tests.bot.scripted import scene as dry_scene
from tests.exchange.live import ORDER, PAIR
from tests.exchange_server.faults import Fault
from tests.exchange_server.fixture import BinanceServer, start
from tests.exchange_server.fixture import binance_server as binance_server
from tests.exchange_server.settings import ServerSettings

GUARD = {"strategy": "Guarded", "code": GUARDED}
LOST = Fault(kind="reset", path=ORDER, method="POST", accepted=True, times=1)


def reach(server: BinanceServer, stop: Any) -> None:
    """Let a stop order be reached and fill."""
    server.exchange.engine._start(server.ledger.orders[int(stop.order_id)], server.exchange.now())


async def test_the_start_says_that_this_is_real_money(tmp_path, binance_server: BinanceServer):
    async with live_scene(tmp_path, binance_server) as scene:
        assert any("LIVE TRADING with real money" in text for text in scene.warnings)


async def test_positions_of_play_money_are_not_sold_for_real(tmp_path, binance_server: BinanceServer, caplog):
    async with dry_scene(tmp_path) as stage:
        await stage.enter()
    binance_server.exchange.engine.deposit("ETH", Decimal(5))
    with pytest.raises(ConfigurationError, match=r"open trades of play money \(ETH/USDT\)"):
        async with live_scene(tmp_path, binance_server):
            pass
    (tmp_path / "trades.sqlite").unlink()
    async with live_scene(tmp_path, binance_server) as scene:
        await scene.enter()
    async with dry_scene(tmp_path):
        assert "go on with play money: ETH/USDT" in caplog.text


# -- fees ----------------------------------------------------------------------------------------------


async def test_a_fee_taken_from_what_was_bought_is_not_sold(tmp_path, binance_server: BinanceServer):
    async with live_scene(tmp_path, binance_server) as scene:
        trade = await scene.enter()
        (entry,) = trade.orders
        assert entry.ft_fee_base == pytest.approx(entry.filled * 0.001)
        assert trade.amount <= scene.hold()
        assert trade.fee_open == pytest.approx(0.001)
        await scene.bot.force_exit(str(trade.id), order_type="market")
        assert not trade.is_open
        assert scene.hold() < 0.0002


async def test_left_overs_pay_the_next_fee(tmp_path, binance_server: BinanceServer):
    """What is left of older trades cannot be sold alone; a holding that could be is not touched."""
    async with live_scene(tmp_path, binance_server) as scene:
        binance_server.exchange.engine.deposit("ETH", Decimal("0.0005"))
        trade = await scene.enter()
        assert trade.orders[0].ft_fee_base is None
        assert trade.amount == trade.orders[0].filled
        await scene.bot.force_exit(str(trade.id), order_type="market")
        binance_server.exchange.engine.deposit("ETH", Decimal(1))
        assert (await scene.enter()).orders[0].ft_fee_base > 0


async def test_fees_in_a_currency_of_their_own_are_a_ratio_all_the_same(tmp_path):
    settings = ServerSettings(
        commission="BNB", balance={"USDT": Decimal(10_000), "BNB": Decimal(1)}, trades_lag_ms=300
    )
    server = await start(settings=settings)
    async with live_scene(tmp_path, server) as scene:
        trade = await scene.enter()
        await scene.cycle()
        assert trade.fee_open_currency == "BNB"
        assert trade.fee_open == pytest.approx(0.00075, rel=0.02)
        assert trade.amount == scene.hold()
    await server.close()


# -- exits ---------------------------------------------------------------------------------------------


async def test_what_is_missing_a_little_is_sold_as_far_as_it_is_there(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server) as scene:
        trade = await scene.enter()
        trade.amount = scene.hold() * 1.01
        await scene.bot.force_exit(str(trade.id), order_type="market")
        assert not trade.is_open


OTHER_STEP = (
    "UPDATE trades SET amount_precision = 0.00000001, amount = amount + 0.00000012;"
    " UPDATE orders SET filled = filled + 0.00000012;"
)


async def test_a_trade_ends_though_the_exchange_has_made_its_lots_larger(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server) as scene:
        await scene.enter()
    with sqlite3.connect(tmp_path / "trades.sqlite") as books:
        books.executescript(OTHER_STEP)
    books.close()
    binance_server.exchange.engine.deposit("ETH", Decimal("0.00005"))
    async with live_scene(tmp_path, binance_server) as scene:
        trade = scene.trade
        await scene.bot.force_exit(str(trade.id), order_type="market")
        assert not trade.is_open


async def test_an_exit_that_is_refused_is_tried_again_with_growing_pauses(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server) as scene:
        trade = await scene.enter()
        trade.stop_loss = trade.open_rate * 2
        refused = Fault(
            kind="error", path=ORDER, method="POST", status=400, code=-1013, message="Filter failure"
        )
        binance_server.faults.add(refused)
        for _ in range(60):
            scene.passed += 5
            await scene.cycle()
        tried = [each for each in binance_server.faults.struck if each.method == "POST"]
        assert 5 <= len(tried) <= 12
        assert len([text for text in scene.warnings if "could not be left" in text]) == 1
        binance_server.faults.clear()
        scene.passed += 60
        await scene.cycle(2)
        assert not trade.is_open


async def test_a_trade_with_a_lost_order_is_not_deleted(tmp_path, binance_server: BinanceServer):
    async with live_scene(tmp_path, binance_server) as scene:
        binance_server.faults.add(LOST)
        with pytest.raises(OrderUnsettled):
            await scene.enter(price=1000.0, order_type="limit")
        trade_id = scene.trade.id
        with pytest.raises(Refused, match="not settled yet"):
            await scene.bot.interventions.delete_trade(trade_id)
        await scene.cycle()
        assert await scene.bot.interventions.delete_trade(trade_id) == 1
        assert binance_server.ledger.open_orders == []


NO_KEY = Fault(
    kind="error", path=ORDER, method="POST", status=401, code=-2015, message="Invalid API-key or permissions"
)


async def test_orders_that_nobody_may_place_are_told_and_do_not_pile_up(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server) as scene:
        trade = await scene.enter()
        trade.stop_loss = trade.open_rate * 2
        binance_server.faults.add(NO_KEY)
        for _ in range(20):
            scene.passed += 5
            await scene.cycle()
        tried = [each for each in binance_server.faults.struck if each.method == "POST"]
        assert len(tried) >= 8
        assert [order.status for order in trade.orders] == ["closed", "rejected"]
        assert len([text for text in scene.warnings if "could not be left: binance refuses" in text]) == 1
    binance_server.faults.clear()
    async with live_scene(tmp_path, binance_server) as scene:
        assert len(scene.trade.orders) == 2
        await scene.cycle()
        assert scene.bot.book.open == {}


AFTER_FILL = QUIET.replace(
    "    def populate_indicators",
    "    use_custom_stoploss = True\n\n"
    "    def custom_stoploss(self, current_profit, after_fill, **kwargs):\n        return -0.05\n\n"
    "    def populate_indicators",
)


async def test_an_entry_that_fills_while_prices_cannot_be_told_is_no_failure(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server, code=AFTER_FILL) as scene:
        price = round((await scene.bot.gateway.fetch_ticker(PAIR)).last * 1.01, 2)
        untold = [
            Fault(kind="error", path=path, status=400, code=-1000, message="")
            for path in ("*ticker*", "*depth*")
        ]
        binance_server.faults.add(*untold)
        trade = await scene.enter(price=price, order_type="limit")
        assert trade.amount > 0
        binance_server.faults.clear()
        await scene.cycle()
        assert trade.stop_loss == pytest.approx(trade.open_rate * 0.95, rel=0.01)


# -- stops on the exchange -----------------------------------------------------------------------------


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
        assert second.stop_price == trade.stop_loss and not first.ft_is_open
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
            await scene.bot.force_exit(str(trade.id))
        assert [str(order.id) for order in binance_server.ledger.open_orders] == [first.order_id]
        scene.passed += 31
        await scene.cycle(2)
        (second,) = trade.open_sl_orders
        assert second.stop_price == trade.stop_loss and not first.ft_is_open
        assert [str(order.id) for order in binance_server.ledger.open_orders] == [second.order_id]


async def test_a_position_whose_stop_order_is_refused_is_left_at_once(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server, **GUARD) as scene:
        trade = await scene.enter()
        trade.stop_loss = round(trade.open_rate * 1.2, 2)  # it is reached already
        await scene.cycle()
        assert not trade.is_open
        assert trade.exit_reason == "emergency_exit"
        assert not [order for order in trade.orders if order.ft_is_open]


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


async def test_a_reload_that_wants_what_the_exchange_lacks_sells_nothing(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server) as scene:
        trade = await scene.enter()
        scene.bot.gateway._own = peculiarities("bybit")  # where no stop orders are placed
        wanting = GUARDED.replace("Guarded", "Quiet")
        (tmp_path / "strategies" / "quiet.py").write_text(wanting)
        scene.bot.request_reload()
        await scene.cycle()
        assert any("stoploss_on_exchange: not available on binance" in text for text in scene.warnings)
        scene.bot._t.resolved.order_types["stoploss_on_exchange"] = True
        await scene.cycle()
        assert (trade.is_open, len(trade.orders), len(scene.orders)) == (True, 2, 1)


@pytest.mark.parametrize("by_hand", ["reload", "exit"])
async def test_what_a_stop_order_takes_along_is_over_and_told_once(tmp_path, binance_server, by_hand: str):
    async with live_scene(tmp_path, binance_server, position_adjustment_enable=True, **GUARD) as scene:
        trade = await scene.enter()
        await scene.cycle()
        (stop,) = trade.open_sl_orders
        await scene.enter(price=round(trade.open_rate * 0.99, 2), order_type="limit")
        reach(binance_server, stop)
        if by_hand == "reload":
            await scene.bot.interventions.reload_trade(trade.id)
        else:
            await scene.bot.force_exit(str(trade.id))
        told = [message["type"] for message in scene.messages if "cancel" in message["type"]]
        assert (trade.is_open, told) == (False, ["entry_cancel"])


# -- contact -------------------------------------------------------------------------------------------


async def test_while_the_exchange_is_silent_nothing_is_entered_and_entries_go(tmp_path, binance_server):
    changes = {"on_disconnect": "cancel_entries", "on_disconnect_after": 60}
    async with live_scene(tmp_path, binance_server, **changes) as scene:
        await scene.enter(price=1000.0, order_type="limit")
        contact = scene.bot._cycle.contact
        await scene.cycle()
        assert contact.may_enter
        binance_server.faults.add(Fault(kind="reset"))
        scene.bot.gateway._heard_at -= 60
        await scene.cycle()
        assert not contact.may_enter
        assert sum("has not answered for 6" in text for text in scene.warnings) == 1
        assert len(binance_server.ledger.open_orders) == 1
        binance_server.faults.clear()
        await scene.cycle(2)
        assert binance_server.ledger.open_orders == [] and scene.bot.book.open == {}
        assert contact.may_enter
        assert sum("answers again" in text for text in scene.warnings) == 1


async def test_candles_and_prices_do_not_hide_that_the_account_is_silent(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server) as scene:
        await scene.cycle()
        assert scene.bot.gateway.silent_for < 60
        for path in ("/api/v3/account", "/api/v3/*rder*", "/api/v3/myTrades"):
            binance_server.faults.add(Fault(kind="reset", path=path))
        await scene.cycle()
        scene.bot.gateway._unanswered_since -= 60
        await scene.cycle()
        assert not scene.bot._cycle.contact.may_enter
        assert sum("has not answered for 6" in text for text in scene.warnings) == 1
        scene.bot.gateway._is_heard()  # a stream of candles goes on
        assert scene.bot.gateway.silent_for >= 60
        binance_server.faults.clear()
        await scene.cycle()
        assert scene.bot._cycle.contact.may_enter
        assert sum("answers again" in text for text in scene.warnings) == 1


async def test_stop_entries_leaves_orders_where_they_are(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server) as scene:
        await scene.enter(price=1000.0, order_type="limit")
        binance_server.faults.add(Fault(kind="reset"))
        scene.bot.gateway._heard_at -= 3600
        await scene.cycle()
        assert not scene.bot._cycle.contact.may_enter
        binance_server.faults.clear()
        await scene.cycle()
        assert len(binance_server.ledger.open_orders) == 1
