"""What a start finds on the exchange: orders of ours come into the books, those of others are left alone."""

import sqlite3
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from appliance.domain.errors import OrderUnresolved, Refused
from appliance.domain.order_state import UNRESOLVED, OrderState
from appliance.exchange.client_ids import new_client_order_id
from appliance.rules.manual_resolution import Claim
from appliance.rules.trade_requests import EntryRequest, ExitRequest
from tests.bot.live_scene import GUARDED, live_scene
from tests.exchange_server.engine import manual_trading
from tests.exchange_server.faults import Fault
from tests.exchange_server.fixture import BinanceServer
from tests.exchange_server.fixture import binance_server as binance_server
from tests.support.live_gateway import ORDER, PAIR, gateway_to, opened, place

GUARD = {"strategy": "Guarded", "code": GUARDED}
RESTING = {"price": 1000.0, "order_type": "limit"}
TRADES = "DELETE FROM appliance_orders; DELETE FROM orders; DELETE FROM trades;"
JOURNAL = "DELETE FROM appliance_journal;"


def forget(folder: Path, what: str) -> None:
    """Take something out of the database, as an older backup of it would lack it."""
    with sqlite3.connect(folder / "trades.sqlite") as books:
        books.executescript(what)
    books.close()


@pytest.mark.parametrize("lost", [TRADES, TRADES + JOURNAL], ids=["journal_entry", "not even that"])
async def test_an_open_order_missing_in_the_books_is_adopted(
    tmp_path, binance_server: BinanceServer, lost: str
):
    async with live_scene(tmp_path, binance_server) as scene:
        await scene.enter(**RESTING)
    forget(tmp_path, lost)
    async with live_scene(tmp_path, binance_server) as scene:
        (order,) = scene.trade.orders
        (booked,) = scene.orders
        assert (order.order_id, order.status, order.ft_is_open) == (str(booked.id), "open", True)
        assert (scene.trade.pair, scene.trade.amount) == (PAIR, 0.0)
        assert any("it is adopted" in text for text in scene.warnings)
        binance_server.exchange.engine.fill(booked.id, 1.0)
        await scene.cycle()
        assert scene.trade.amount == pytest.approx(float(booked.quantity), rel=0.01)
        assert scene.trade.stop_loss == pytest.approx(900, rel=0.001)


@pytest.mark.parametrize("lost", [TRADES, TRADES + JOURNAL], ids=["journal_entry", "not even that"])
async def test_a_position_missing_in_the_books_is_found_by_the_balance(tmp_path, binance_server, lost: str):
    async with live_scene(tmp_path, binance_server) as scene:
        bought = await scene.enter()
    forget(tmp_path, lost)
    forget(tmp_path, "UPDATE appliance_journal SET state = 'ACKNOWLEDGED';")
    async with live_scene(tmp_path, binance_server) as scene:
        trade = scene.trade
        assert (trade.amount, trade.open_rate, trade.enter_tag) == (
            bought.amount,
            bought.open_rate,
            "adopted",
        )
        assert trade.orders[0].ft_fee_base == bought.orders[0].ft_fee_base
        await scene.bot.force_exit(ExitRequest(trade_id=str(trade.id), order_type="market"))
        assert scene.hold() < 0.0002


async def test_a_sale_missing_in_the_books_closes_its_trade(tmp_path, binance_server: BinanceServer):
    async with live_scene(tmp_path, binance_server) as scene:
        trade = await scene.enter()
        await scene.bot.force_exit(ExitRequest(trade_id=str(trade.id), order_type="market"))
    forget(
        tmp_path,
        "DELETE FROM appliance_orders; DELETE FROM orders WHERE ft_order_side = 'sell';"
        " DELETE FROM appliance_journal WHERE side = 'sell'; UPDATE trades SET is_open = 1;",
    )
    async with live_scene(tmp_path, binance_server) as scene:
        assert scene.bot.book.open == {}
        (closed,) = scene.bot.book.closed
        assert closed.close_profit != 0


async def test_a_stop_order_whose_trade_has_ended_is_cancelled(tmp_path, binance_server: BinanceServer):
    async with live_scene(tmp_path, binance_server, **GUARD) as scene:
        await scene.enter()
        await scene.cycle()
    forget(
        tmp_path, "UPDATE trades SET is_open = 0, close_date = open_date, close_rate = 1, close_profit = 0;"
    )
    async with live_scene(tmp_path, binance_server) as scene:
        assert binance_server.ledger.open_orders == []
        assert any("although its trade is closed" in text for text in scene.warnings)
        assert any("of 0.0" in text and "0 are in the books" in text for text in scene.warnings)


OLD_PAIR = "".join(
    f"UPDATE {table} SET {pair} = 'OLD/USDT' WHERE {pair} = '{PAIR}';"
    for table, pair in (("trades", "pair"), ("orders", "ft_pair"), ("appliance_journal", "pair"))
)
NOT_OURS = "UPDATE orders SET order_id = 'no number';"


@pytest.mark.parametrize(("done", "why"), [(OLD_PAIR, "has no pair OLD/USDT"), (NOT_OURS, "Illegal")])
async def test_an_order_that_cannot_be_fetched_leaves_the_rest_protected(tmp_path, binance_server, done, why):
    pairs = {"exchange.pair_whitelist": [PAIR, "BTC/USDT"]}
    async with live_scene(tmp_path, binance_server, **pairs) as scene:
        await scene.enter(**RESTING)
    forget(tmp_path, done)
    async with live_scene(tmp_path, binance_server, **pairs) as scene:
        stuck = scene.trade
        assert any(f"of {stuck.pair} is unknown" in text and why in text for text in scene.warnings)
        trade = await scene.bot.force_enter(EntryRequest(pair="BTC/USDT", order_type="market"))
        trade.stop_loss = trade.open_rate * 2
        await scene.cycle()
        assert (trade.is_open, stuck.is_open) == (False, True)


async def test_a_trade_whose_pair_is_gone_can_be_deleted(tmp_path, binance_server: BinanceServer):
    async with live_scene(tmp_path, binance_server) as scene:
        await scene.enter(**RESTING)
    forget(tmp_path, OLD_PAIR)
    async with live_scene(tmp_path, binance_server) as scene:
        await scene.bot.interventions.delete_trade(scene.trade.id)
        assert scene.bot.book.open == {}


async def test_exits_continue_while_what_a_second_look_found_cannot_be_written(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server) as scene:
        await scene.enter()
        binance_server.faults.add(Fault(kind="reset", path=ORDER, method="POST", times=1))
        with pytest.raises(OrderUnresolved):
            await scene.bot.force_exit(ExitRequest(trade_id=str(scene.trade.id)))
    forget(
        tmp_path,
        "DELETE FROM appliance_orders WHERE order_id IN (SELECT id FROM orders WHERE ft_order_side = 'sell');"
        " DELETE FROM orders WHERE ft_order_side = 'sell';",
    )
    async with live_scene(tmp_path, binance_server) as scene:
        await scene.cycle()
        scene.passed += 100
        scene.trade.stop_loss = scene.trade.open_rate * 2
        scene.trade.max_rate = None
        await scene.bot._shared.books.store._database._connections.writer.execute("PRAGMA query_only = ON")
        await scene.cycle()
        await scene.bot._shared.books.store._database._connections.writer.execute("PRAGMA query_only = OFF")
        assert scene.trade.max_rate, "nobody has looked at the trade"
        for _ in range(3):
            scene.passed += 100
            await scene.cycle()
        assert scene.bot.book.open == {}


async def test_orders_of_others_are_left_alone(tmp_path, binance_server: BinanceServer):
    """The user's own, and those of another bot of this program on the same account."""
    async with opened(gateway_to(binance_server)) as other:
        theirs = await place(other, client_order_id=new_client_order_id("abcdef"))
        manual = await place(other, client_order_id="web_1234")
    async with live_scene(tmp_path, binance_server) as scene:
        assert scene.bot.book.open == {}
        await scene.cycle()
        assert {str(order.id) for order in binance_server.ledger.open_orders} == {
            theirs.id,
            manual.id,
        }


async def test_two_bots_give_ids_of_their_own_and_keep_them(tmp_path, binance_server: BinanceServer):
    marks = []
    for name in ("first", "second", "first"):
        (tmp_path / name).mkdir(exist_ok=True)
        async with live_scene(tmp_path / name, binance_server) as scene:
            marks.append(scene.bot._shared.books.order_mark)
    assert marks[0] == marks[2] != marks[1]


async def test_differences_in_balance_are_reported(tmp_path, binance_server: BinanceServer):
    async with live_scene(tmp_path, binance_server) as scene:
        await scene.enter()
    manual_trading.withdraw(binance_server.exchange, "ETH", "0.02")
    async with live_scene(tmp_path, binance_server) as scene:
        assert any("the cause of the difference" in text for text in scene.warnings)
    binance_server.exchange.engine.deposit("ETH", Decimal(3))
    async with live_scene(tmp_path, binance_server) as scene:
        assert any("in the account" in text for text in scene.bot.findings)


async def test_a_sale_that_fills_during_the_start_is_no_difference(tmp_path, binance_server: BinanceServer):
    async with live_scene(tmp_path, binance_server) as scene:
        trade = await scene.enter()
        await scene.bot.force_exit(
            ExitRequest(trade_id=str(trade.id), order_type="limit", price=round(trade.open_rate * 1.2, 2))
        )
    settings = binance_server.exchange.settings
    binance_server.exchange.settings = msgspec.structs.replace(settings, lag_ms=60_000)
    binance_server.put_clock_ahead(120_000)
    binance_server.exchange.engine.fill(scene.orders[-1].id, 1.0)
    async with live_scene(tmp_path, binance_server) as scene:
        assert not any("the cause of the difference" in text for text in scene.warnings)
        binance_server.put_clock_ahead(180_000)
        await scene.cycle()
        assert scene.bot.book.open == {}


async def test_an_order_that_the_exchange_finds_only_after_minutes_is_adopted_then(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server) as scene:
        binance_server.faults.add(Fault(kind="reset", path=ORDER, method="POST", accepted=True, times=1))
        with pytest.raises(OrderUnresolved):
            await scene.enter(**RESTING)
        (booked,) = scene.orders
        binance_server.exchange.hide(booked, 300_000)
        scene.passed += 30
        await scene.cycle()
        assert scene.bot.book.open == {}
        binance_server.put_clock_ahead(300_000)
        scene.passed += 60
        await scene.cycle(2)
        assert scene.trade.orders[0].order_id == str(booked.id)


async def test_an_unresolved_line_without_a_trade_is_resolved(tmp_path, binance_server: BinanceServer):
    async with live_scene(tmp_path, binance_server) as scene:
        binance_server.faults.add(Fault(kind="reset", path=ORDER, method="POST", times=1))
        with pytest.raises(OrderUnresolved):
            await scene.enter(**RESTING)
    forget(tmp_path, TRADES)
    async with live_scene(tmp_path, binance_server) as scene:
        await scene.cycle()
        scene.passed += 61
        await scene.cycle()
        (line,) = await scene.bot._shared.books.store.journal.in_states(*OrderState)
        assert line.state is OrderState.REJECTED


async def test_a_trade_that_never_came_to_be_is_removed(tmp_path, binance_server: BinanceServer):
    async with live_scene(tmp_path, binance_server) as scene:
        trade = await scene.enter(**RESTING)
        await scene.bot._cycle.orders.cancel(trade, trade.orders[0], "replaced", replacing=True)
        assert len(scene.bot.book.open) == 1
    async with live_scene(tmp_path, binance_server) as scene:
        assert scene.bot.book.open == {}


async def test_an_order_that_is_not_found_at_once_after_a_restart_is_not_given_up(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server) as scene:
        await scene.enter(**RESTING)
        (booked,) = scene.orders
    binance_server.exchange.hide(booked, 60_000)
    async with live_scene(tmp_path, binance_server) as scene:
        await scene.cycle()
        assert scene.trade.has_open_orders
        binance_server.put_clock_ahead(61_000)
        await scene.cycle()
        assert scene.trade.orders[0].status == "open"


async def lose_with_its_trade(folder: Path, server: BinanceServer, *, accepted: bool) -> None:
    """Have the journal alone know an order, and that it is not known what became of it."""
    async with live_scene(folder, server) as scene:
        server.faults.add(Fault(kind="reset", path=ORDER, method="POST", accepted=accepted, times=1))
        with pytest.raises(OrderUnresolved):
            await scene.enter(**RESTING)
    forget(folder, TRADES)


async def test_a_lost_order_without_a_trade_keeps_its_pair_until_it_is_found(tmp_path, binance_server):
    await lose_with_its_trade(tmp_path, binance_server, accepted=True)
    (booked,) = binance_server.ledger.orders.values()
    binance_server.exchange.hide(booked, 60_000)
    async with live_scene(tmp_path, binance_server) as scene:
        await scene.cycle()
        with pytest.raises(Refused, match="is still unknown"):
            await scene.enter()
        binance_server.put_clock_ahead(60_000)
        scene.passed += 60
        await scene.cycle(2)
        assert scene.trade.orders[0].order_id == str(booked.id)
        assert len(scene.orders) == 1


async def test_a_lost_order_without_a_trade_keeps_its_pair_until_it_is_certain(tmp_path, binance_server):
    await lose_with_its_trade(tmp_path, binance_server, accepted=False)
    async with live_scene(tmp_path, binance_server) as scene:
        await scene.cycle()
        with pytest.raises(Refused, match="is still unknown"):
            await scene.enter()
        scene.passed += 60
        await scene.cycle(2)
        await scene.enter()
        assert len(scene.orders) == 1


async def test_a_lost_order_without_a_trade_that_is_resolved_manually_frees_its_pair(
    tmp_path, binance_server
):
    await lose_with_its_trade(tmp_path, binance_server, accepted=False)
    async with live_scene(tmp_path, binance_server) as scene:
        (line,) = await scene.bot._shared.books.store.journal.in_states(*UNRESOLVED)
        with pytest.raises(Refused, match="may still accept it"):
            await scene.bot.manual_resolution.resolve(line.client_order_id, Claim.NEVER_SENT)
        scene.passed += scene.bot.gateway.settling_seconds
        settled, _ = await scene.bot.manual_resolution.resolve(line.client_order_id, Claim.NEVER_SENT)
        assert settled.state is OrderState.REJECTED
        await scene.enter()
        await scene.cycle()
        assert len(scene.orders) == 1


async def test_a_lost_order_without_a_trade_and_without_fills_is_resolved(tmp_path, binance_server):
    await lose_with_its_trade(tmp_path, binance_server, accepted=True)
    (booked,) = binance_server.ledger.orders.values()
    binance_server.exchange.engine.cancel(booked.id, "by the user")
    async with live_scene(tmp_path, binance_server) as scene:
        line = await scene.bot.manual_resolution.line(booked.client_id)
        assert (line.state, line.order_id) == (OrderState.CANCELLED, str(booked.id))
        await scene.enter()
