"""Orders through ccxt's real `binance` class to the exchange server: nothing is lost, nothing sent twice."""

import asyncio
import time

import pytest

from appliance.domain.errors import (
    InsufficientFunds,
    InvalidOrder,
    OrderNotTaken,
    RateLimited,
    TemporaryExchangeError,
)
from appliance.exchange.ccxt.gateway import CcxtGateway
from appliance.exchange.client_ids import new_client_order_id
from appliance.exchange.traits import ExchangeTraits
from tests.exchange_server.faults import Fault
from tests.exchange_server.fixture import BinanceServer
from tests.support.live_gateway import ORDER, PAIR, far_price, place

pytestmark = pytest.mark.python_independent

LOST = [
    Fault(kind="reset", path=ORDER, method="POST", accepted=True, times=1),
    Fault(kind="error", path=ORDER, method="POST", accepted=True, times=1),
    Fault(kind="error", path=ORDER, method="POST", accepted=True, times=1, status=500, code=-1000),
    Fault(kind="error", path=ORDER, method="POST", accepted=True, times=1, status=504, code=-1007),
    Fault(kind="error", path=ORDER, method="POST", accepted=True, times=1, status=400, code=-1006),
    Fault(kind="error", path=ORDER, method="POST", accepted=True, times=1, status=404),
    Fault(kind="gibberish", path=ORDER, method="POST", accepted=True, times=1),
    Fault(kind="cut_off", path=ORDER, method="POST", accepted=True, times=1),
    Fault(kind="empty", path=ORDER, method="POST", accepted=True, times=1),
    Fault(kind="wrong_shape", path=ORDER, method="POST", accepted=True, times=1),
    Fault(kind="repeated", path=ORDER, method="POST", times=1),
    Fault(kind="late", path=ORDER, method="POST", times=1, seconds=0.05),
]


def name_of(fault: Fault) -> str:
    return f"{fault.kind}-{fault.status}-{fault.code}" if fault.kind == "error" else fault.kind


@pytest.mark.parametrize("fault", LOST, ids=name_of)
async def test_an_order_whose_answer_is_lost_is_not_known_and_found_later(
    live_binance: CcxtGateway, binance_server: BinanceServer, fault: Fault
):
    price, client_id = await far_price(live_binance), new_client_order_id()
    binance_server.faults.add(fault)
    before = live_binance.now_ms()
    with pytest.raises(TemporaryExchangeError) as told:
        await place(live_binance, price=price, client_order_id=client_id)
    assert type(told.value) is TemporaryExchangeError
    await asyncio.sleep(0.1 if fault.kind == "late" else 0)
    found = await live_binance.find_order(client_id, PAIR, before)
    (booked,) = binance_server.ledger.by_client_id(client_id)
    assert (found.id, found.client_order_id, found.status) == (str(booked.id), client_id, "open")
    assert (found.amount, found.price) == (0.05, price)


@pytest.mark.parametrize("path", ["*/order", "*/openOrders", "*/allOrders", "*/myTrades"])
async def test_where_an_order_cannot_be_fetched_by_its_id_lists_are_searched(
    live_binance: CcxtGateway, binance_server: BinanceServer, path: str
):
    """Kraken, Bybit and Gate, say. What could not be looked through proves nothing."""
    live_binance._connection.traits = ExchangeTraits()
    resting, bought = await place(live_binance), await place(live_binance, order_type="market")
    gone = await place(live_binance)
    await live_binance.cancel_order(gone.id, PAIR)
    since = resting.timestamp
    for order in (resting, bought, gone):
        assert (await live_binance.find_order(order.client_order_id, PAIR, since)).id == order.id
    assert await live_binance.find_order(new_client_order_id(), PAIR, since) is None
    binance_server.faults.add(Fault(kind="error", path=path, method="GET"))
    if path != "*/order":
        with pytest.raises(TemporaryExchangeError):
            await live_binance.find_order(new_client_order_id(), PAIR, since)
    else:
        assert (await live_binance.find_order(gone.client_order_id, PAIR, since)).status == "canceled"


REFUSED = [
    (Fault(kind="limited", path=ORDER, method="POST", seconds=1), RateLimited),
    (Fault(kind="banned", path=ORDER, method="POST", seconds=1), RateLimited),
    (Fault(kind="skew", path=ORDER, method="POST", seconds=-30), OrderNotTaken),
    (Fault(kind="error", path=ORDER, method="POST", status=400, code=-2015), OrderNotTaken),
    (
        Fault(kind="error", path=ORDER, method="POST", status=400, code=-1013, message="Invalid quantity."),
        InvalidOrder,
    ),
]


@pytest.mark.parametrize(("fault", "error"), REFUSED, ids=lambda each: getattr(each, "kind", ""))
async def test_an_order_that_was_certainly_not_accepted_is_reported_as_such(
    live_binance: CcxtGateway, binance_server: BinanceServer, fault: Fault, error: type[Exception]
):
    price, client_id = await far_price(live_binance), new_client_order_id()
    binance_server.faults.add(fault)
    with pytest.raises(error) as told:
        await place(live_binance, price=price, client_order_id=client_id)
    assert type(told.value) is error
    binance_server.faults.clear()
    assert binance_server.ledger.by_client_id(client_id) == []
    assert await live_binance.find_order(client_id, PAIR, live_binance.now_ms()) is None


async def test_no_connection_is_no_order(live_binance: CcxtGateway, binance_server: BinanceServer):
    price = await far_price(live_binance)
    await binance_server.close()
    with pytest.raises(OrderNotTaken, match="cannot be reached"):
        await place(live_binance, price=price)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"amount": 100.0}, InsufficientFunds),
        ({"side": "sell"}, InsufficientFunds),
        ({"amount": 0.0001}, InvalidOrder),
        ({"amount": 1e-12}, InvalidOrder),
        ({"price": 0.01}, InvalidOrder),
        ({"pair": "XYZ/USDT"}, OrderNotTaken),
        ({"leverage": 2.0}, InvalidOrder),
    ],
)
async def test_orders_that_the_exchange_refuses(
    live_binance: CcxtGateway, changes: dict, error: type[Exception]
):
    with pytest.raises(error) as told:
        await place(live_binance, **{"price": 2000.0, **changes})
    assert type(told.value) is error
    assert "\n" not in str(told.value)


async def test_an_id_that_is_used_already_may_be_the_very_order(
    live_binance: CcxtGateway, binance_server: BinanceServer
):
    client_id = new_client_order_id()
    await place(live_binance, client_order_id=client_id)
    with pytest.raises(TemporaryExchangeError) as told:
        await place(live_binance, client_order_id=client_id)
    assert type(told.value) is TemporaryExchangeError
    assert len(binance_server.ledger.by_client_id(client_id)) == 1


async def test_an_answer_that_comes_twice_does_not_pass_for_the_next_orders(
    live_binance: CcxtGateway, binance_server: BinanceServer
):
    price = await far_price(live_binance)
    binance_server.faults.add(Fault(kind="doubled", probability=0.7))
    for _ in range(10):
        client_id, before = new_client_order_id(), live_binance.now_ms()
        try:
            order = await place(live_binance, price=price, client_order_id=client_id)
        except TemporaryExchangeError:
            order = await live_binance.find_order(client_id, PAIR, before)
        (booked,) = binance_server.ledger.by_client_id(client_id)
        assert order.id == str(booked.id)
        seen = await live_binance.fetch_order(order.id, PAIR)
        assert (seen.id, seen.status) == (order.id, "open")
        assert (await live_binance.cancel_order(order.id, PAIR)).status == "canceled"


async def test_while_the_exchange_wants_quiet_no_order_is_sent(
    live_binance: CcxtGateway, binance_server: BinanceServer
):
    binance_server.faults.add(Fault(kind="banned", path="*/depth", seconds=3600, times=1))
    with pytest.raises(RateLimited) as told:
        await live_binance.fetch_order_book(PAIR, 5)
    assert told.value.retry_after == 3600
    asked = sum(binance_server.traffic.requests.values())
    with pytest.raises(RateLimited, match="asked for a pause"):
        await place(live_binance, price=2000.0)
    with pytest.raises(RateLimited, match="asked for a pause"):
        await live_binance.fetch_balances()
    assert sum(binance_server.traffic.requests.values()) == asked


async def test_a_short_pause_is_waited_for(live_binance: CcxtGateway, binance_server: BinanceServer):
    binance_server.faults.add(Fault(kind="limited", path="*/account", seconds=1, times=1))
    began = time.monotonic()
    assert (await live_binance.fetch_balances())["USDT"].free == 10_000
    assert time.monotonic() - began >= 0.9


async def test_a_clock_that_jumps_is_followed(live_binance: CcxtGateway, binance_server: BinanceServer):
    binance_server.put_clock_ahead(3_600_000)
    with pytest.raises(OrderNotTaken):
        await place(live_binance, price=2000.0)
    order = await place(live_binance, price=2000.0)
    assert order.is_open
    binance_server.put_clock_ahead(3_600_000)
    assert [each.id for each in await live_binance.fetch_open_orders(PAIR)] == [order.id]
    assert live_binance.now_ms() - time.time() * 1000 == pytest.approx(7_200_000, abs=5_000)
