"""Fills that an exchange tells after it called their order over: they are booked where they belong."""

import pytest

from appliance.rules.trade_requests import ExitRequest
from tests.bot.live_scene import GUARDED, LiveScene, live_scene
from tests.exchange_server.engine import manual_trading
from tests.exchange_server.faults import Fault
from tests.exchange_server.fixture import BinanceServer
from tests.exchange_server.fixture import binance_server as binance_server
from tests.support.live_gateway import ORDER, PAIR
from tests.support.scripted import QUIET
from tests.support.summing import closed_figures

GROWS = '    timeframe = "5m"\n    position_adjustment_enable = True'
GROWING = QUIET.replace("Quiet", "Growing").replace('    timeframe = "5m"', GROWS)
SECURE = GUARDED.replace("Guarded", "Secure").replace('    timeframe = "5m"', GROWS)
BY_THE_BOT = {"strategy": "Growing", "code": GROWING, "max_open_trades": 5}
BY_THE_EXCHANGE = {"strategy": "Secure", "code": SECURE, "max_open_trades": 5}


def pass_time(scene: LiveScene, seconds: float) -> None:
    scene.server.put_clock_ahead(int(seconds * 1000))
    scene.passed += seconds


async def rest(scene: LiveScene, *pauses: float) -> None:
    """Let time pass, and the bot look around after each pause."""
    for seconds in pauses or (5, 10, 15, 35, 1):
        pass_time(scene, seconds)
        await scene.cycle()


def below(scene: LiveScene, ratio: float = 0.97) -> float:
    return round(scene.server.market.price(PAIR, scene.server.clock()) * ratio, 2)


async def add(scene: LiveScene, **options) -> None:
    """Add to the trade with an order that rests below the price."""
    await scene.enter(**({"order_type": "limit", "price": below(scene), "stake": 100.0} | options))


def late(server: BinanceServer, share: float = 1.0, seconds: float = 20) -> None:
    """Have the next cancel hide that `share` of what the order has left had filled before."""
    server.faults.add(
        Fault(kind="filled_late", path=ORDER, method="DELETE", share=share, seconds=seconds, times=1)
    )


async def everything_left(scene: LiveScene, exits: int = 2) -> None:
    """Leave every trade; of each exit so far nothing but what is below a lot step may stay in the account."""
    for trade in list(scene.bot.book.open.values()):
        await scene.bot.force_exit(ExitRequest(trade_id=str(trade.id), order_type="market"))
    assert scene.bot.book.open == {}
    assert scene.hold() < exits * 0.0001


def made(scene: LiveScene) -> float:
    """Return what the account has made since it had 10,000 USDT, coins at the last price."""
    left = scene.hold() * float(scene.server.ledger.fills[-1].price)
    return scene.hold("USDT") + left - 10_000


async def agrees_with_the_account(scene: LiveScene) -> None:
    """Hold what trades have made against the account; of what is left over a change of price is no profit."""
    doubt = 0.01 + scene.hold() * 0.25 * float(scene.server.ledger.fills[-1].price)
    told = closed_figures(scene.bot.book.closed, 10_000.0).profit
    assert told == pytest.approx(made(scene), abs=doubt)


@pytest.mark.parametrize("setup", [BY_THE_BOT, BY_THE_EXCHANGE], ids=["stop held here", "stop order"])
async def test_an_addition_that_filled_after_its_trade_had_closed_opens_that_trade_again(
    tmp_path, binance_server, setup
):
    async with live_scene(tmp_path, binance_server, **setup) as scene:
        old = await scene.enter()
        await add(scene)
        late(binance_server)
        await scene.bot.force_exit(ExitRequest(trade_id=str(old.id), order_type="market"))
        assert not old.is_open
        new = await scene.enter()
        assert new.id != old.id
        before = (new.amount, [order.order_id for order in new.orders], new.stake_amount)
        await rest(scene)
        again = scene.bot.book.open[old.id]
        addition = again.orders[1]
        assert addition.safe_filled == pytest.approx(float(scene.orders[1].executed))
        assert again.amount == pytest.approx(addition.safe_amount_after_fee, abs=0.0002)
        assert again.close_date is None
        assert before == (
            new.amount,
            [o.order_id for o in new.orders if o.ft_order_side != "stoploss"],
            new.stake_amount,
        )
        told = "after it was reported cancelled: trade 1 is open again and protected"
        assert any(told in text for text in scene.warnings)
        owners = [order.order_id for trade in (again, new) for order in trade.orders]
        assert len(owners) == len(set(owners))
        assert not scene.bot._shared.books.pending.in_trouble
        assert not scene.bot._shared.books.pending.aside.reasons
        if setup is BY_THE_EXCHANGE:
            await rest(scene, 1, 1)
            stops = {t.id: t.open_sl_orders for t in (again, new)}
            assert all(len(found) == 1 for found in stops.values())
            assert stops[old.id][0].amount == pytest.approx(again.amount, rel=0.02)
            assert stops[new.id][0].amount == pytest.approx(new.amount, rel=0.02)
        else:
            again.stop_loss = again.open_rate * 2
            await scene.cycle()
            assert (again.is_open, new.is_open) == (False, True)
            assert scene.hold() == pytest.approx(new.amount, abs=0.0002)
        await everything_left(scene)
        await agrees_with_the_account(scene)
    async with live_scene(tmp_path, binance_server, **setup) as scene:
        assert scene.bot.book.open == {}
        await agrees_with_the_account(scene)


async def test_the_exit_of_one_of_two_trades_in_a_pair_leaves_the_coins_of_the_other(
    tmp_path, binance_server
):
    async with live_scene(tmp_path, binance_server, **BY_THE_EXCHANGE) as scene:
        old = await scene.enter()
        await add(scene)
        late(binance_server)
        await scene.bot.force_exit(ExitRequest(trade_id=str(old.id), order_type="market"))
        new = await scene.enter()
        await rest(scene, 5, 10, 15, 1)
        assert len(scene.bot.book.open) == 2
        await scene.bot.force_exit(ExitRequest(trade_id=str(new.id), order_type="market"))
        again = scene.trade
        assert again.id == old.id
        assert scene.hold() == pytest.approx(again.amount, abs=0.0002)
        await scene.cycle()
        (stop,) = again.open_sl_orders
        assert stop.amount == pytest.approx(again.amount, rel=0.02)
        await scene.bot.force_exit(ExitRequest(trade_id="all", order_type="market"))
        assert scene.bot.book.open == {}
        await agrees_with_the_account(scene)


async def test_a_stop_order_lets_go_of_coins_that_are_another_trades(tmp_path, binance_server):
    """Half of a position is withdrawn while its stop order is placed on coins of an entry told late."""
    async with live_scene(tmp_path, binance_server, **BY_THE_EXCHANGE) as scene:
        await scene.enter(order_type="limit", price=below(scene))
        late(binance_server, seconds=5)
        await scene.bot.interventions.cancel_open_orders(scene.bot.state, scene.trade.id)
        assert scene.bot.book.open == {}
        trade = await scene.enter()
        manual_trading.withdraw(binance_server.exchange, "ETH", round(trade.amount / 2, 4))
        await scene.cycle()
        assert trade.open_sl_orders[0].amount == pytest.approx(trade.amount, rel=0.02)
        await rest(scene, 6, 10, 15, 35, 35, 35, 35, 1)
        trades = list(scene.bot.book.open.values())
        assert len(trades) == 2
        assert sum(each.amount for each in trades) == pytest.approx(scene.hold(), abs=0.0003)
        for each in trades:
            (stop,) = each.open_sl_orders
            assert stop.amount == pytest.approx(each.amount, rel=0.02)
        await everything_left(scene)


async def test_an_exit_that_sold_more_than_was_reported_leaves_its_trade_what_remains(
    tmp_path, binance_server
):
    """Sell all, told is half, cancelled; in truth a little more was sold: the rest stays the trade's."""
    async with live_scene(tmp_path, binance_server, **BY_THE_BOT) as scene:
        trade = await scene.enter(stake=200.0)
        price = round(trade.open_rate * 1.2, 2)
        await scene.bot.force_exit(ExitRequest(trade_id=str(trade.id), order_type="limit", price=price))
        sale = scene.orders[-1]
        binance_server.exchange.engine.fill(sale.id, 0.5)
        late(binance_server, share=0.2)
        await scene.bot.interventions.cancel_open_orders(scene.bot.state, trade.id)
        half = trade.amount
        await rest(scene)
        sold = float(scene.orders[-1].executed)
        assert trade.is_open
        assert trade.amount == pytest.approx(half - 0.1 * float(sale.quantity), abs=0.0003)
        assert trade.amount == pytest.approx(float(sale.quantity) - sold, abs=0.0003)
        assert any("filled another" in text for text in scene.warnings)
        await everything_left(scene)
        await agrees_with_the_account(scene)


async def test_an_exit_reported_late_as_filled_closes_its_trade_at_its_price(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server, **BY_THE_BOT) as scene:
        trade = await scene.enter()
        price = round(trade.open_rate * 1.2, 2)
        await scene.bot.force_exit(ExitRequest(trade_id=str(trade.id), order_type="limit", price=price))
        late(binance_server)
        await scene.bot.interventions.cancel_open_orders(scene.bot.state, trade.id)
        await rest(scene)
        assert not trade.is_open
        assert trade.close_rate == pytest.approx(price)
        await agrees_with_the_account(scene)


async def test_a_fill_reported_in_parts_is_booked_part_by_part_and_once(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server, **BY_THE_BOT) as scene:
        trade = await scene.enter()
        await add(scene)
        engine, told = binance_server.exchange.engine, binance_server.exchange.told
        number = scene.orders[-1].id
        for share, seconds in ((0.3, 8), (0.5, 25), (1.0, 60)):
            before = len(binance_server.ledger.fills_of(number))
            engine.fill(number, share)
            told.hold_back(binance_server.ledger.fills_of(number)[before:], seconds * 1000)
        told.call_off(binance_server.ledger.orders[number])
        await scene.bot.interventions.cancel_open_orders(scene.bot.state, trade.id)
        amounts = []
        for seconds in (9, 1, 20, 10, 20, 20, 1):
            await rest(scene, seconds)
            amounts.append(trade.orders[1].safe_filled)
        assert amounts == sorted(amounts)
        assert len(set(amounts)) == 3, amounts
        assert amounts[-1] == float(binance_server.ledger.orders[number].quantity)
        assert scene.hold() == pytest.approx(trade.amount, abs=0.0002)
        await everything_left(scene)
        await agrees_with_the_account(scene)


async def test_two_stop_orders_that_both_filled_are_both_the_trades(tmp_path, binance_server):
    """The first was cancelled, reported unfilled, and sold in truth; the second sold what others own."""
    async with live_scene(tmp_path, binance_server, **BY_THE_EXCHANGE) as scene:
        trade = await scene.enter()
        await scene.cycle()
        first = scene.orders[-1]
        binance_server.exchange.engine.deposit("ETH", first.quantity)  # the user's own
        engine, told = binance_server.exchange.engine, binance_server.exchange.told
        engine.start(binance_server.ledger.orders[first.id], binance_server.clock())
        told.hold_back(binance_server.ledger.fills_of(first.id), 20_000)
        told.call_off(binance_server.ledger.orders[first.id])
        await rest(scene, 1, 1)
        second = scene.orders[-1]
        assert second.id != first.id
        engine.start(binance_server.ledger.orders[second.id], binance_server.clock())
        await rest(scene)
        assert scene.bot.book.open == {}
        closed = await scene.bot.trade(trade.id)
        assert [o.safe_filled for o in closed.orders if o.ft_order_side == "stoploss"] == [
            pytest.approx(float(first.quantity)),
            pytest.approx(float(second.quantity)),
        ]
        account = scene.hold("USDT") - 10_000
        users = float(first.quantity) * float(scene.orders[-1].quote_executed / second.quantity)
        assert closed.close_profit_abs == pytest.approx(account - users, abs=0.3), (
            "the user's coins are no profit"
        )


async def test_what_fills_after_its_trade_was_deleted_is_the_users_own(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server, **BY_THE_BOT) as scene:
        trade = await scene.enter()
        await add(scene)
        late(binance_server)
        await scene.bot.interventions.delete_trade(trade.id)
        await rest(scene)
        assert scene.bot.book.open == {}
        new = await scene.enter()
        await rest(scene)
        assert scene.bot.book.open == {new.id: new}
        assert len(new.orders) == 1
    async with live_scene(tmp_path, binance_server, **BY_THE_BOT) as scene:
        assert scene.trade.id == new.id
        assert len(scene.trade.orders) == 1


async def test_an_open_order_that_was_reported_as_cancelled_is_cancelled_again(tmp_path, binance_server):
    """It even sells or buys meanwhile, for a trade that has closed."""
    async with live_scene(tmp_path, binance_server, **BY_THE_BOT) as scene:
        trade = await scene.enter()
        await add(scene)
        await scene.bot.force_exit(ExitRequest(trade_id=str(trade.id), order_type="market"))
        assert not trade.is_open
        exchange = binance_server.exchange
        cancelled = exchange.ledger.orders[int(trade.orders[1].order_id)]
        exchange.ledger.record(
            exchange.engine._settling.hold(cancelled.changed(exchange.now(), status="NEW"))
        )
        exchange.engine.fill(cancelled.id, 0.5)
        await rest(scene)
        assert binance_server.ledger.open_orders == []
        again = scene.trade
        assert again.id == trade.id
        assert again.amount == pytest.approx(scene.hold(), abs=0.0002)
        assert any("is open again and protected" in text for text in scene.warnings)
        await everything_left(scene)
        await agrees_with_the_account(scene)


@pytest.mark.parametrize("command", ["pause", "request_reload", "stop"])
async def test_it_is_found_whatever_state_the_bot_is_in(tmp_path, binance_server, command):
    async with live_scene(tmp_path, binance_server, **BY_THE_EXCHANGE) as scene:
        old = await scene.enter()
        await add(scene)
        late(binance_server)
        await scene.bot.force_exit(ExitRequest(trade_id=str(old.id), order_type="market"))
        getattr(scene.bot, command)()
        await rest(scene, 1, 5, 10, 15, 1)
        assert scene.trade.id == old.id
        assert scene.trade.amount == pytest.approx(scene.hold(), abs=0.0002)
        assert bool(scene.trade.open_sl_orders) is (command != "stop"), "a stopped bot sells nothing"
        scene.bot.start()
        await scene.cycle()
        assert scene.trade.open_sl_orders
        await everything_left(scene)
        await agrees_with_the_account(scene)


async def test_two_trades_in_a_pair_outlive_a_restart_beside_each_other(tmp_path, binance_server):
    few = BY_THE_EXCHANGE | {"max_open_trades": 1}
    async with live_scene(tmp_path, binance_server, **few) as scene:
        old = await scene.enter()
        await add(scene)
        late(binance_server)
        await scene.bot.force_exit(ExitRequest(trade_id=str(old.id), order_type="market"))
        await scene.enter()
        await rest(scene)
        assert len(scene.bot.book.open) == 2
        assert scene.bot._shared.setup.free_slots(len(scene.bot.book.open)) == 0
    async with live_scene(tmp_path, binance_server, **few) as scene:
        await scene.cycle(2)
        trades = list(scene.bot.book.open.values())
        assert len(trades) == 2
        assert sum(trade.amount for trade in trades) == pytest.approx(scene.hold(), abs=0.0003)
        standing = {str(order.id): float(order.quantity) for order in binance_server.ledger.open_orders}
        for trade in trades:
            (stop,) = trade.open_sl_orders
            assert standing.pop(stop.order_id) == pytest.approx(trade.amount, rel=0.02)
        assert standing == {}
        assert not any("gone" in text or "left alone" in text for text in scene.warnings)
        await scene.bot.interventions.delete_trade(trades[0].id)
        await scene.cycle()
        assert scene.trade.id == trades[1].id
        await scene.bot.force_exit(ExitRequest(trade_id="all", order_type="market"))
        assert scene.hold() == pytest.approx(trades[0].amount, abs=0.0003), "what was deleted is the user's"


async def test_what_fills_as_the_bot_cancels_its_orders_at_the_end_is_found_by_the_start(
    tmp_path, binance_server
):
    ending = BY_THE_EXCHANGE | {"cancel_open_orders_on_exit": True}
    async with live_scene(tmp_path, binance_server, **ending) as scene:
        await scene.enter()
        await add(scene)
        late(binance_server, share=0.5)
    assert binance_server.ledger.open_orders == []
    binance_server.put_clock_ahead(60_000)
    async with live_scene(tmp_path, binance_server, **ending) as scene:
        await scene.cycle()
        assert len(scene.trade.select_filled_orders("buy")) == 2
        assert scene.trade.amount == pytest.approx(scene.hold(), abs=0.0002)
        assert scene.trade.open_sl_orders[0].amount == pytest.approx(scene.trade.amount, rel=0.02)
