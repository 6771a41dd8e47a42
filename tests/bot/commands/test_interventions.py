"""What people put right by hand."""

import asyncio
from datetime import timedelta

import pytest

from appliance.domain.errors import Refused
from appliance.rules.trade_requests import ExitRequest
from tests.support.scripted import scene


async def test_what_does_not_exist_is_refused(tmp_path):
    async with scene(tmp_path) as stage:
        hand = stage.bot.interventions
        trade = await stage.enter()
        with pytest.raises(Refused, match="no open trade with id 9"):
            await hand.cancel_open_orders(stage.bot.state, 9)
        with pytest.raises(Refused, match="no open order"):
            await hand.cancel_open_orders(stage.bot.state, trade.id)
        with pytest.raises(Refused, match="no trade with id 9"):
            await hand.delete_trade(9)
        with pytest.raises(Refused, match="no trade with id 9"):
            await hand.reload_trade(9)


async def test_an_entry_cancelled_manually_takes_its_trade_away(tmp_path):
    async with scene(tmp_path) as stage:
        trade = await stage.enter(price=90.0)
        await stage.bot.interventions.cancel_open_orders(stage.bot.state, trade.id)
        assert stage.bot.book.open == {}
        assert await stage.bot.trade(trade.id) is None


async def test_a_deleted_trade_is_gone_and_its_money_back_in_the_books(tmp_path):
    async with scene(tmp_path) as stage:
        trade = await stage.enter(price=90.0)
        assert await stage.bot.interventions.delete_trade(trade.id) == 1
        closed = await stage.enter("BTC/USDT")
        await stage.bot.force_exit(ExitRequest(trade_id=str(closed.id)))
        assert await stage.bot.interventions.delete_trade(closed.id) == 0
        assert (stage.bot.book.open, stage.bot.book.closed) == ({}, [])
        assert stage.bot.wallets.get_free("USDT") == 1000.0


async def test_a_trade_that_is_deleted_while_the_loop_comes_to_it_stays_deleted(tmp_path):
    async with scene(tmp_path) as stage:
        trade = await stage.enter()
        stage.market.prices["ETH/USDT"] = 80.0
        waiting_for = stage.bot._shared.mutexes.waiting_for
        async with stage.bot._shared.mutexes.acting_on(
            trade.pair
        ):  # both wait for it, the loop behind the deletion
            deletion = asyncio.create_task(stage.bot.interventions.delete_trade(trade.id))
            while waiting_for(trade.pair) < 2:
                await asyncio.sleep(0.01)
            cycle = asyncio.create_task(stage.bot.run_one_cycle())
            while waiting_for(trade.pair) < 3:
                await asyncio.sleep(0.01)
        await asyncio.gather(cycle, deletion)
        assert (stage.bot.book.open, stage.bot.book.closed) == ({}, [])
        assert await stage.bot.trade(trade.id) is None
        assert len(trade.orders) == 1


async def test_a_reloaded_trade_has_what_the_exchange_says(tmp_path):
    async with scene(tmp_path) as stage:
        trade = await stage.enter(price=95.0)
        stage.market.prices["ETH/USDT"] = 94.0
        await stage.bot.interventions.reload_trade(trade.id)
        assert trade.amount > 0
        assert not trade.has_open_orders


async def test_a_lock_lasts_until_its_candle_ends_and_can_be_lifted(tmp_path):
    async with scene(tmp_path) as stage:
        hand, now = stage.bot.interventions, stage.market.now
        lock = await hand.add_lock("ETH/USDT", now + timedelta(minutes=6), "*", "by hand")
        assert lock.lock_end_time == now.replace(minute=10, second=0)
        other = await hand.add_lock("BTC/USDT", now + timedelta(minutes=6), "long", None)
        await hand.delete_locks(lock_id=99)
        assert len(stage.bot.locks.active(now)) == 2
        await hand.delete_locks(pair="ETH/USDT")
        await hand.delete_locks(lock_id=other.id)
        assert stage.bot.locks.active(now) == []
        assert await stage.bot._shared.books.store.locks(now) == []
