"""Settle lost orders by hand where ccxt's real class asks an exchange about them."""

import pytest

from appliance.domain.errors import OrderUnresolved, Refused
from appliance.domain.order_state import OrderState
from appliance.rules.manual_resolution import Claim
from tests.bot.live_scene import LiveScene, live_scene
from tests.exchange_server.faults import Fault
from tests.exchange_server.fixture import BinanceServer
from tests.exchange_server.fixture import binance_server as binance_server
from tests.support.live_gateway import ORDER, gateway_to, opened, place

RESTING = {"price": 1000.0, "order_type": "limit"}


@pytest.fixture
async def scene(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server) as scene:
        yield scene


async def lost(scene: LiveScene, *, accepted: bool, **wanted) -> str:
    """Lose an order's answer, or the order itself; return our id of it."""
    fault = Fault(kind="reset", path=ORDER, method="POST", accepted=accepted, times=1)
    scene.server.faults.add(fault)
    with pytest.raises(OrderUnresolved):
        await scene.enter(**wanted)
    return str(scene.trade.orders[0].client_order_id)


async def settle(scene: LiveScene, client_id: str, claim: Claim, **more):
    line, _ = await scene.bot.manual_resolution.resolve(client_id, claim, **more)
    return line


async def test_what_the_exchange_has_is_adopted_and_nothing_else_is_believed(scene):
    client_id = await lost(scene, accepted=True)
    (booked,) = scene.orders
    for claim in (Claim.NEVER_SENT, Claim.REJECTED):
        with pytest.raises(Refused, match=f"the exchange has it: buy order {booked.id}, closed"):
            await settle(scene, client_id, claim)
    line = await settle(scene, client_id, Claim.ADOPT)
    assert (line.state, line.order_id) == (OrderState.FILLED, str(booked.id))
    assert scene.trade.orders[0].safe_filled == float(booked.quantity)
    assert scene.trade.orders[0].ft_fee_base == pytest.approx(float(booked.quantity) - scene.hold())


async def test_an_order_that_is_half_filled_is_adopted_as_it_is_and_followed(scene):
    client_id = await lost(scene, accepted=True, **RESTING)
    (booked,) = scene.orders
    scene.server.exchange.engine.fill(booked.id, 0.5)
    line = await settle(scene, client_id, Claim.ADOPT, exchange_id=str(booked.id))
    assert line.state is OrderState.PARTIALLY_FILLED
    scene.server.exchange.engine.fill(booked.id, 1.0)
    await scene.cycle()
    assert scene.trade.orders[0].safe_filled == float(booked.quantity)
    assert (await scene.bot.manual_resolution.line(client_id)).state is OrderState.FILLED


async def test_what_never_arrived_is_dropped_as_soon_as_it_is_certain(scene):
    client_id = await lost(scene, accepted=False)
    with pytest.raises(Refused, match="may still accept it, for another"):
        await settle(scene, client_id, Claim.NEVER_SENT)
    with pytest.raises(Refused, match="knows no order 4711"):
        await settle(scene, client_id, Claim.ADOPT, exchange_id="4711", force=True)
    scene.passed += scene.bot.gateway.settling_seconds
    assert (await settle(scene, client_id, Claim.NEVER_SENT)).state is OrderState.REJECTED
    assert scene.bot.book.open == {}


async def test_an_exchange_that_does_not_answer_bears_nothing_out(scene):
    client_id = await lost(scene, accepted=False)
    for path in ("/api/v3/*rder*", "/api/v3/myTrades"):
        scene.server.faults.add(Fault(kind="error", path=path, method="GET"))
    with pytest.raises(Refused, match="cannot be asked now"):
        await settle(scene, client_id, Claim.NEVER_SENT)
    assert (await settle(scene, client_id, Claim.NEVER_SENT, force=True)).state is OrderState.REJECTED


async def test_somebody_elses_order_is_not_taken_for_ours(scene, binance_server: BinanceServer):
    client_id = await lost(scene, accepted=False, **RESTING)
    async with opened(gateway_to(binance_server)) as other:
        theirs = await place(other, client_order_id="web_1234")
    with pytest.raises(Refused, match="has another client order id than ours: web_1234"):
        await settle(scene, client_id, Claim.ADOPT, exchange_id=theirs.id)
    with pytest.raises(Refused, match="has no answer about order no number"):
        await settle(scene, client_id, Claim.ADOPT, exchange_id="no number")
    assert [order.client_id for order in scene.orders] == ["web_1234"]


async def test_a_forced_claim_that_was_wrong_is_put_right_by_the_next_start(tmp_path, binance_server):
    async with live_scene(tmp_path, binance_server) as scene:
        client_id = await lost(scene, accepted=True, **RESTING)
        await settle(scene, client_id, Claim.NEVER_SENT, force=True)
        assert scene.bot.book.open == {}
    async with live_scene(tmp_path, binance_server) as scene:
        (booked,) = scene.orders
        assert scene.trade.orders[0].order_id == str(booked.id)
