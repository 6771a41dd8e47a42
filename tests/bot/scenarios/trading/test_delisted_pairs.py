"""Pairs that the exchange takes off its list while a trade is open, and commands as the bot ends."""

import asyncio

import pytest

from appliance.domain.errors import ExchangeError, PairNotFound, Refused
from appliance.rules.trade_requests import EntryRequest, ExitRequest
from tests.bot.live_scene import live_scene
from tests.exchange_server.fixture import binance_server as binance_server
from tests.support.scripted import scene

ADDS = {"position_adjustment_enable": True}


def delist(stage, base: str = "ETH") -> None:
    """Take a pair off the exchange: neither market nor price."""
    pair = f"{base}/USDT"
    stage.market.markets = {name: market for name, market in stage.market.markets.items() if name != pair}
    stage.market.prices.pop(pair)


def warnings(stage) -> list[str]:
    return [message["status"] for message in stage.told("warning")]


# -- one price for several pairs -----------------------------------------------------------------------


@pytest.mark.parametrize("given", [{"price": 99.0}, {"amount": 0.5}], ids=["price", "amount"])
async def test_a_price_or_an_amount_for_all_of_several_pairs_is_refused(tmp_path, given):
    async with scene(tmp_path) as stage:
        await stage.enter()
        await stage.enter("BTC/USDT")
        with pytest.raises(Refused, match=r"needs one trade, and 2 pairs are open \(BTC/USDT, ETH/USDT\)"):
            await stage.bot.force_exit(ExitRequest(trade_id="all", **given))
        assert all(len(trade.orders) == 1 for trade in stage.bot.book.open.values())
        await stage.bot.force_exit(ExitRequest(trade_id="all", order_type="market"))
        assert stage.bot.book.open == {}


async def test_a_price_for_all_of_a_single_trade_is_its_price(tmp_path):
    async with scene(tmp_path) as stage:
        trade = await stage.enter()
        await stage.bot.force_exit(ExitRequest(trade_id="all", price=120.0, order_type="limit"))
        assert trade.orders[-1].price == 120.0
        with pytest.raises(Refused, match="not a valid price"):
            await stage.bot.force_exit(ExitRequest(trade_id="all", price=-1.0))


# -- a pair that is gone -------------------------------------------------------------------------------


@pytest.mark.parametrize("given", [{}, {"price": 99.0, "order_type": "limit"}, {"amount": 0.4}])
async def test_the_forced_exit_of_a_pair_that_is_gone_is_refused_in_plain_words(tmp_path, given):
    async with scene(tmp_path) as stage:
        trade = await stage.enter()
        delist(stage)
        with pytest.raises(PairNotFound, match="ETH/USDT"):
            await stage.bot.force_exit(ExitRequest(trade_id="1", **given))
        assert trade.is_open
        assert not trade.has_open_orders


async def test_so_are_entries_and_additions(tmp_path):
    async with scene(tmp_path, **ADDS) as stage:
        await stage.enter()
        delist(stage)
        delist(stage, "BTC")
        for pair in ("ETH/USDT", "BTC/USDT"):
            with pytest.raises((Refused, PairNotFound), match=pair):
                await stage.enter(pair, price=100.0)


async def test_the_other_trades_are_managed_and_it_is_reported(tmp_path):
    async with scene(tmp_path, max_open_trades=3) as stage:
        gone = await stage.enter()
        other = await stage.enter("BTC/USDT")
        delist(stage)
        await stage.cycle(BTC=60.0)
        assert (gone.is_open, other.is_open) == (True, False)
        for _ in range(30):
            await stage.cycle()
        told = [text for text in warnings(stage) if text.startswith("Exit of ETH/USDT failed")]
        assert 1 <= len(told) <= 2
        assert stage.bot.last_cycle_at is not None


async def test_its_stop_is_tried_with_what_the_trade_knows(tmp_path):
    """Prices are told still, the market is not: as some exchanges do for a while."""
    async with scene(tmp_path) as stage:
        trade = await stage.enter()
        del stage.market.markets["ETH/USDT"]
        await stage.cycle(ETH=60.0)
        assert trade.is_open
        assert [line.pair for line in await journal(stage, "rejected")] == ["ETH/USDT"]
        for _ in range(12):
            await stage.cycle()
        assert 2 <= len(await journal(stage, "rejected")) <= 6  # each pause is longer than the last
        assert [text for text in warnings(stage) if text.startswith("Exit of ETH/USDT failed")] != []


async def journal(stage, state):
    from appliance.domain.order_state import OrderState

    return await stage.bot._shared.books.store.journal.in_states(OrderState(state))


async def test_a_partly_filled_order_of_a_pair_that_is_gone_stops_no_cycle(tmp_path):
    async with scene(tmp_path, partial_fills=True) as stage:
        stage.market.depth = 0.04 / 20
        trade = await stage.enter(price=100.0)
        stage.market.depth = 0.0
        other = await stage.enter("BTC/USDT", price=50.0)
        del stage.market.markets["ETH/USDT"]
        stage.market.wait(minutes=11)
        await stage.cycle()
        assert list(stage.bot.book.open) == [trade.id]
        assert not other.has_open_orders


async def test_a_live_exchange_that_drops_a_pair_leaves_plain_words(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server) as live:
        trade = await live.enter()
        live.bot.gateway._connection.markets = {}
        with pytest.raises(ExchangeError, match="no pair ETH/USDT"):
            await live.bot.force_exit(
                ExitRequest(trade_id=str(trade.id), price=trade.open_rate, order_type="limit")
            )
        await live.cycle()
        assert trade.is_open


# -- as the bot ends -----------------------------------------------------------------------------------


async def test_no_command_is_begun_once_the_bot_ends(tmp_path):
    async with scene(tmp_path) as stage:
        trade = await stage.enter()
        until = stage.market.now.replace(hour=20)
    bot, hand = stage.bot, stage.bot.interventions
    for command in (
        lambda: bot.force_exit(ExitRequest(trade_id="1")),
        lambda: bot.force_exit(ExitRequest(trade_id="all")),
        lambda: bot.force_enter(EntryRequest(pair="BTC/USDT")),
        lambda: hand.cancel_open_orders(bot.state, 1),
        lambda: hand.delete_trade(1),
        lambda: hand.reload_trade(1),
        lambda: hand.add_lock("ETH/USDT", until, "*", None),
        lambda: hand.delete_locks(pair="ETH/USDT"),
        lambda: bot.manual_resolution.resolve("x", "adopt"),
        bot.reload,
    ):
        with pytest.raises(Refused, match="shutting down"):
            await command()
    assert trade.is_open


async def test_a_command_under_way_as_the_bot_ends_is_refused_not_broken(tmp_path):
    async with scene(tmp_path) as stage:
        trade = await stage.enter()
        async with stage.bot._shared.mutexes.acting_on("ETH/USDT"):
            command = asyncio.create_task(stage.bot.force_exit(ExitRequest(trade_id="1")))
            await asyncio.sleep(0.01)
            await stage.bot.close()
        with pytest.raises(Refused, match="shutting down; the next start resolves what became of this"):
            await command
        assert trade.is_open


async def test_a_cancelled_command_is_not_reported_as_refused(tmp_path):
    async with scene(tmp_path) as stage:
        await stage.enter()
        async with stage.bot._shared.mutexes.acting_on("ETH/USDT"):
            command = asyncio.create_task(stage.bot.force_exit(ExitRequest(trade_id="1")))
            await asyncio.sleep(0.01)
            stage.bot._shared.gate.closing = True
            command.cancel()
            with pytest.raises(asyncio.CancelledError):
                await command
