"""Stop orders that wait on the exchange."""

import pytest

from appliance.rules.trade_requests import ExitRequest
from tests.support.scripted import QUIET, scene

GUARDED = {
    "strategy": "Guarded",
    "code": QUIET.replace("Quiet", "Guarded").replace(
        '"stoploss_on_exchange": False', '"stoploss_on_exchange": True, "stoploss_on_exchange_interval": 60'
    ),
}


def stop_of(trade):
    return trade.select_order("stoploss", is_open=True)


async def test_every_trade_gets_a_stop_order_that_is_not_announced_as_an_exit(tmp_path):
    async with scene(tmp_path, **GUARDED) as stage:
        trade = await stage.enter()
        await stage.cycle()
        stop = stop_of(trade)
        assert (stop.stop_price, stop.amount, stop.side) == (90.0, 1.0, "sell")
        assert not trade.has_open_orders
        assert stage.told("exit") == []
        await stage.cycle()
        assert len(trade.orders) == 2


async def test_it_ends_the_trade_when_it_is_reached(tmp_path):
    async with scene(tmp_path, **GUARDED) as stage:
        trade = await stage.enter()
        await stage.cycle()
        await stage.cycle(ETH=89.0)
        assert not trade.is_open
        assert trade.exit_reason == "stoploss_on_exchange"
        assert trade.close_rate == 89.0
        assert len(stage.told("exit_fill")) == 1
        assert len(stage.bot.locks.active(stage.market.now)) == 1


async def test_it_follows_a_trailing_stop_but_not_at_every_step(tmp_path):
    async with scene(tmp_path, trailing_stop=True, **GUARDED) as stage:
        trade = await stage.enter()
        await stage.cycle()
        await stage.cycle(ETH=110.0)
        await stage.cycle(ETH=110.0)
        assert (trade.stop_loss, stop_of(trade).stop_price) == (99.0, 90.0)
        stage.market.wait(seconds=60)
        await stage.cycle(ETH=110.0)
        assert stop_of(trade).stop_price == 99.0


async def test_another_exit_takes_the_stop_away_first(tmp_path):
    async with scene(tmp_path, **GUARDED) as stage:
        trade = await stage.enter()
        await stage.cycle()
        await stage.bot.force_exit(ExitRequest(trade_id=str(trade.id)))
        assert not trade.is_open
        assert trade.exit_reason == "force_exit"
        assert stage.bot.wallets.get_total("ETH") == 0.0


async def test_a_restart_finds_the_stop_order_again(tmp_path):
    async with scene(tmp_path, **GUARDED) as stage:
        await stage.enter()
        await stage.cycle()
        market = stage.market
    async with scene(tmp_path, market=market, **GUARDED) as stage:
        (trade,) = stage.bot.book.open.values()
        assert stop_of(trade).stop_price == 90.0
        await stage.cycle(ETH=89.0)
        assert stage.bot.book.closed[0].exit_reason == "stoploss_on_exchange"


async def test_it_is_absent_unless_configured(tmp_path):
    async with scene(tmp_path) as stage:
        trade = await stage.enter()
        await stage.cycle()
        assert stop_of(trade) is None
        assert stage.bot.wallets.get_free("ETH") == pytest.approx(1.0)
