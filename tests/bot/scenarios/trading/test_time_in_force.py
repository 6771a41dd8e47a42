"""How long orders stand: good till cancelled, immediate or cancel, fill or kill, post only."""

import pytest

from appliance.domain.errors import InvalidOrder
from appliance.rules.trade_requests import ExitRequest
from tests.bot.written import ALWAYS, strategy
from tests.support.scripted import scene


def standing(entry: str = "GTC", leave: str = "GTC", **more) -> dict:
    return {"order_time_in_force": {"entry": entry, "exit": leave}, **more}


@pytest.mark.parametrize("kind", ["IOC", "FOK"])
async def test_an_entry_that_does_not_fill_at_once_is_refused_and_leaves_nothing(tmp_path, kind):
    async with scene(tmp_path, **standing(kind)) as stage:
        with pytest.raises(InvalidOrder, match=f"nothing filled of the {kind} order for ETH/USDT at 90"):
            await stage.enter(price=90.0)
        assert stage.bot.book.open == {}
        assert await stage.bot.trade(1) is None
        assert stage.messages == []
        assert stage.bot.wallets.get_free("USDT") == 1000.0


async def test_an_entry_that_the_signal_repeats_is_tried_again_without_noise(tmp_path):
    code = strategy(
        entry=ALWAYS, methods="def custom_entry_price(self, proposed_rate, **kw): return proposed_rate * 0.99"
    )
    async with scene(tmp_path, code=code, **standing("FOK")) as stage:
        for _ in range(3):
            await stage.cycle()
        assert stage.bot.book.open == {}
        assert stage.told("entry") + stage.told("entry_cancel") == []


async def test_part_of_an_ioc_entry_is_a_trade(tmp_path):
    async with scene(tmp_path, partial_fills=True, **standing("IOC")) as stage:
        stage.market.depth = 0.4 / 20  # twenty levels of the book
        trade = await stage.enter(price=100.0)
        assert (trade.is_open, trade.amount, trade.stake_amount) == (True, 0.4, 40.0)
        assert not trade.has_open_orders
        assert trade.orders[0].status == "expired"


async def test_part_of_a_fok_entry_is_none(tmp_path):
    async with scene(tmp_path, partial_fills=True, **standing("FOK")) as stage:
        stage.market.depth = 0.4 / 20
        with pytest.raises(InvalidOrder):
            await stage.enter(price=100.0)
        assert stage.bot.book.open == {}


async def test_a_post_only_entry_rests_and_never_takes(tmp_path):
    async with scene(tmp_path, **standing("PO")) as stage:
        with pytest.raises(InvalidOrder, match="would fill at once"):
            await stage.enter(price=100.0)
        assert stage.messages == []
        trade = await stage.enter(price=95.0)
        assert trade.has_open_orders
        await stage.cycle(ETH=94.0)
        assert trade.open_rate == 95.0


async def test_an_exit_that_does_not_fill_at_once_is_tried_again(tmp_path):
    async with scene(tmp_path, minimal_roi={"0": 0.05}, **standing(leave="FOK")) as stage:
        trade = await stage.enter()
        with pytest.raises(InvalidOrder):
            await stage.bot.force_exit(ExitRequest(trade_id=str(trade.id), price=200.0, order_type="limit"))
        assert (trade.is_open, trade.exit_reason, trade.has_open_orders) == (True, None, False)
        assert trade.orders[-1].status == "expired"
        await stage.cycle(ETH=110.0)
        assert stage.bot.book.closed[0].exit_reason == "roi"
