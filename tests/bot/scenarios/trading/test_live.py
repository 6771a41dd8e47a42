"""Live trading, step by step, against the exchange server: fees, exits, contact."""

import sqlite3
from decimal import Decimal

import pytest

from appliance.domain.errors import (
    ConfigurationError,
    ExchangeError,
    OrderUnresolved,
    Refused,
)
from appliance.rules.trade_requests import ExitRequest
from tests.bot.live_scene import live_scene
from tests.exchange_server.faults import Fault
from tests.exchange_server.fixture import BinanceServer, start
from tests.exchange_server.fixture import binance_server as binance_server
from tests.exchange_server.settings import ServerSettings
from tests.support.live_gateway import ORDER, PAIR
from tests.support.scripted import QUIET
from tests.support.scripted import scene as dry_scene

LOST = Fault(kind="reset", path=ORDER, method="POST", accepted=True, times=1)


async def test_the_start_says_that_this_is_real_money(tmp_path, binance_server: BinanceServer):
    async with live_scene(tmp_path, binance_server) as scene:
        assert any("LIVE TRADING with real money" in text for text in scene.warnings)


async def test_positions_of_simulated_money_are_not_sold_for_real(
    tmp_path, binance_server: BinanceServer, caplog
):
    async with dry_scene(tmp_path) as stage:
        await stage.enter()
    binance_server.exchange.engine.deposit("ETH", Decimal(5))
    with pytest.raises(ConfigurationError, match=r"open trades of simulated money \(ETH/USDT\)"):
        async with live_scene(tmp_path, binance_server):
            pass
    (tmp_path / "trades.sqlite").unlink()
    async with live_scene(tmp_path, binance_server) as scene:
        await scene.enter()
    async with dry_scene(tmp_path):
        assert "continue with simulated money: ETH/USDT" in caplog.text


# -- fees ----------------------------------------------------------------------------------------------


async def test_a_fee_taken_from_what_was_bought_is_not_sold(tmp_path, binance_server: BinanceServer):
    async with live_scene(tmp_path, binance_server) as scene:
        trade = await scene.enter()
        (entry,) = trade.orders
        assert entry.ft_fee_base == pytest.approx(entry.filled * 0.001)
        assert trade.amount <= scene.hold()
        assert trade.fee_open == pytest.approx(0.001)
        await scene.bot.force_exit(ExitRequest(trade_id=str(trade.id), order_type="market"))
        assert not trade.is_open
        assert scene.hold() < 0.0002


async def test_left_overs_pay_the_next_fee(tmp_path, binance_server: BinanceServer):
    """What is left of older trades cannot be sold alone; a holding that could be is not touched."""
    async with live_scene(tmp_path, binance_server) as scene:
        binance_server.exchange.engine.deposit("ETH", Decimal("0.0005"))
        trade = await scene.enter()
        assert trade.orders[0].ft_fee_base is None
        assert trade.amount == trade.orders[0].filled
        await scene.bot.force_exit(ExitRequest(trade_id=str(trade.id), order_type="market"))
        binance_server.exchange.engine.deposit("ETH", Decimal(1))
        assert (await scene.enter()).orders[0].ft_fee_base > 0


async def test_fees_in_a_currency_of_their_own_are_a_ratio_anyway(tmp_path):
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
        await scene.bot.force_exit(ExitRequest(trade_id=str(trade.id), order_type="market"))
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
        await scene.bot.force_exit(ExitRequest(trade_id=str(trade.id), order_type="market"))
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
        assert len([text for text in scene.warnings if "Exit of" in text]) == 1
        binance_server.faults.clear()
        scene.passed += 60
        await scene.cycle(2)
        assert not trade.is_open


async def test_a_trade_with_a_lost_order_is_not_deleted(tmp_path, binance_server: BinanceServer):
    async with live_scene(tmp_path, binance_server) as scene:
        binance_server.faults.add(LOST)
        with pytest.raises(OrderUnresolved):
            await scene.enter(price=1000.0, order_type="limit")
        trade_id = scene.trade.id
        with pytest.raises(Refused, match="not resolved yet"):
            await scene.bot.interventions.delete_trade(trade_id)
        await scene.cycle()
        assert await scene.bot.interventions.delete_trade(trade_id) == 1
        assert binance_server.ledger.open_orders == []


NO_KEY = Fault(
    kind="error", path=ORDER, method="POST", status=401, code=-2015, message="Invalid API-key or permissions"
)


async def test_forbidden_orders_are_reported_and_do_not_pile_up(tmp_path, binance_server):
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
        assert len([text for text in scene.warnings if "failed: binance refuses" in text]) == 1
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


async def test_an_entry_that_fills_without_known_prices_is_not_a_failure(tmp_path, binance_server):
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


# -- contact -------------------------------------------------------------------------------------------


async def test_while_the_exchange_is_silent_there_are_no_entries_and_open_ones_are_cancelled(
    tmp_path, binance_server
):
    changes = {"on_disconnect": "cancel_entries", "on_disconnect_after": 60}
    async with live_scene(tmp_path, binance_server, **changes) as scene:
        await scene.enter(price=1000.0, order_type="limit")
        contact = scene.bot._cycle.contact
        await scene.cycle()
        assert contact.may_enter
        binance_server.faults.add(Fault(kind="reset"))
        scene.bot.gateway._connection._answered_at -= 60
        await scene.cycle()
        assert not contact.may_enter
        assert sum("has not answered for 6" in text for text in scene.warnings) == 1
        assert len(binance_server.ledger.open_orders) == 1
        binance_server.faults.clear()
        await scene.cycle(2)
        assert binance_server.ledger.open_orders == []
        assert scene.bot.book.open == {}
        assert contact.may_enter
        assert sum("answers again" in text for text in scene.warnings) == 1


async def test_candles_and_prices_do_not_hide_that_the_account_is_silent(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server) as scene:
        await scene.cycle()
        assert scene.bot.gateway.silent_for < 60
        for path in ("/api/v3/account", "/api/v3/*rder*", "/api/v3/myTrades"):
            binance_server.faults.add(Fault(kind="reset", path=path))
        await scene.cycle()
        scene.bot.gateway._connection._account_unanswered_since -= 60
        await scene.cycle()
        assert not scene.bot._cycle.contact.may_enter
        assert sum("has not answered for 6" in text for text in scene.warnings) == 1
        scene.bot.gateway._connection.note_answer()  # a stream of candles goes on
        assert scene.bot.gateway.silent_for >= 60
        binance_server.faults.clear()
        await scene.cycle()
        assert scene.bot._cycle.contact.may_enter
        assert sum("answers again" in text for text in scene.warnings) == 1


async def test_stop_entries_leaves_orders_where_they_are(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server) as scene:
        await scene.enter(price=1000.0, order_type="limit")
        binance_server.faults.add(Fault(kind="reset"))
        scene.bot.gateway._connection._answered_at -= 3600
        await scene.cycle()
        assert not scene.bot._cycle.contact.may_enter
        binance_server.faults.clear()
        await scene.cycle()
        assert len(binance_server.ledger.open_orders) == 1


async def test_a_sale_that_arrives_twice_is_known_though_the_answer_is_a_refusal(tmp_path, binance_server):
    """What stands between us and the exchange may send a request again: the first has sold all there is."""
    async with live_scene(tmp_path, binance_server) as scene:
        trade = await scene.enter()
        binance_server.faults.add(Fault(kind="repeated", path=ORDER, method="POST", times=1))
        await scene.bot.force_exit(ExitRequest(trade_id=str(trade.id), order_type="market"))
        assert not trade.is_open
        assert trade.exit_reason == "force_exit"
        assert any("after it was reported rejected" in text for text in scene.warnings)
        assert [order.side for order in scene.orders] == ["BUY", "SELL"]


async def test_few_of_many_refused_orders_are_rechecked(tmp_path, binance_server):
    """Each question looks in every place, and uses up the exchange's patience."""
    async with live_scene(tmp_path, binance_server) as scene:
        trade = await scene.enter()
        refusal = {"status": 400, "code": -2010, "message": "Account has insufficient balance."}
        binance_server.faults.add(Fault(kind="error", path=ORDER, method="POST", **refusal))
        for _ in range(4):
            with pytest.raises(ExchangeError, match="insufficient balance"):
                await scene.bot.force_exit(ExitRequest(trade_id=str(trade.id)))
        await scene.cycle()
        asked = binance_server.traffic.requests["/api/v3/allOrders"]
        scene.passed += 6
        await scene.cycle(2)
        assert binance_server.traffic.requests["/api/v3/allOrders"] == asked + 1
