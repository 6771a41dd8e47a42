"""Orders on the exchange server as they are followed, cancelled and read, with what they cost."""

import pytest

from appliance.domain.errors import ExchangeError, InvalidOrder, OrderNotFound, TemporaryExchangeError
from appliance.exchange.ccxt.gateway import CcxtGateway
from appliance.exchange.client_ids import new_client_order_id
from tests.exchange_server.faults import Fault, outage
from tests.exchange_server.fixture import BinanceServer
from tests.support.live_gateway import ORDER, PAIR, gateway_to, opened, place
from tests.support.order_requests import stop_request


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
    live_binance: CcxtGateway, binance_server: BinanceServer, fault: Fault
):
    order = await place(live_binance)
    binance_server.faults.add(fault)
    seen = await live_binance.cancel_order(order.id, PAIR)
    assert (seen.status, seen.filled) == ("canceled", 0)
    assert seen.client_order_id == order.client_order_id
    assert binance_server.ledger.open_orders == []


@pytest.mark.parametrize(("share", "status"), [(1.0, "closed"), (0.5, "canceled")])
async def test_what_fills_while_it_is_cancelled_counts(
    live_binance: CcxtGateway, binance_server: BinanceServer, share: float, status: str
):
    order = await place(live_binance)
    binance_server.faults.add(
        Fault(kind="filled_first", path=ORDER, method="DELETE", share=share),
        Fault(kind="reset", path=ORDER, method="DELETE", accepted=True),
    )
    seen = await live_binance.cancel_order(order.id, PAIR)
    assert (seen.status, seen.filled) == (status, pytest.approx(0.05 * share))
    (fee,) = seen.fees
    assert (fee.currency, fee.cost) == ("ETH", pytest.approx(0.05 * share * 0.001))


async def test_cancelling_a_finished_order_returns_how_it_ended(live_binance: CcxtGateway):
    order = await place(live_binance, order_type="market")
    assert order.status == "closed"
    assert (await live_binance.cancel_order(order.id, PAIR)).status == "closed"


async def test_an_order_that_the_exchange_never_had(live_binance: CcxtGateway):
    with pytest.raises(OrderNotFound):
        await live_binance.fetch_order("123456789", PAIR)
    with pytest.raises(OrderNotFound):
        await live_binance.cancel_order("123456789", PAIR)
    assert await live_binance.find_order(new_client_order_id(), PAIR, live_binance.now_ms()) is None


async def test_an_order_that_cannot_be_fetched_stays_unknown(
    live_binance: CcxtGateway, binance_server: BinanceServer
):
    order = await place(live_binance)
    binance_server.faults.add(outage(60))
    for asking in (
        live_binance.cancel_order(order.id, PAIR),
        live_binance.fetch_order(order.id, PAIR),
        live_binance.find_order(order.client_order_id, PAIR, order.timestamp),
    ):
        with pytest.raises(TemporaryExchangeError):
            await asking


async def test_an_exchange_that_is_slow_to_find_new_orders_is_not_believed(
    live_binance: CcxtGateway, binance_server: BinanceServer
):
    binance_server.faults.add(Fault(kind="unseen", path=ORDER, method="POST", seconds=60))
    order = await place(live_binance)
    for asking in (live_binance.fetch_order(order.id, PAIR), live_binance.fetch_order(order.id, PAIR)):
        with pytest.raises(TemporaryExchangeError, match="does not find order"):
            await asking
    binance_server.put_clock_ahead(61_000)
    assert (await live_binance.fetch_order(order.id, PAIR)).is_open


async def test_a_market_order_is_filled_with_its_fee(
    live_binance: CcxtGateway, binance_server: BinanceServer
):
    order = await place(live_binance, order_type="market", price=1.0)
    (booked,) = binance_server.ledger.by_client_id(order.client_order_id)
    assert (order.status, order.filled, order.type) == ("closed", 0.05, "market")
    assert order.cost == pytest.approx(float(booked.quote_executed))
    assert order.average == pytest.approx(order.cost / 0.05)
    assert order.fee.currency == "ETH"
    assert order.fee.cost == pytest.approx(0.00005)
    again = await live_binance.fetch_order(order.id, PAIR)
    assert (again.fees, again.cost, again.filled) == (order.fees, order.cost, order.filled)
    balances = await live_binance.fetch_balances()
    assert balances["ETH"].free == pytest.approx(0.04995)
    assert balances["USDT"].total == pytest.approx(10_000 - order.cost)


async def test_fills_that_cannot_be_reported_now_keep_an_order_open(
    live_binance: CcxtGateway, binance_server: BinanceServer
):
    """The order is placed: a failure afterwards must not make it look as if it were not."""
    order = await place(live_binance)
    binance_server.faults.add(
        Fault(kind="filled_first", path=ORDER, method="DELETE", times=1),
        Fault(kind="error", path="*/myTrades", times=4),
    )
    with pytest.raises(TemporaryExchangeError):
        await live_binance.cancel_order(order.id, PAIR)
    seen = await live_binance.fetch_order(order.id, PAIR)
    assert seen.status == "closed"
    assert seen.fee.cost > 0


async def test_times_in_force(live_binance: CcxtGateway):
    resting = await place(live_binance, time_in_force="PO")
    assert resting.is_open
    killed = await place(live_binance, time_in_force="FOK")
    assert (killed.status, killed.filled) == ("expired", 0)
    ticker = await live_binance.fetch_ticker(PAIR)
    with pytest.raises(InvalidOrder, match="immediately"):
        await place(live_binance, time_in_force="PO", price=round(ticker.ask * 1.01, 2))


async def test_stop_orders_wait_on_the_exchange(live_binance: CcxtGateway, binance_server: BinanceServer):
    await place(live_binance, order_type="market", amount=0.1)
    ticker = await live_binance.fetch_ticker(PAIR)
    stop = round(ticker.bid * 0.9, 2)
    client_id = new_client_order_id()
    order = await live_binance.create_stop_order(stop_request(
        pair=PAIR, side="sell", amount=0.05, stop_price=stop, limit_price=round(stop * 0.99, 2),
        client_order_id=client_id,
    ))  # fmt: skip
    assert (order.status, order.type, order.stop_price) == ("open", "stop_loss_limit", stop)
    seen = await live_binance.fetch_order(order.id, PAIR)
    assert (seen.stop_price, seen.client_order_id, seen.type) == (stop, client_id, "stop_loss_limit")
    at_market = await live_binance.create_stop_order(stop_request(
        pair=PAIR, side="sell", amount=0.04, stop_price=stop, limit_price=None,
        client_order_id=new_client_order_id(),
    ))  # fmt: skip
    assert (await live_binance.fetch_order(at_market.id, PAIR)).type == "stop_loss"
    with pytest.raises(InvalidOrder, match="trigger immediately"):
        await live_binance.create_stop_order(stop_request(
            pair=PAIR, side="sell", amount=0.01, stop_price=round(ticker.ask * 1.1, 2), limit_price=None,
            client_order_id=new_client_order_id(),
        ))  # fmt: skip


async def test_lists_of_orders_and_fills(live_binance: CcxtGateway):
    began = live_binance.now_ms() - 1_000
    bought = await place(live_binance, order_type="market")
    resting = await place(live_binance)
    gone = await place(live_binance)
    await live_binance.cancel_order(gone.id, PAIR)
    listed = {order.id: order.status for order in await live_binance.fetch_orders_since(PAIR, began)}
    assert listed == {bought.id: "closed", resting.id: "open", gone.id: "canceled"}
    assert [order.id for order in await live_binance.fetch_open_orders()] == [resting.id]
    fills = await live_binance._account.fills.since(PAIR, began)
    assert {fill.order_id for fill in fills} == {bought.id}
    assert sum(fill.amount for fill in fills) == pytest.approx(0.05)
    with pytest.raises(ExchangeError):
        await live_binance.fetch_orders_since("XYZ/USDT", began)


async def test_fee_rates(binance_server: BinanceServer, live_binance: CcxtGateway):
    assert live_binance.fee_rate(PAIR, maker=True) == 0.001
    async with opened(gateway_to(binance_server)) as other:
        other._account._fee = 0.0007
        assert other.fee_rate(PAIR, maker=False) == 0.0007


async def stop_order(gateway: CcxtGateway, stop_price: float, **changes):
    wanted = {
        "pair": PAIR, "side": "sell", "amount": 0.05, "stop_price": stop_price, "limit_price": None,
        "client_order_id": new_client_order_id(), **changes,
    }  # fmt: skip
    return await gateway.create_stop_order(stop_request(**wanted))


@pytest.mark.parametrize("limited", [False, True])
async def test_a_stop_order_takes_anothers_place_in_one_step(live_binance: CcxtGateway, limited: bool):
    """The whole position stands in the first: there is nothing left for a second beside it."""
    await place(live_binance, order_type="market", amount=0.0501)
    bid = (await live_binance.fetch_ticker(PAIR)).bid
    first = await stop_order(live_binance, round(bid * 0.9, 2))
    stop = round(bid * 0.95, 2)
    limit = round(stop * 0.99, 2) if limited else None
    second = await stop_order(live_binance, stop, limit_price=limit, replaces=first.id)
    assert (second.status, second.stop_price, second.price, second.amount) == ("open", stop, limit, 0.05)
    assert (await live_binance.fetch_order(first.id, PAIR)).status == "canceled"
    assert [order.id for order in await live_binance.fetch_open_orders(PAIR)] == [second.id]


async def test_a_replacement_that_does_not_come_about_is_a_certain_no(live_binance: CcxtGateway):
    await place(live_binance, order_type="market", amount=0.0501)
    ticker = await live_binance.fetch_ticker(PAIR)
    first = await stop_order(live_binance, round(ticker.bid * 0.9, 2))
    with pytest.raises(InvalidOrder):  # refused, when the old one is gone already
        await stop_order(live_binance, round(ticker.ask * 1.1, 2), replaces=first.id)
    assert (await live_binance.fetch_order(first.id, PAIR)).status == "canceled"
    with pytest.raises(InvalidOrder):  # the old one is gone: nothing is tried
        await stop_order(live_binance, round(ticker.bid * 0.9, 2), replaces=first.id)
    assert await live_binance.fetch_open_orders(PAIR) == []


async def test_a_replacement_whose_answer_is_lost_is_not_known(
    live_binance: CcxtGateway, binance_server: BinanceServer
):
    await place(live_binance, order_type="market", amount=0.0501)
    bid, client_id = (await live_binance.fetch_ticker(PAIR)).bid, new_client_order_id()
    first = await stop_order(live_binance, round(bid * 0.9, 2))
    binance_server.faults.add(Fault(kind="reset", path="*/cancelReplace", accepted=True))
    with pytest.raises(TemporaryExchangeError):
        await stop_order(live_binance, round(bid * 0.95, 2), replaces=first.id, client_order_id=client_id)
    assert (await live_binance.find_order(client_id, PAIR, first.timestamp)).is_open
    assert (await live_binance.fetch_order(first.id, PAIR)).status == "canceled"
