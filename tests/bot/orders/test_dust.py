"""Orders that are cancelled or filled in part leave nothing behind that cannot be sold, and blocks a slot."""

from typing import TYPE_CHECKING

import pytest

from appliance.domain.enums import ExitType, RunMode
from appliance.domain.errors import InvalidOrder, Refused
from appliance.exchange.dry_run.gateway import DryRunGateway
from appliance.rules.exits import ExitReason
from appliance.rules.trade_requests import ExitRequest
from tests.bot.live_scene import live_scene
from tests.exchange_server.fixture import binance_server as binance_server
from tests.support.scripted import scene

if TYPE_CHECKING:
    from appliance.bot.trading.exits import Exits

RESTING = {"price": 1000.0, "order_type": "limit"}
FAR = 1.2


class Strict(DryRunGateway):
    """Refuse sales below the minimum, as real exchanges do."""

    refused = 0

    async def create_order(self, request):
        if request.side == "sell":
            price = (await self.fetch_ticker(request.pair)).last
            if request.amount * price < self.markets[request.pair].cost_min:
                self.refused += 1
                raise InvalidOrder("Filter failure: NOTIONAL")
        return await super().create_order(request)


def strict_scene(folder, **changes):
    return scene(folder, gateway=Strict, partial_fills=True, **changes)


def as_live(stage):
    """Let what holds on real exchanges hold here."""
    stage.bot._shared.setup.run_mode = RunMode.LIVE


def thin(stage, amount: float) -> None:
    """Have the book offer so much in all."""
    stage.market.depth = amount / 20


def warnings(stage) -> list[str]:
    return [message["status"] for message in stage.told("warning")]


@pytest.fixture
async def live(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server) as scene:
        yield scene


async def bought_a_little(live):
    """An entry of 100 USDT at 1,000 of which so much has filled that it is worth less than 5 now."""
    await live.enter(**RESTING)
    (booked,) = live.orders
    rate = (await live.bot.gateway.fetch_ticker("ETH/USDT")).last
    live.server.exchange.engine.fill(booked.id, 3.5 / rate / 0.1)
    await live.cycle()
    assert live.trade.has_open_orders
    return live.trade


async def sold_nearly_all(live):
    """An exit that rests, and has filled but for what is worth less than 5."""
    trade = await live.enter()
    rate = round(trade.open_rate * FAR, 2)
    await live.bot.force_exit(ExitRequest(trade_id=str(trade.id), order_type="limit", price=rate))
    live.server.exchange.engine.fill(live.orders[-1].id, 0.97)
    await live.cycle()
    assert trade.has_open_orders
    return trade


# -- what must stay, stays -----------------------------------------------------------------------------


@pytest.mark.parametrize("begun", [bought_a_little, sold_nearly_all], ids=["entry", "exit"])
async def test_an_order_whose_end_would_strand_the_rest_is_not_cancelled_manually(live, begun):
    trade = await begun(live)
    with pytest.raises(Refused, match=r"cancelling it would leave .*worth .* cannot be sold again"):
        await live.bot.interventions.cancel_open_orders(live.bot.state, trade.id)
    assert trade.has_open_orders
    assert live.orders[-1].is_open


async def test_what_has_filled_since_it_was_last_asked_counts(live):
    await live.enter(**RESTING)
    (booked,) = live.orders
    rate = (await live.bot.gateway.fetch_ticker("ETH/USDT")).last
    live.server.exchange.engine.fill(booked.id, 3.5 / rate / 0.1)
    with pytest.raises(Refused, match="cannot be sold again"):
        await live.bot.interventions.cancel_open_orders(live.bot.state, live.trade.id)
    assert live.trade.has_open_orders


async def test_orders_that_must_stay_stay_at_the_end_too(tmp_path):
    async with scene(tmp_path, partial_fills=True, cancel_open_orders_on_exit=True) as stage:
        thin(stage, 0.04)
        trade = await stage.enter(price=100.0)
        thin(stage, 0.0)
        other = await stage.enter("BTC/USDT", price=90.0)
        stage.bot.stop()
        await stage.cycle()
        assert (trade.has_open_orders, other.has_open_orders) == (True, False)


async def test_while_the_exchange_is_silent_the_others_are_cancelled(tmp_path):
    async with scene(tmp_path, partial_fills=True, on_disconnect="cancel_entries") as stage:
        thin(stage, 0.04)
        trade = await stage.enter(price=100.0)
        thin(stage, 0.0)
        await stage.enter("BTC/USDT", price=90.0)
        stage.market.silent_for = 1000.0
        await stage.cycle()
        assert list(stage.bot.book.open) == [trade.id]
        assert trade.has_open_orders


# -- what is to be left anyway -------------------------------------------------------------------------


@pytest.mark.parametrize("begun", [bought_a_little, sold_nearly_all], ids=["entry", "exit"])
async def test_a_forced_exit_closes_what_cannot_be_sold(live, begun):
    trade = await begun(live)
    held = live.hold()
    await live.bot.force_exit(ExitRequest(trade_id=str(trade.id)))
    assert not trade.is_open
    assert live.bot.book.open == {}
    assert trade.exit_reason == "force_exit"
    assert live.hold() == held
    assert [order for order in live.orders if order.is_open] == []
    dust = trade.orders[-1]
    assert (dust.ft_order_tag, dust.ft_order_side, dust.ft_is_open) == ("dust", "sell", False)
    assert dust.safe_filled == pytest.approx(held, abs=0.0002)
    (told,) = [text for text in live.warnings if "cannot be sold" in text]
    assert f"ETH (worth {dust.cost:.4g} USDT) of trade {trade.id}" in told
    assert [message["type"] for message in live.messages if message["type"] == "exit_fill"] != []
    again = await live.enter()
    assert again.id != trade.id


async def test_what_was_closed_as_dust_is_on_disk_and_stays_closed(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server) as live:
        trade = await sold_nearly_all(live)
        await live.bot.force_exit(ExitRequest(trade_id=str(trade.id)))
        profit = trade.realized_profit
    async with live_scene(tmp_path, binance_server) as live:
        await live.cycle()
        assert live.bot.book.open == {}
        kept = await live.bot.trade(trade.id)
        assert kept.realized_profit == profit
        assert kept.orders[-1].ft_order_tag == "dust"
        assert kept.orders[-1].order_id.startswith("appliance-")


async def test_an_entry_that_the_exchange_ends_too_early_frees_its_slot(live):
    trade = await bought_a_little(live)
    live.server.exchange.engine.expire(live.orders[0].id)
    await live.cycle()
    assert live.bot.book.open == {}
    assert trade.exit_reason == "dust"
    assert trade.close_rate == pytest.approx(trade.orders[-1].safe_price)


async def test_an_exit_that_the_exchange_ends_too_early_frees_its_slot_and_keeps_its_reason(live):
    trade = await sold_nearly_all(live)
    live.server.exchange.engine.expire(live.orders[-1].id)
    await live.cycle()
    assert live.bot.book.open == {}
    assert trade.exit_reason == "force_exit"
    assert trade.realized_profit > 0


async def test_a_stop_loss_cancels_an_entry_and_closes_what_it_bought(tmp_path):
    async with strict_scene(tmp_path) as stage:
        thin(stage, 0.04)
        trade = await stage.enter(price=100.0)
        as_live(stage)
        thin(stage, 0.0)
        stage.market.prices["ETH/USDT"] = 80.0
        await stage.bot._cycle.orders.refresh(trade, trade.orders[0])
        trade.amount = trade.orders[0].safe_filled  # what is filled of an entry that waits has no stop yet
        await stage.bot._cycle.exits.exit(
            trade, ExitRequest(trade_id="1", reason=ExitReason(ExitType.STOP_LOSS, "stop_loss")), 80.0
        )
        assert (trade.is_open, trade.exit_reason) == (False, "stop_loss")
        assert stage.gateway.refused == 0
        assert not trade.orders[0].ft_is_open


async def test_an_exit_with_too_little_left_to_be_placed_again_stays_unless_it_is_urgent(tmp_path):
    async with strict_scene(tmp_path) as stage:
        trade = await stage.enter()
        as_live(stage)
        thin(stage, 0.97)
        await stage.bot.force_exit(ExitRequest(trade_id="1", price=100.0, order_type="limit"))
        thin(stage, 0.0)
        await stage.cycle()
        exits: Exits = stage.bot._cycle.exits
        roi = ExitReason(ExitType.ROI, "roi")
        assert not await exits.exit(trade, ExitRequest(trade_id="1", reason=roi), 101.0)
        assert trade.has_open_orders
        assert await exits.exit(
            trade, ExitRequest(trade_id="1", reason=ExitReason(ExitType.STOP_LOSS, "stop_loss")), 89.0
        )
        assert (trade.is_open, trade.exit_reason) == (False, "stop_loss")


async def test_a_position_that_has_lost_its_worth_is_offered_before_it_is_given_up(tmp_path):
    async with strict_scene(tmp_path, stake_amount=20) as stage:
        trade = await stage.enter()
        as_live(stage)
        stage.market.prices["ETH/USDT"] = 15.0
        await stage.bot._cycle.orders.dust.close_all()
        assert trade.is_open
        await stage.cycle()
        assert (trade.is_open, trade.exit_reason, stage.gateway.refused) == (False, "stop_loss", 1)
        assert trade.orders[-1].ft_order_tag == "dust"
        assert trade.realized_profit == pytest.approx(0.2 * (15 - 100 * 1.001), abs=0.01)
        assert len([text for text in warnings(stage) if "cannot be sold" in text]) == 1


async def test_one_wrong_price_does_not_turn_a_sellable_position_into_dust(tmp_path):
    async with scene(tmp_path) as stage:
        trade = await stage.enter()
        await stage.bot.force_exit(ExitRequest(trade_id="1", amount=0.5, order_type="market"))
        as_live(stage)
        await stage.cycle(ETH=0.01)
        assert not trade.is_open
        assert trade.orders[-1].ft_order_tag == "stop_loss"
        assert len(stage.gateway._closed) == 3


async def test_dry_run_sells_what_is_below_the_minimum(tmp_path):
    async with scene(tmp_path, partial_fills=True) as stage:
        thin(stage, 0.04)
        trade = await stage.enter(price=100.0)
        thin(stage, 1.0)
        await stage.bot._cycle.orders.cancel(trade, trade.orders[0], "test", exiting=True)
        await stage.cycle()
        assert trade.is_open
        await stage.bot.force_exit(ExitRequest(trade_id="1", order_type="market"))
        assert not trade.is_open
        assert trade.orders[-1].ft_order_tag == "force_exit"


# -- parts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "price", "remains"),
    [(0.9, 100.0, 0.1), (0.9, 40.0, None), (0.96, 100.0, None), (0.96, 200.0, 0.04)],
)
async def test_what_a_partial_exit_leaves_is_valued_at_the_present_rate(tmp_path, amount, price, remains):
    async with scene(tmp_path) as stage:
        trade = await stage.enter()
        stage.market.prices["ETH/USDT"] = price
        if remains is None:
            with pytest.raises(Refused, match="less than the exchange's minimum"):
                await stage.bot.force_exit(ExitRequest(trade_id="1", amount=amount, order_type="market"))
            assert (trade.amount, len(trade.orders)) == (1.0, 1)
        else:
            await stage.bot.force_exit(ExitRequest(trade_id="1", amount=amount, order_type="market"))
            assert trade.amount == pytest.approx(remains)


@pytest.mark.parametrize("amount", [1.0, 1.0000000001, 5.0, float("inf")])
async def test_the_whole_amount_or_more_is_a_full_exit(tmp_path, amount):
    async with scene(tmp_path) as stage:
        trade = await stage.enter()
        await stage.bot.force_exit(ExitRequest(trade_id="1", amount=amount, order_type="market"))
        assert not trade.is_open


async def test_an_emergency_exit_takes_a_rest_along_that_could_not_be_sold(tmp_path):
    async with scene(tmp_path, **{"unfilledtimeout.exit_timeout_count": 1, "stoploss": -0.99}) as stage:
        trade = await stage.enter()
        await stage.bot.force_exit(ExitRequest(trade_id="1", price=150.0, order_type="limit", amount=0.9))
        stage.market.wait(minutes=11)
        await stage.cycle(ETH=40.0)
        assert (trade.is_open, trade.exit_reason) == (False, "emergency_exit")
        assert trade.orders[-1].safe_filled == 1.0
