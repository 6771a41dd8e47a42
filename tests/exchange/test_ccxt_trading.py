"""Orders through ccxt's real `binance` class to the exchange server: nothing is lost, nothing sent twice."""

import asyncio
import time

import pytest

from appliance.domain.errors import (
    ExchangeError,
    InsufficientFunds,
    InvalidOrder,
    OrderNotFound,
    OrderNotTaken,
    RateLimited,
    TemporaryExchangeError,
)
from appliance.exchange.ccxt_peculiarities import Peculiarities
from appliance.exchange.ccxt_trading import CcxtGateway
from appliance.exchange.client_ids import new_client_order_id
from tests.exchange.live import ORDER, PAIR, far_price, gateway_to, opened, place
from tests.exchange_server.faults import Fault, outage
from tests.exchange_server.fixture import BinanceServer


@pytest.fixture
async def binance(binance_server: BinanceServer):
    async with opened(gateway_to(binance_server)) as gateway:
        yield gateway


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
    binance: CcxtGateway, binance_server: BinanceServer, fault: Fault
):
    price, client_id = await far_price(binance), new_client_order_id()
    binance_server.faults.add(fault)
    before = binance.now_ms()
    with pytest.raises(TemporaryExchangeError) as told:
        await place(binance, price=price, client_order_id=client_id)
    assert type(told.value) is TemporaryExchangeError
    await asyncio.sleep(0.1 if fault.kind == "late" else 0)
    found = await binance.find_order(client_id, PAIR, before)
    (booked,) = binance_server.ledger.by_client_id(client_id)
    assert (found.id, found.client_order_id, found.status) == (str(booked.id), client_id, "open")
    assert (found.amount, found.price) == (0.05, price)


@pytest.mark.parametrize("path", ["*/order", "*/openOrders", "*/allOrders", "*/myTrades"])
async def test_where_an_order_cannot_be_asked_for_by_its_id_lists_are_searched(
    binance: CcxtGateway, binance_server: BinanceServer, path: str
):
    """Kraken, Bybit and Gate, say. What could not be looked through proves nothing."""
    binance._own = Peculiarities()
    resting, bought = await place(binance), await place(binance, order_type="market")
    gone = await place(binance)
    await binance.cancel_order(gone.id, PAIR)
    since = resting.timestamp
    for order in (resting, bought, gone):
        assert (await binance.find_order(order.client_order_id, PAIR, since)).id == order.id
    assert await binance.find_order(new_client_order_id(), PAIR, since) is None
    binance_server.faults.add(Fault(kind="error", path=path, method="GET"))
    if path != "*/order":
        with pytest.raises(TemporaryExchangeError):
            await binance.find_order(new_client_order_id(), PAIR, since)
    else:
        assert (await binance.find_order(gone.client_order_id, PAIR, since)).status == "canceled"


REFUSED = [
    (Fault(kind="limited", path=ORDER, method="POST", seconds=1), RateLimited),
    (Fault(kind="banned", path=ORDER, method="POST", seconds=1), RateLimited),
    (Fault(kind="skew", path=ORDER, method="POST", seconds=-30), OrderNotTaken),
    (Fault(kind="error", path=ORDER, method="POST", status=400, code=-2015), RateLimited),
    (
        Fault(kind="error", path=ORDER, method="POST", status=400, code=-1013, message="Invalid quantity."),
        InvalidOrder,
    ),
]


@pytest.mark.parametrize(("fault", "error"), REFUSED, ids=lambda each: getattr(each, "kind", ""))
async def test_an_order_that_was_certainly_not_taken_is_told_so(
    binance: CcxtGateway, binance_server: BinanceServer, fault: Fault, error: type[Exception]
):
    price, client_id = await far_price(binance), new_client_order_id()
    binance_server.faults.add(fault)
    with pytest.raises(error) as told:
        await place(binance, price=price, client_order_id=client_id)
    assert type(told.value) is error
    binance_server.faults.clear()
    assert binance_server.ledger.by_client_id(client_id) == []
    assert await binance.find_order(client_id, PAIR, binance.now_ms()) is None


async def test_no_connection_is_no_order(binance: CcxtGateway, binance_server: BinanceServer):
    price = await far_price(binance)
    await binance_server.close()
    with pytest.raises(OrderNotTaken, match="cannot be reached"):
        await place(binance, price=price)


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
async def test_orders_that_the_exchange_refuses(binance: CcxtGateway, changes: dict, error: type[Exception]):
    with pytest.raises(error) as told:
        await place(binance, **{"price": 2000.0, **changes})
    assert type(told.value) is error
    assert "\n" not in str(told.value)


async def test_an_id_that_is_used_already_may_be_the_very_order(
    binance: CcxtGateway, binance_server: BinanceServer
):
    client_id = new_client_order_id()
    await place(binance, client_order_id=client_id)
    with pytest.raises(TemporaryExchangeError) as told:
        await place(binance, client_order_id=client_id)
    assert type(told.value) is TemporaryExchangeError
    assert len(binance_server.ledger.by_client_id(client_id)) == 1


async def test_an_answer_that_comes_twice_does_not_pass_for_the_next_orders(
    binance: CcxtGateway, binance_server: BinanceServer
):
    price = await far_price(binance)
    binance_server.faults.add(Fault(kind="doubled", probability=0.7))
    for _ in range(10):
        client_id, before = new_client_order_id(), binance.now_ms()
        try:
            order = await place(binance, price=price, client_order_id=client_id)
        except TemporaryExchangeError:
            order = await binance.find_order(client_id, PAIR, before)
        (booked,) = binance_server.ledger.by_client_id(client_id)
        assert order.id == str(booked.id)
        seen = await binance.fetch_order(order.id, PAIR)
        assert (seen.id, seen.status) == (order.id, "open")
        assert (await binance.cancel_order(order.id, PAIR)).status == "canceled"


async def test_while_the_exchange_wants_quiet_no_order_is_sent(
    binance: CcxtGateway, binance_server: BinanceServer
):
    binance_server.faults.add(Fault(kind="banned", path="*/depth", seconds=3600, times=1))
    with pytest.raises(RateLimited) as told:
        await binance.fetch_order_book(PAIR, 5)
    assert told.value.retry_after == 3600
    asked = sum(binance_server.traffic.requests.values())
    with pytest.raises(RateLimited, match="left alone"):
        await place(binance, price=2000.0)
    with pytest.raises(RateLimited, match="left alone"):
        await binance.fetch_balances()
    assert sum(binance_server.traffic.requests.values()) == asked


async def test_a_short_pause_is_waited_for(binance: CcxtGateway, binance_server: BinanceServer):
    binance_server.faults.add(Fault(kind="limited", path="*/account", seconds=1, times=1))
    began = time.monotonic()
    assert (await binance.fetch_balances())["USDT"].free == 10_000
    assert time.monotonic() - began >= 0.9


async def test_a_clock_that_jumps_is_followed(binance: CcxtGateway, binance_server: BinanceServer):
    binance_server.put_clock_ahead(3_600_000)
    with pytest.raises(OrderNotTaken):
        await place(binance, price=2000.0)
    order = await place(binance, price=2000.0)
    assert order.is_open
    binance_server.put_clock_ahead(3_600_000)
    assert [each.id for each in await binance.fetch_open_orders(PAIR)] == [order.id]
    assert binance.now_ms() - time.time() * 1000 == pytest.approx(7_200_000, abs=5_000)


# -- cancelling --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind="reset", path=ORDER, method="DELETE", accepted=True, times=1),
        Fault(kind="reset", path=ORDER, method="DELETE", times=2),
        Fault(kind="error", path=ORDER, method="DELETE", times=2),
        Fault(kind="error", path=ORDER, method="DELETE", accepted=True, times=1),
        Fault(kind="gibberish", path=ORDER, method="DELETE", accepted=True, times=1),
        Fault(kind="skew", path=ORDER, method="DELETE", seconds=-30, times=1),
    ],
)
async def test_a_lost_answer_to_a_cancel_is_no_no(
    binance: CcxtGateway, binance_server: BinanceServer, fault: Fault
):
    order = await place(binance)
    binance_server.faults.add(fault)
    seen = await binance.cancel_order(order.id, PAIR)
    assert (seen.status, seen.filled) == ("canceled", 0)
    assert seen.client_order_id == order.client_order_id
    assert binance_server.ledger.open_orders == []


@pytest.mark.parametrize(("share", "status"), [(1.0, "closed"), (0.5, "canceled")])
async def test_what_fills_while_it_is_cancelled_counts(
    binance: CcxtGateway, binance_server: BinanceServer, share: float, status: str
):
    order = await place(binance)
    binance_server.faults.add(
        Fault(kind="filled_first", path=ORDER, method="DELETE", share=share),
        Fault(kind="reset", path=ORDER, method="DELETE", accepted=True),
    )
    seen = await binance.cancel_order(order.id, PAIR)
    assert (seen.status, seen.filled) == (status, pytest.approx(0.05 * share))
    (fee,) = seen.fees
    assert (fee.currency, fee.cost) == ("ETH", pytest.approx(0.05 * share * 0.001))


async def test_cancelling_what_is_finished_tells_how_it_ended(binance: CcxtGateway):
    order = await place(binance, order_type="market")
    assert order.status == "closed"
    assert (await binance.cancel_order(order.id, PAIR)).status == "closed"


async def test_an_order_that_the_exchange_never_had(binance: CcxtGateway):
    with pytest.raises(OrderNotFound):
        await binance.fetch_order("123456789", PAIR)
    with pytest.raises(OrderNotFound):
        await binance.cancel_order("123456789", PAIR)
    assert await binance.find_order(new_client_order_id(), PAIR, binance.now_ms()) is None


async def test_an_order_that_cannot_be_asked_for_stays_unknown(
    binance: CcxtGateway, binance_server: BinanceServer
):
    order = await place(binance)
    binance_server.faults.add(outage(60))
    for asking in (
        binance.cancel_order(order.id, PAIR),
        binance.fetch_order(order.id, PAIR),
        binance.find_order(order.client_order_id, PAIR, order.timestamp),
    ):
        with pytest.raises(TemporaryExchangeError):
            await asking


async def test_an_exchange_that_is_slow_to_find_new_orders_is_not_believed(
    binance: CcxtGateway, binance_server: BinanceServer
):
    binance_server.faults.add(Fault(kind="unseen", path=ORDER, method="POST", seconds=60))
    order = await place(binance)
    for asking in (binance.fetch_order(order.id, PAIR), binance.fetch_order(order.id, PAIR)):
        with pytest.raises(TemporaryExchangeError, match="does not find order"):
            await asking
    binance_server.put_clock_ahead(61_000)
    assert (await binance.fetch_order(order.id, PAIR)).is_open


# -- what was bought, for how much ---------------------------------------------------------------------------


async def test_a_market_order_is_filled_with_its_fee(binance: CcxtGateway, binance_server: BinanceServer):
    order = await place(binance, order_type="market", price=1.0)
    (booked,) = binance_server.ledger.by_client_id(order.client_order_id)
    assert (order.status, order.filled, order.type) == ("closed", 0.05, "market")
    assert order.cost == pytest.approx(float(booked.quote_executed))
    assert order.average == pytest.approx(order.cost / 0.05)
    assert order.fee.currency == "ETH" and order.fee.cost == pytest.approx(0.00005)
    again = await binance.fetch_order(order.id, PAIR)
    assert (again.fees, again.cost, again.filled) == (order.fees, order.cost, order.filled)
    balances = await binance.fetch_balances()
    assert balances["ETH"].free == pytest.approx(0.04995)
    assert balances["USDT"].total == pytest.approx(10_000 - order.cost)


async def test_fills_that_cannot_be_told_now_keep_an_order_open(
    binance: CcxtGateway, binance_server: BinanceServer
):
    """The order is placed: a failure afterwards must not make it look as if it were not."""
    order = await place(binance)
    binance_server.faults.add(
        Fault(kind="filled_first", path=ORDER, method="DELETE", times=1),
        Fault(kind="error", path="*/myTrades", times=4),
    )
    with pytest.raises(TemporaryExchangeError):
        await binance.cancel_order(order.id, PAIR)
    seen = await binance.fetch_order(order.id, PAIR)
    assert seen.status == "closed" and seen.fee.cost > 0


async def test_times_in_force(binance: CcxtGateway):
    resting = await place(binance, time_in_force="PO")
    assert resting.is_open
    killed = await place(binance, time_in_force="FOK")
    assert (killed.status, killed.filled) == ("expired", 0)
    ticker = await binance.fetch_ticker(PAIR)
    with pytest.raises(InvalidOrder, match="immediately"):
        await place(binance, time_in_force="PO", price=round(ticker.ask * 1.01, 2))


async def test_stop_orders_wait_on_the_exchange(binance: CcxtGateway, binance_server: BinanceServer):
    await place(binance, order_type="market", amount=0.1)
    ticker = await binance.fetch_ticker(PAIR)
    stop = round(ticker.bid * 0.9, 2)
    client_id = new_client_order_id()
    order = await binance.create_stop_order(
        pair=PAIR, side="sell", amount=0.05, stop_price=stop, limit_price=round(stop * 0.99, 2),
        client_order_id=client_id,
    )  # fmt: skip
    assert (order.status, order.type, order.stop_price) == ("open", "stop_loss_limit", stop)
    seen = await binance.fetch_order(order.id, PAIR)
    assert (seen.stop_price, seen.client_order_id, seen.type) == (stop, client_id, "stop_loss_limit")
    at_market = await binance.create_stop_order(
        pair=PAIR, side="sell", amount=0.04, stop_price=stop, limit_price=None,
        client_order_id=new_client_order_id(),
    )  # fmt: skip
    assert (await binance.fetch_order(at_market.id, PAIR)).type == "stop_loss"
    with pytest.raises(InvalidOrder, match="trigger immediately"):
        await binance.create_stop_order(
            pair=PAIR, side="sell", amount=0.01, stop_price=round(ticker.ask * 1.1, 2), limit_price=None,
            client_order_id=new_client_order_id(),
        )  # fmt: skip


async def test_lists_of_orders_and_fills(binance: CcxtGateway):
    began = binance.now_ms() - 1_000
    bought = await place(binance, order_type="market")
    resting = await place(binance)
    gone = await place(binance)
    await binance.cancel_order(gone.id, PAIR)
    listed = {order.id: order.status for order in await binance.fetch_orders_since(PAIR, began)}
    assert listed == {bought.id: "closed", resting.id: "open", gone.id: "canceled"}
    assert [order.id for order in await binance.fetch_open_orders()] == [resting.id]
    fills = await binance.fetch_my_trades(PAIR, began)
    assert {fill.order_id for fill in fills} == {bought.id}
    assert sum(fill.amount for fill in fills) == pytest.approx(0.05)
    with pytest.raises(ExchangeError):
        await binance.fetch_orders_since("XYZ/USDT", began)


async def test_fee_rates(binance_server: BinanceServer, binance: CcxtGateway):
    assert binance.fee_rate(PAIR, maker=True) == 0.001
    async with opened(gateway_to(binance_server)) as other:
        other._fee = 0.0007
        assert other.fee_rate(PAIR, maker=False) == 0.0007
