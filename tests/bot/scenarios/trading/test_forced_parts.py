"""Exits of a part that a person forces: what is all of it, what is none, and what may remain."""

import math

import pytest

from appliance.domain.errors import Refused
from appliance.rules.trade_requests import ExitRequest
from appliance.server.bot_slot import BOT_SLOT
from tests.support.scripted import scene
from tests.support.serving import LOGIN, served

ODD = {"stake_amount": 98.7654321}


@pytest.mark.parametrize("times", [1.0, 1 + 1e-12, 1 - 1e-12, 1.5, 1e6])
async def test_the_whole_amount_or_more_is_a_full_exit(tmp_path, times):
    async with scene(tmp_path, **ODD) as stage:
        trade = await stage.enter()
        await stage.bot.force_exit(
            ExitRequest(trade_id="1", amount=trade.amount * times, order_type="market")
        )
        assert (trade.is_open, trade.exit_reason) == (False, "force_exit")


@pytest.mark.parametrize("fee_in_base", [0.0, 1 / 3000, 1 / 7000])
@pytest.mark.parametrize("shown", [lambda held: round(held, 8), lambda held: math.floor(held * 1e4) / 1e4])
async def test_what_answers_and_lots_make_of_an_amount_is_all_of_it(tmp_path, fee_in_base, shown):
    """An amount with more places than are shown or sold, as fees in coins leave it."""
    async with scene(tmp_path) as stage:
        trade = await stage.enter()
        trade.orders[0].ft_fee_base = fee_in_base
        trade.amount -= fee_in_base
        await stage.bot.force_exit(ExitRequest(trade_id="1", amount=shown(trade.amount), order_type="market"))
        assert (trade.is_open, trade.exit_reason) == (False, "force_exit")


@pytest.mark.parametrize("amount", [0.0, -0.0, -1.0, -1e-9, math.nan, -math.inf])
@pytest.mark.parametrize("waiting", [False, True])
async def test_no_amount_is_refused_and_changes_nothing(tmp_path, amount, waiting):
    async with scene(tmp_path) as stage:
        trade = await stage.enter()
        if waiting:
            await stage.bot.force_exit(ExitRequest(trade_id="1", price=150.0, order_type="limit"))
        before = [(order.order_id, order.status) for order in trade.orders]
        with pytest.raises(Refused, match="must be above 0"):
            await stage.bot.force_exit(ExitRequest(trade_id="1", amount=amount, order_type="market"))
        assert [(order.order_id, order.status) for order in trade.orders] == before
        assert (trade.amount, trade.has_open_orders) == (1.0, waiting)


@pytest.mark.parametrize(("amount", "why"), [(1e-9, "lot step"), (0.00005, "lot step"), (5e-324, "lot step")])
async def test_less_than_can_be_sold_is_refused(tmp_path, amount, why):
    async with scene(tmp_path) as stage:
        trade = await stage.enter()
        with pytest.raises(Refused, match=why):
            await stage.bot.force_exit(ExitRequest(trade_id="1", amount=amount, order_type="market"))
        assert (trade.amount, len(trade.orders)) == (1.0, 1)


@pytest.mark.parametrize(("now", "remains"), [(100.0, None), (50.0, None), (300.0, 0.04)])
async def test_what_remains_is_valued_at_the_present_rate_whatever_the_order_asks(tmp_path, now, remains):
    """0.04 are worth 4 where they were bought, 6 at the order's price, and the exchange's least is 5."""
    async with scene(tmp_path) as stage:
        trade = await stage.enter()
        await stage.cycle(ETH=now if now > 100 else 100.0)
        stage.market.prices["ETH/USDT"] = now
        exit_part = stage.bot.force_exit(
            ExitRequest(trade_id="1", amount=0.96, price=150.0 if now < 150 else now, order_type="limit")
        )
        if remains is None:
            with pytest.raises(Refused, match="less than the exchange's minimum"):
                await exit_part
            assert len(trade.orders) == 1
        else:
            await exit_part
            await stage.bot.run_one_cycle()
            assert trade.amount == pytest.approx(remains)


async def test_an_order_that_waits_keeps_no_part_from_being_looked_at(tmp_path):
    async with scene(tmp_path) as stage:
        trade = await stage.enter()
        await stage.bot.force_exit(ExitRequest(trade_id="1", price=150.0, order_type="limit", amount=0.5))
        with pytest.raises(Refused, match="less than the exchange's minimum"):
            await stage.bot.force_exit(ExitRequest(trade_id="1", amount=0.97, order_type="market"))
        assert (trade.amount, trade.is_open) == (1.0, True)


async def test_the_rest_is_shown_at_the_present_rate(tmp_path):
    async with scene(tmp_path, **LOGIN) as stage, served() as api:
        api.app[BOT_SLOT].bot = stage.bot
        await stage.enter()
        await stage.cycle(ETH=120.0)
        body = {"tradeid": "1", "amount": " 0.5 ", "ordertype": "market"}
        assert (await api.post("/forceexit", body)).status == 200
        stage.market.prices["ETH/USDT"] = 140.0
        stage.market.wait(seconds=11)
        (shown,) = (await api.get("/status")).body
        made = 0.5 * (120 * 0.999 - 100 * 1.001)
        rest = 0.5 * (140 * 0.999 - 100 * 1.001)
        assert (shown["amount"], shown["current_rate"]) == (0.5, 140.0)
        assert shown["realized_profit"] == pytest.approx(made)
        assert shown["profit_abs"] == pytest.approx(rest)
        assert shown["total_profit_abs"] == pytest.approx(made + rest)
        held = {one["currency"]: one["est_stake"] for one in (await api.get("/balance")).body["currencies"]}
        assert held["ETH"] == pytest.approx(0.5 * 140)
        assert (await api.get("/profit")).body["profit_all_coin"] == pytest.approx(made + rest)


@pytest.mark.parametrize(
    ("amount", "status"),
    [("nan", 422), ("inf", 422), ("1e400", 422), ("x", 422), ([], 422), ("0", 502), (-1, 502)],
)
async def test_what_is_no_amount_is_answered_so(tmp_path, amount, status):
    async with scene(tmp_path, **LOGIN) as stage, served() as api:
        api.app[BOT_SLOT].bot = stage.bot
        trade = await stage.enter()
        assert (await api.post("/forceexit", {"tradeid": "1", "amount": amount})).status == status
        assert (trade.amount, len(trade.orders)) == (1.0, 1)
