"""The user or fees take coins of a position: what is there is protected, the rest is found and booked."""

import sqlite3
from decimal import Decimal
from pathlib import Path

import pytest

from appliance.domain.enums import ExitType
from appliance.domain.foreign_orders import WITHDRAWN
from appliance.rules.holdings import LOOKS
from appliance.rules.trade_requests import EntryRequest, ExitRequest
from tests.bot.live_scene import LiveScene, live_scene
from tests.bot.scenarios.recovery.test_late_fills import (
    BY_THE_BOT,
    BY_THE_EXCHANGE,
    agrees_with_the_account,
    everything_left,
    rest,
)
from tests.exchange_server.engine import manual_trading
from tests.exchange_server.faults import Fault
from tests.exchange_server.fixture import BinanceServer, start
from tests.exchange_server.fixture import binance_server as binance_server
from tests.exchange_server.settings import BNB, ServerSettings
from tests.support.live_gateway import PAIR

SOLD = ExitType.SOLD_ON_EXCHANGE.value
SETUPS = pytest.mark.parametrize("setup", [BY_THE_BOT, BY_THE_EXCHANGE], ids=["stop held here", "stop order"])
UNTIL_CERTAIN = (6, 10, 25, 51, 1)
"""Pauses after which what no order explains has left the account."""
assert sum(UNTIL_CERTAIN) > LOOKS[-1]


def sell(scene: LiveScene, amount: float, *, cancels: bool = True) -> None:
    """Sell on the exchange's website; what holds the coins is cancelled there before."""
    for order in list(scene.server.ledger.open_orders) if cancels else ():
        manual_trading.cancel(scene.server.exchange, order.id)
    manual_trading.sell(scene.server.exchange, PAIR, round(amount, 4))


def foreign(trade) -> list[tuple[str, float]]:
    """Return tag and amount of what left a trade without the bot."""
    return [(o.ft_order_tag, o.safe_filled) for o in trade.orders if o.ft_order_tag in (SOLD, WITHDRAWN)]


@SETUPS
async def test_of_half_a_position_the_other_half_has_its_stop_within_the_cycle(
    tmp_path, binance_server, setup
):
    async with live_scene(tmp_path, binance_server, **setup) as scene:
        trade = await scene.enter(stake=400.0)
        await scene.cycle()
        half = round(trade.amount / 2, 4)
        sell(scene, half)
        await rest(scene, 1, 1)
        assert foreign(trade) == [(SOLD, pytest.approx(half))]
        assert trade.amount == pytest.approx(scene.hold(), abs=0.0002)
        assert any("were sold manually" in text for text in scene.warnings)
        if setup is BY_THE_EXCHANGE:
            (stop,) = trade.open_sl_orders
            assert stop.amount == pytest.approx(trade.amount, rel=0.02)
        else:
            trade.stop_loss = trade.open_rate * 2
            await scene.cycle()
            assert not trade.is_open
            assert trade.exit_reason == "stop_loss"
        await everything_left(scene)
        await agrees_with_the_account(scene)


@SETUPS
async def test_a_full_forced_exit_right_after_sells_what_is_there(tmp_path, binance_server, setup):
    async with live_scene(tmp_path, binance_server, **setup) as scene:
        trade = await scene.enter(stake=400.0)
        await scene.cycle()
        sell(scene, trade.amount / 2)
        await scene.bot.force_exit(ExitRequest(trade_id=str(trade.id), order_type="market"))
        assert scene.hold() < 0.0002
        await rest(scene, 1, *UNTIL_CERTAIN)
        assert scene.bot.book.open == {}
        closed = await scene.bot.trade(trade.id)
        assert len(foreign(closed)) == 1
        await agrees_with_the_account(scene)


@SETUPS
async def test_a_whole_position_that_was_sold_is_a_closed_trade_whose_profit_counts(
    tmp_path, binance_server, setup
):
    async with live_scene(tmp_path, binance_server, **setup) as scene:
        trade = await scene.enter(stake=400.0)
        await scene.cycle()
        sell(scene, trade.amount)
        await rest(scene, 1, 1)
        assert scene.bot.book.open == {}
        (closed,) = scene.bot.book.closed
        assert (closed.id, closed.exit_reason) == (trade.id, SOLD)
        assert binance_server.ledger.open_orders == []
        await agrees_with_the_account(scene)
        assert (await scene.enter()).id != trade.id
    async with live_scene(tmp_path, binance_server, **setup) as scene:
        assert len(scene.bot.book.open) == 1
        assert [one.id for one in scene.bot.book.closed] == [trade.id]


@SETUPS
async def test_what_was_sold_while_the_bot_was_off_is_found_by_the_start(tmp_path, binance_server, setup):
    async with live_scene(tmp_path, binance_server, **setup) as scene:
        trade = await scene.enter(stake=400.0)
        await scene.cycle()
        sell(scene, trade.amount)
    async with live_scene(tmp_path, binance_server, **setup) as scene:
        await scene.cycle()
        assert scene.bot.book.open == {}
        assert scene.bot.book.closed[0].exit_reason == SOLD
        await agrees_with_the_account(scene)


async def test_a_reload_of_the_trade_books_it_at_once(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server, **BY_THE_EXCHANGE) as scene:
        trade = await scene.enter(stake=400.0)
        await scene.cycle()
        sell(scene, trade.amount)
        await scene.bot.interventions.reload_trade(trade.id)
        assert scene.bot.book.open == {}
        assert scene.bot.book.closed[0].exit_reason == SOLD
        await agrees_with_the_account(scene)


async def test_an_order_that_sells_bit_by_bit_manually_is_booked_bit_by_bit(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server, **BY_THE_BOT) as scene:
        trade = await scene.enter(stake=400.0)
        price = binance_server.market.price(PAIR, binance_server.clock())
        amount = round(trade.amount * 0.8, 4)
        order = manual_trading.sell(binance_server.exchange, PAIR, amount, round(price * 1.1, 2))
        await rest(scene, 1, 6)
        assert foreign(trade) == []
        binance_server.exchange.engine.fill(order.id, 0.5)
        await rest(scene, 1, *UNTIL_CERTAIN)
        binance_server.exchange.engine.fill(order.id, 1.0)
        await rest(scene, 1, *UNTIL_CERTAIN)
        assert sum(amount for _, amount in foreign(trade)) == pytest.approx(amount, abs=0.0001)
        assert trade.amount == pytest.approx(scene.hold(), abs=0.0002)
        await everything_left(scene)


@SETUPS
async def test_what_was_withdrawn_is_booked_once_no_order_explains_it(tmp_path, binance_server, setup):
    async with live_scene(tmp_path, binance_server, **setup) as scene:
        trade = await scene.enter(stake=400.0)
        manual_trading.withdraw(binance_server.exchange, "ETH", round(trade.amount / 2, 4))
        await scene.cycle()
        if setup is BY_THE_EXCHANGE:
            (stop,) = trade.open_sl_orders
            assert stop.amount == pytest.approx(scene.hold(), rel=0.02)
        assert foreign(trade) == []
        await rest(scene, *UNTIL_CERTAIN)
        ((tag, amount),) = foreign(trade)
        assert (tag, amount) == (WITHDRAWN, pytest.approx(scene.hold(), rel=0.02))
        assert any("left the account without an order" in text for text in scene.warnings)
        await everything_left(scene)


async def test_a_failed_check_is_repeated_until_it_succeeds(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server, **BY_THE_BOT) as scene:
        trade = await scene.enter(stake=400.0)
        manual_trading.withdraw(binance_server.exchange, "ETH", round(trade.amount / 2, 4))
        await rest(scene, *UNTIL_CERTAIN[:3])
        binance_server.faults.add(Fault(kind="error", path="*/allOrders"))
        await rest(scene, *UNTIL_CERTAIN[3:], 30)
        assert foreign(trade) == [], "nobody has looked whether it was sold"
        binance_server.faults.clear()
        await rest(scene, 1, 1)
        assert len(foreign(trade)) == 1
        assert not any(message["type"] == "exception" for message in scene.messages)


async def test_a_position_that_was_withdrawn_whole_frees_its_slot(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server, **BY_THE_BOT | {"max_open_trades": 1}) as scene:
        trade = await scene.enter(stake=400.0)
        manual_trading.withdraw(binance_server.exchange, "ETH", binance_server.ledger.free("ETH"))
        await rest(scene, 1, *UNTIL_CERTAIN)
        assert scene.bot.book.open == {}
        (closed,) = scene.bot.book.closed
        assert closed.exit_reason == WITHDRAWN
        assert abs(closed.close_profit_abs) < 10
        assert (await scene.enter()).id != trade.id


async def test_what_the_user_bought_besides_may_be_sold_without_the_trades_noticing(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server, **BY_THE_EXCHANGE) as scene:
        trade = await scene.enter(stake=200.0)
        await scene.cycle()
        for side, amount in ((manual_trading.buy, 0.05), (manual_trading.sell, 0.0499)):
            side(binance_server.exchange, PAIR, amount)
            await rest(scene, 1, *UNTIL_CERTAIN)
        assert foreign(trade) == []
        assert trade.open_sl_orders[0].amount == pytest.approx(trade.amount, rel=0.02)


@SETUPS
async def test_fees_in_bnb_that_eat_a_bnb_position(tmp_path, setup):
    settings = ServerSettings(
        commission=BNB, balance={"USDT": Decimal(10_000), "BNB": Decimal("0.0001")}, taker=Decimal("0.01")
    )
    server = await start(settings=settings)
    both = {**setup, "exchange.pair_whitelist": [PAIR, "BNB/USDT"]}
    try:
        async with live_scene(tmp_path, server, **both) as scene:
            trade = await scene.bot.force_enter(
                EntryRequest(pair="BNB/USDT", order_type="market", stake=60.0)
            )
            for _ in range(4):
                await scene.enter(stake=400.0)
                await scene.bot.force_exit(
                    ExitRequest(trade_id=str(_of(scene, PAIR).id), order_type="market")
                )
                await scene.cycle()
            eaten = trade.amount - scene.hold("BNB")
            assert eaten > trade.amount * 0.08
            if setup is BY_THE_EXCHANGE:
                (stop,) = trade.open_sl_orders
                standing = server.ledger.orders[int(stop.order_id)]
                assert standing.is_open
            await rest(scene, 1, *UNTIL_CERTAIN, 1)
            assert sum(amount for _, amount in foreign(trade)) == pytest.approx(eaten, rel=0.1)
            assert trade.amount == pytest.approx(scene.hold("BNB"), abs=0.002)
            await everything_left(scene, exits=5)
            assert scene.hold("BNB") < 0.002
    finally:
        await server.close()


def _of(scene: LiveScene, pair: str):
    trade = scene.bot.book.of_pair(pair)
    assert trade is not None
    return trade


OLD_PAIR = "".join(
    f"UPDATE {table} SET {pair} = 'OLD/USDT' WHERE {pair} = '{PAIR}';"
    for table, pair in (("trades", "pair"), ("orders", "ft_pair"), ("appliance_journal", "pair"))
)


def rename_pair(folder: Path) -> None:
    with sqlite3.connect(folder / "trades.sqlite") as books:
        books.executescript(OLD_PAIR + "UPDATE trades SET base_currency = 'OLD';")
    books.close()


async def test_coins_of_a_delisted_pair_that_are_gone_keep_no_other_trade_from_its_protection(
    tmp_path, binance_server: BinanceServer
):
    """Exchanges take delisted coins away; nobody tells orders or prices of their pair."""
    both = {**BY_THE_BOT, "exchange.pair_whitelist": [PAIR, "BTC/USDT"]}
    async with live_scene(tmp_path, binance_server, **both) as scene:
        await scene.enter()
    rename_pair(tmp_path)
    async with live_scene(tmp_path, binance_server, **both) as scene:
        gone = scene.trade
        assert gone.pair == "OLD/USDT"
        trade = await scene.bot.force_enter(EntryRequest(pair="BTC/USDT", order_type="market", stake=400.0))
        manual_trading.sell(binance_server.exchange, "BTC/USDT", round(trade.amount / 2, 5))
        await rest(scene, 1, 1)
        assert foreign(trade) != [], "sold by hand, and not looked for"
        await rest(scene, *UNTIL_CERTAIN)
        assert not any(message["type"] == "exception" for message in scene.messages)
        trade.stop_loss = trade.open_rate * 2
        await scene.cycle()
        assert not trade.is_open
