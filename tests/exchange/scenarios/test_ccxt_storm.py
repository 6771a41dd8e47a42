"""Many orders in bad weather: what the gateway says of each is what stands in the exchange's ledger."""

import asyncio
import random
from decimal import Decimal

import pytest

from appliance.domain.errors import ExchangeError, InvalidOrder, RateLimited, TemporaryExchangeError
from appliance.domain.market import ExchangeOrder
from appliance.exchange.ccxt.gateway import CcxtGateway
from appliance.exchange.client_ids import new_client_order_id
from tests.exchange_server.faults import Fault
from tests.exchange_server.fixture import BinanceServer, start
from tests.exchange_server.settings import ServerSettings
from tests.support.live_gateway import ORDER, PAIR, gateway_to, opened, place

pytestmark = [pytest.mark.python_independent, pytest.mark.slow]

LATE = 0.3
WEATHER = [
    Fault(kind="reset", path=ORDER, method="POST", accepted=True, probability=0.2),
    Fault(kind="late", path=ORDER, method="POST", probability=0.05, seconds=LATE),
    Fault(kind="silence", path=ORDER, method="POST", accepted=True, probability=0.05, seconds=2),
    Fault(kind="unseen", path=ORDER, method="POST", probability=0.05, seconds=0.2),
    Fault(kind="error", path=ORDER, method="POST", accepted=True, probability=0.05),
    Fault(kind="reset", path=ORDER, method="DELETE", accepted=True, probability=0.2),
    Fault(kind="filled_first", path=ORDER, method="DELETE", probability=0.15),
    Fault(kind="filled_first", path=ORDER, method="DELETE", probability=0.15, share=0.5),
    Fault(kind="error", path="/api/*", probability=0.1),
    Fault(kind="limited", path="/api/*", probability=0.02, seconds=0),
    Fault(kind="skew", path="/api/*", probability=0.02, seconds=-30),
    Fault(kind="gibberish", path="/api/*", accepted=True, probability=0.02),
    Fault(kind="empty", path="/api/*", accepted=True, probability=0.02),
    Fault(kind="cut_off", path="/api/*", accepted=True, probability=0.02),
    Fault(kind="doubled", path="/api/*", probability=0.05),
]


@pytest.fixture(params=["received", "BNB"])
async def server(request):
    settings = ServerSettings(
        commission=request.param, balance={"USDT": Decimal(10_000), "BNB": Decimal("0.0005")}, most_pieces=3
    )
    running = await start(settings=settings)
    yield running
    await running.close()


async def placed(gateway: CcxtGateway, client_id: str, **order) -> str | None:
    """Place an order and find out whether it exists; return its id."""
    since = gateway.now_ms()
    try:
        return (await place(gateway, client_order_id=client_id, **order)).id
    except (InvalidOrder, RateLimited):
        return None
    except TemporaryExchangeError:
        found = await until_told(lambda: gateway.find_order(client_id, PAIR, since))
        if found is None:
            await asyncio.sleep(LATE * 2)
            found = await until_told(lambda: gateway.find_order(client_id, PAIR, since))
        return found.id if found else None


async def until_told(question):
    while True:
        try:
            return await question()
        except TemporaryExchangeError:
            await asyncio.sleep(0.01)


def as_booked(server: BinanceServer, order: ExchangeOrder) -> None:
    booked = server.ledger.orders[int(order.id)]
    assert order.client_order_id == booked.client_id
    assert order.is_open == booked.is_open
    assert order.filled == pytest.approx(float(booked.executed))
    assert order.cost == pytest.approx(float(booked.quote_executed))
    if order.is_open or not order.filled:
        return
    paid: dict[str, Decimal] = {}
    for fill in server.ledger.fills_of(booked.id):
        paid[fill.commission_asset] = paid.get(fill.commission_asset, Decimal(0)) + fill.commission
    assert {fee.currency: fee.cost for fee in order.fees} == pytest.approx(
        {currency: float(cost) for currency, cost in paid.items()}
    )


async def test_every_order_is_known_and_none_is_there_twice(server: BinanceServer):
    dice = random.Random(7)
    quick = {**server.ccxt_config, "timeout": 1_000}
    ids: dict[str, str | None] = {}
    async with opened(gateway_to(server, ccxt_config=quick)) as gateway:
        ticker = await gateway.fetch_ticker(PAIR)
        server.faults.add(*WEATHER)
        for number in range(40):
            client_id = new_client_order_id()
            if number % 2:
                order = {"order_type": "market"}
            else:
                order = {"price": round(ticker.bid * dice.uniform(0.9, 0.98), 2)}
            ids[client_id] = await placed(gateway, client_id, amount=dice.choice((0.01, 0.02)), **order)
            if ids[client_id] and dice.random() < 0.5:
                await until_told(lambda known=ids[client_id]: gateway.cancel_order(known, PAIR))
        server.faults.clear()
        await asyncio.sleep(LATE)
        booked = {order.client_id: str(order.id) for order in server.ledger.orders.values()}
        assert booked == {client_id: known for client_id, known in ids.items() if known}
        assert len(server.ledger.orders) == len(booked)
        for known in booked.values():
            as_booked(server, await gateway.fetch_order(known, PAIR))
        assert len(server.faults.struck) > 20
        server.ledger.check()


async def test_nothing_is_reported_about_orders_while_no_answer_comes(server: BinanceServer):
    async with opened(gateway_to(server)) as gateway:
        order = await place(gateway)
        server.faults.add(Fault(kind="error", path="*"))
        for asking in (
            gateway.fetch_open_orders(),
            gateway.fetch_orders_since(PAIR, 0),
            gateway.fetch_balances(),
        ):
            with pytest.raises(ExchangeError):
                await asking
        with pytest.raises(TemporaryExchangeError):
            await gateway.find_order(order.client_order_id, PAIR, order.timestamp)
