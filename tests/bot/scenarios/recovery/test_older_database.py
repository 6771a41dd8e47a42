"""A database that is older than what the exchange knows, as after a restored backup: orders are compared."""

import shutil
from pathlib import Path

import pytest

from appliance.exchange.client_ids import new_client_order_id
from appliance.rules.trade_requests import EntryRequest, ExitRequest
from tests.bot.live_scene import live_scene
from tests.bot.scenarios.recovery.test_late_fills import (
    BY_THE_BOT,
    BY_THE_EXCHANGE,
    agrees_with_the_account,
    below,
    everything_left,
    late,
    rest,
)
from tests.exchange_server.engine import manual_trading, order_request
from tests.exchange_server.fixture import BinanceServer
from tests.exchange_server.fixture import binance_server as binance_server
from tests.support.live_gateway import PAIR

BTC = "BTC/USDT"


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    return tmp_path / "backup"


def back_up(folder: Path, backup: Path) -> None:
    """Copy the database as it is."""
    backup.mkdir(exist_ok=True)
    for file in folder.glob("trades.sqlite*"):
        shutil.copy(file, backup)


async def test_an_addition_missing_in_the_books_is_adopted_and_the_full_stop_stays(
    tmp_path, binance_server, backup
):
    async with live_scene(tmp_path, binance_server, **BY_THE_EXCHANGE) as scene:
        await scene.enter(stake=100.0)
        await scene.cycle()
        back_up(tmp_path, backup)
        await scene.enter(stake=600.0)
        await rest(scene, 1, 1)
        (full,) = scene.trade.open_sl_orders
        amount, profit_at = scene.trade.amount, scene.trade.open_rate
    async with live_scene(backup, binance_server, **BY_THE_EXCHANGE) as scene:
        trade = scene.trade
        assert (trade.amount, trade.open_rate) == (pytest.approx(amount), pytest.approx(profit_at))
        assert sum("it is adopted" in text for text in scene.warnings) >= 2
        await rest(scene, 1, 1)
        standing = {str(order.id) for order in binance_server.ledger.open_orders}
        assert standing == {full.order_id} == {order.order_id for order in trade.open_sl_orders}
        await everything_left(scene)
        assert binance_server.ledger.open_orders == []
        await agrees_with_the_account(scene)


async def test_a_sale_and_a_new_purchase_are_two_trades(tmp_path, binance_server, backup):
    async with live_scene(tmp_path, binance_server, **BY_THE_EXCHANGE) as scene:
        old = await scene.enter(stake=100.0)
        await scene.cycle()
        back_up(tmp_path, backup)
        await scene.bot.force_exit(ExitRequest(trade_id=str(old.id), order_type="market"))
        new = await scene.enter(stake=200.0)
        await rest(scene, 1, 1)
    async with live_scene(backup, binance_server, **BY_THE_EXCHANGE) as scene:
        (closed,) = scene.bot.book.closed
        assert (closed.id, scene.trade.id != old.id) == (old.id, True)
        assert scene.trade.amount == pytest.approx(new.amount)
        await rest(scene, 1, 1)
        (stop,) = scene.trade.open_sl_orders
        assert stop.amount == pytest.approx(new.amount, rel=0.02)
        await everything_left(scene)
        await agrees_with_the_account(scene)


async def test_a_purchase_that_was_sold_again_is_a_closed_trade(tmp_path, binance_server, backup):
    async with live_scene(tmp_path, binance_server, **BY_THE_BOT) as scene:
        back_up(tmp_path, backup)
        trade = await scene.enter()
        await scene.bot.force_exit(ExitRequest(trade_id=str(trade.id), order_type="market"))
    async with live_scene(backup, binance_server, **BY_THE_BOT) as scene:
        assert scene.bot.book.open == {}
        await rest(scene)
        assert len(scene.bot.book.closed) == 1
        await agrees_with_the_account(scene)


async def test_so_it_is_with_a_pair_that_left_the_whitelist(tmp_path, binance_server, backup):
    both = {**BY_THE_EXCHANGE, "exchange.pair_whitelist": [PAIR, BTC]}
    async with live_scene(tmp_path, binance_server, **both) as scene:
        back_up(tmp_path, backup)
        await scene.bot.force_enter(EntryRequest(pair=BTC, order_type="market"))
        await scene.cycle()
        await scene.enter()
    only_btc = {**BY_THE_EXCHANGE, "exchange.pair_whitelist": [BTC]}
    async with live_scene(backup, binance_server, **only_btc) as scene:
        assert {trade.pair for trade in scene.bot.book.open.values()} == {PAIR, BTC}
        await rest(scene, 1, 1)
        assert all(trade.open_sl_orders for trade in scene.bot.book.open.values())
        assert not any("by hand" in text for text in scene.warnings)
        await everything_left(scene)
        assert scene.hold("BTC") < 0.00002


async def test_so_it_is_where_the_account_holds_none_of_it_any_more(tmp_path, binance_server, backup):
    """An open trade in the books was sold, its pair is off the whitelist."""
    async with live_scene(tmp_path, binance_server, **BY_THE_EXCHANGE) as scene:
        trade = await scene.enter()
        await scene.cycle()
        back_up(tmp_path, backup)
        await scene.bot.force_exit(ExitRequest(trade_id=str(trade.id), order_type="market"))
    only_btc = {**BY_THE_EXCHANGE, "exchange.pair_whitelist": [BTC]}
    async with live_scene(backup, binance_server, **only_btc) as scene:
        assert scene.bot.book.open == {}
        await agrees_with_the_account(scene)


def trade_by_hand(server: BinanceServer, number: int, client_id: str = "web_{}") -> None:
    """Buy so often, in tiny amounts, on the exchange's website."""
    for each in range(number):
        given = {"symbol": "ETHUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.003"}
        given["newClientOrderId"] = client_id.format(each)
        server.exchange.engine.place(order_request.read(given, server.exchange.pairs))
        server.put_clock_ahead(2)


@pytest.mark.parametrize("number", [520, 1_050])
async def test_however_many_orders_there_have_been_since(tmp_path, binance_server, backup, number):
    """Those of the user's are left alone, whatever they bought."""
    async with live_scene(tmp_path, binance_server, **BY_THE_EXCHANGE) as scene:
        await scene.enter(stake=100.0)
        await scene.cycle()
        back_up(tmp_path, backup)
        trade_by_hand(binance_server, number // 2)
        await scene.enter(stake=300.0)
        trade_by_hand(binance_server, number - number // 2, "android_{}")
        bought = scene.trade.amount
    async with live_scene(backup, binance_server, **BY_THE_EXCHANGE) as scene:
        assert scene.trade.amount == pytest.approx(bought)
        assert len(scene.trade.select_filled_orders("buy")) == 2
        await rest(scene, 1, 1)
        (stop,) = scene.trade.open_sl_orders
        assert stop.amount == pytest.approx(bought, rel=0.02)
        coins = scene.hold() - bought
        await scene.bot.force_exit(ExitRequest(trade_id=str(scene.trade.id), order_type="market"))
        assert scene.bot.book.open == {}
        assert scene.hold() == pytest.approx(coins, abs=0.0003)


async def test_orders_that_the_user_placed_in_between_are_left_alone(tmp_path, binance_server, backup):
    async with live_scene(tmp_path, binance_server, **BY_THE_EXCHANGE) as scene:
        await scene.enter(stake=100.0)
        await scene.cycle()
        back_up(tmp_path, backup)
        price = binance_server.market.price(PAIR, binance_server.clock())
        bought = manual_trading.buy(binance_server.exchange, PAIR, 0.2)
        standing = {
            manual_trading.sell(binance_server.exchange, PAIR, 0.1, round(price * 1.1, 2)).id,
            manual_trading.buy(binance_server.exchange, PAIR, 0.1, round(price * 0.9, 2)).id,
        }
        await scene.enter(stake=300.0)
        await rest(scene, 1, 1)
        amount = scene.trade.amount
    async with live_scene(backup, binance_server, **BY_THE_EXCHANGE) as scene:
        assert scene.trade.amount == pytest.approx(amount)
        await rest(scene)
        await scene.bot.force_exit(ExitRequest(trade_id=str(scene.trade.id), order_type="market"))
        assert {order.id for order in binance_server.ledger.open_orders} == standing
        assert scene.hold() == pytest.approx(float(bought.executed), abs=0.0005)
        assert scene.bot.book.open == {}


async def test_a_stop_order_that_was_reached_meanwhile_ends_its_trade(tmp_path, binance_server, backup):
    async with live_scene(tmp_path, binance_server, **BY_THE_EXCHANGE) as scene:
        await scene.enter(stake=100.0)
        back_up(tmp_path, backup)  # before the stop order was placed
        await scene.cycle()
        (stop,) = binance_server.ledger.open_orders
    binance_server.exchange.engine.start(stop, binance_server.clock())
    async with live_scene(backup, binance_server, **BY_THE_EXCHANGE) as scene:
        assert scene.bot.book.open == {}
        (closed,) = scene.bot.book.closed
        assert closed.exit_reason == "stoploss_on_exchange"
        await agrees_with_the_account(scene)


async def test_an_addition_that_stood_in_the_backup_and_filled_late_since(tmp_path, binance_server, backup):
    """In the backup it still waits; it was cancelled, its trade closed, and it had filled after all."""
    async with live_scene(tmp_path, binance_server, **BY_THE_BOT) as scene:
        trade = await scene.enter(stake=100.0)
        await scene.enter(order_type="limit", price=below(scene), stake=100.0)
        back_up(tmp_path, backup)
        late(binance_server, share=0.5)
        await scene.bot.force_exit(ExitRequest(trade_id=str(trade.id), order_type="market"))
    binance_server.put_clock_ahead(25_000)
    async with live_scene(backup, binance_server, **BY_THE_BOT) as scene:
        assert scene.trade.id == trade.id
        assert scene.trade.amount == pytest.approx(scene.hold(), abs=0.0002)
        await everything_left(scene)
        await agrees_with_the_account(scene)


async def test_an_order_of_another_bot_of_ours_is_left_alone(tmp_path, binance_server, backup):
    async with live_scene(tmp_path, binance_server, **BY_THE_BOT) as scene:
        await scene.enter(stake=100.0)
        back_up(tmp_path, backup)
        trade_by_hand(binance_server, 3, new_client_order_id("abcdef")[:-2] + "{:02}")
        amount = scene.trade.amount
    async with live_scene(backup, binance_server, **BY_THE_BOT) as scene:
        assert scene.trade.amount == amount
        await rest(scene, 1, 1)
        assert scene.trade.amount == amount
