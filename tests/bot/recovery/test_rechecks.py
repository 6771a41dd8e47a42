"""Cancelled orders of which the exchange tells later that they have filled after all."""

import msgspec
import pytest

from appliance.domain.order_state import OrderState
from appliance.rules.order_life import ENDED_CHECKS, NEVER_SENT
from appliance.rules.trade_requests import ExitRequest
from tests.bot.live_scene import LiveScene, live_scene
from tests.exchange_server.faults import Fault
from tests.exchange_server.fixture import binance_server as binance_server
from tests.support.live_gateway import ORDER

RESTING = {"price": 1000.0, "order_type": "limit"}


@pytest.fixture
async def scene(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server) as scene:
        yield scene


def fill_all_the_same(scene: LiveScene, number: int, share: float) -> None:
    """Have the exchange's books say that a cancelled order had filled before it was cancelled."""
    exchange = scene.server.exchange
    ledger, engine = exchange.ledger, exchange.engine
    order = ledger.orders[number]
    ledger.record(engine._settling.hold(order.changed(exchange.now(), status="NEW")))
    engine.fill(number, share)
    if ledger.orders[number].is_open:
        engine.cancel(number, "later")


async def later(scene: LiveScene, seconds: float = 10.0) -> None:
    await scene.cycle()
    scene.passed += seconds
    await scene.cycle()


async def test_an_entry_that_was_given_up_and_bought_something_anyway_is_a_trade(scene):
    await scene.enter(**RESTING)
    (booked,) = scene.orders
    await scene.bot.interventions.cancel_open_orders(scene.bot.state, scene.trade.id)
    assert scene.bot.book.open == {}
    fill_all_the_same(scene, booked.id, 0.5)
    await later(scene)
    bought = float(scene.orders[0].executed)
    assert scene.trade.orders[0].safe_filled == pytest.approx(bought)
    assert any("it is adopted" in text for text in scene.warnings)
    line = await scene.bot.manual_resolution.line(booked.client_id)
    assert (line.state, line.order_id) == (OrderState.CANCELLED, str(booked.id))


async def test_an_entry_that_bought_more_than_was_reported_makes_its_trade_larger(scene):
    await scene.enter(**RESTING)
    (booked,) = scene.orders
    scene.server.exchange.engine.fill(booked.id, 0.25)
    await scene.bot.interventions.cancel_open_orders(scene.bot.state, scene.trade.id)
    before = scene.trade.amount
    fill_all_the_same(scene, booked.id, 0.5)
    await later(scene)
    (order,) = scene.trade.orders
    assert order.safe_filled == pytest.approx(float(scene.orders[0].executed))
    assert scene.trade.amount > before
    assert scene.trade.amount == pytest.approx(scene.hold(), abs=0.0002)
    assert not order.ft_is_open


async def test_a_sale_that_was_given_up_and_sold_something_anyway_counts(scene):
    trade = await scene.enter()
    await scene.bot.force_exit(
        ExitRequest(trade_id=str(trade.id), order_type="limit", price=round(trade.open_rate * 1.2, 2))
    )
    sale = scene.orders[-1]
    await scene.bot.interventions.cancel_open_orders(scene.bot.state, trade.id)
    fill_all_the_same(scene, sale.id, 1.0)
    await later(scene)
    assert not trade.is_open
    assert trade.close_rate == pytest.approx(trade.open_rate * 1.2, rel=0.001)


async def test_a_correct_report_changes_nothing_and_is_rechecked_a_few_times(scene):
    await scene.enter(**RESTING)
    await scene.bot.interventions.cancel_open_orders(scene.bot.state, scene.trade.id)
    for seconds in ENDED_CHECKS:
        await later(scene, seconds)
    assert scene.bot.book.open == {}
    assert len(scene.bot._shared.inflight) == 0
    assert scene.server.traffic.requests[ORDER] <= len(ENDED_CHECKS) + 5


async def test_an_error_with_one_does_not_block_others_and_is_retried(scene):
    await scene.enter(**RESTING)
    (booked,) = scene.orders
    await scene.bot.interventions.cancel_open_orders(scene.bot.state, scene.trade.id)
    fill_all_the_same(scene, booked.id, 0.5)
    scene.server.faults.add(Fault(kind="error", path=ORDER, method="GET"))
    await later(scene)
    assert scene.bot.book.open == {}
    scene.server.faults.clear()
    await later(scene)
    assert scene.trade.orders[0].order_id == str(booked.id)


async def test_an_order_of_a_pair_that_is_gone_holds_up_no_other(scene):
    await scene.enter(**RESTING)
    (booked,) = scene.orders
    await scene.bot.interventions.cancel_open_orders(scene.bot.state, scene.trade.id)
    line = await scene.bot.manual_resolution.line(booked.client_id)
    gone = msgspec.structs.replace(line, client_order_id="gone", pair="OLD/USDT", order_id=None)
    gone = msgspec.structs.replace(gone, state=OrderState.REJECTED, note=NEVER_SENT)
    scene.bot._shared.inflight.record([gone])
    fill_all_the_same(scene, booked.id, 0.5)
    scene.passed += 1900  # both are due, the one that is gone for longer
    scene.bot._shared.inflight._orders["gone"].checks[0] = 0.0
    await scene.cycle()
    assert scene.trade.orders[0].order_id == str(booked.id)
    await scene.cycle(3)
    assert "gone" not in scene.bot._shared.inflight._orders
