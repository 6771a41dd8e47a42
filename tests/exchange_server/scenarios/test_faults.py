"""Every fault, as ccxt's own class meets it, and what the ledger says of it afterwards."""

import asyncio
import time

import pytest
from ccxt.base.errors import (
    BaseError,
    DDoSProtection,
    ExchangeNotAvailable,
    InvalidNonce,
    NetworkError,
    OrderNotFound,
    RequestTimeout,
)

from tests.exchange_server.faults import Fault, outage
from tests.exchange_server.fixture import BinanceServer
from tests.exchange_server.trader import Trader, limit_price, trader

PAIR = "BTC/USDT"
ORDER = "/api/v3/order"
IDS = {"newClientOrderId": "mine"}


def buy(binance: Trader):
    return binance.create_order(PAIR, "market", "buy", 0.01, params=IDS)


@pytest.fixture
async def resting(binance: Trader) -> str:
    """The id of an order far from the price."""
    price = await limit_price(binance, PAIR, 0.9)
    return (await binance.create_order(PAIR, "limit", "buy", 0.01, price))["id"]


@pytest.mark.parametrize("accepted", [False, True], ids=["before acceptance", "after acceptance"])
@pytest.mark.parametrize(
    ("fault", "raised"),
    [
        ({"kind": "reset"}, NetworkError),
        ({"kind": "silence", "seconds": 5}, RequestTimeout),
        ({"kind": "error"}, ExchangeNotAvailable),
        ({"kind": "error", "status": 408, "code": -1007, "message": "Timeout waiting"}, RequestTimeout),
        ({"kind": "error", "status": 500, "code": -1000}, BaseError),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
async def test_an_order_whose_answer_is_lost_may_or_may_not_be_open(
    server: BinanceServer, binance: Trader, fault: dict, raised: type, accepted: bool
):
    binance.timeout = 500
    server.faults.add(Fault(**fault, path=ORDER, method="POST", accepted=accepted, times=1))
    with pytest.raises(raised):
        await buy(binance)
    assert [order.status for order in server.ledger.by_client_id("mine")] == ["FILLED"] * accepted
    [struck] = server.faults.struck
    assert (struck.client_order_id, struck.accepted) == ("mine", accepted)
    if accepted:
        found = await binance.fetch_order(None, PAIR, {"origClientOrderId": "mine"})
        assert found["status"] == "closed"


@pytest.mark.parametrize("accepted", [False, True], ids=["before acceptance", "after acceptance"])
@pytest.mark.parametrize("kind", ["gibberish", "cut_off", "empty", "wrong_shape"])
async def test_an_invalid_answer_says_nothing_about_the_order(
    server: BinanceServer, binance: Trader, kind: str, accepted: bool
):
    """ccxt takes such an answer of status 200 for an order without an id, and raises nothing."""
    server.faults.add(Fault(kind=kind, path=ORDER, method="POST", accepted=accepted, times=1))
    assert (await buy(binance))["id"] is None
    assert [order.status for order in server.ledger.by_client_id("mine")] == ["FILLED"] * accepted


@pytest.mark.parametrize("kind", ["slow", "stalled"])
async def test_an_answer_may_come_late(server: BinanceServer, binance: Trader, kind: str):
    server.faults.add(Fault(kind=kind, path=ORDER, seconds=0.3, times=1))
    began = time.monotonic()
    assert (await buy(binance))["status"] == "closed"
    assert time.monotonic() - began >= 0.3


@pytest.mark.parametrize("kind", ["slow", "stalled"])
async def test_who_does_not_wait_for_it_does_not_know(server: BinanceServer, binance: Trader, kind: str):
    """What is slow was carried out at once; what stalled is given up with its connection."""
    binance.timeout = 150
    server.faults.add(Fault(kind=kind, path=ORDER, seconds=0.5, times=1))
    with pytest.raises(RequestTimeout):
        await buy(binance)
    assert len(server.ledger.by_client_id("mine")) == (kind == "slow")


async def test_an_order_may_arrive_after_the_client_gave_it_up(server: BinanceServer, binance: Trader):
    server.faults.add(Fault(kind="late", path=ORDER, method="POST", seconds=0.3, times=1))
    with pytest.raises(NetworkError):
        await buy(binance)
    with pytest.raises(OrderNotFound):
        await binance.fetch_order(None, PAIR, {"origClientOrderId": "mine"})
    await asyncio.sleep(0.5)
    found = await binance.fetch_order(None, PAIR, {"origClientOrderId": "mine"})
    assert found["status"] == "closed"


async def test_but_not_after_its_window(server: BinanceServer, binance: Trader):
    server.faults.add(Fault(kind="late", path=ORDER, method="POST", seconds=0.3, times=1))
    with pytest.raises(NetworkError):
        await binance.create_order(PAIR, "market", "buy", 0.01, params={"recvWindow": 100})
    await asyncio.sleep(0.5)
    assert not server.ledger.orders


async def test_a_new_order_may_not_be_found_for_a_while(server: BinanceServer, binance: Trader):
    server.faults.add(Fault(kind="unseen", path=ORDER, method="POST", seconds=60, times=1))
    placed = await buy(binance)
    for question in (binance.fetch_order(placed["id"], PAIR), binance.cancel_order("7", PAIR)):
        with pytest.raises(OrderNotFound):
            await question
    assert await binance.fetch_my_trades(PAIR) == await binance.fetch_orders(PAIR) == []
    assert (await binance.fetch_balance())["BTC"]["total"] > 0
    server.put_clock_ahead(60_000)
    await binance.load_time_difference()
    assert (await binance.fetch_order(placed["id"], PAIR))["status"] == "closed"


async def test_a_lost_answer_to_a_cancel(server: BinanceServer, binance: Trader, resting: str):
    """aiohttp sends a DELETE again by itself when a connection breaks: the second finds nothing to cancel."""
    server.faults.add(Fault(kind="reset", path=ORDER, method="DELETE", accepted=True, times=1))
    with pytest.raises((NetworkError, OrderNotFound)):
        await binance.cancel_order(resting, PAIR)
    assert server.ledger.orders[int(resting)].status == "CANCELED"


async def test_a_cancel_may_come_after_the_fill(server: BinanceServer, binance: Trader, resting: str):
    server.faults.add(Fault(kind="filled_first", path=ORDER, method="DELETE"))
    with pytest.raises(OrderNotFound):
        await binance.cancel_order(resting, PAIR)
    assert (await binance.fetch_order(resting, PAIR))["status"] == "closed"


async def test_or_after_a_part_of_it(server: BinanceServer, binance: Trader, resting: str):
    server.faults.add(Fault(kind="filled_first", path=ORDER, method="DELETE", share=0.4))
    cancelled = await binance.cancel_order(resting, PAIR)
    assert (cancelled["status"], cancelled["filled"]) == ("canceled", 0.004)
    assert (await binance.fetch_balance())["BTC"]["total"] == pytest.approx(0.004 * 0.999)


async def test_a_request_may_arrive_twice(server: BinanceServer, binance: Trader, resting: str):
    server.faults.add(Fault(kind="repeated", path=ORDER, method="DELETE"))
    with pytest.raises(OrderNotFound):
        await binance.cancel_order(resting, PAIR)
    assert server.ledger.orders[int(resting)].status == "CANCELED"


async def test_an_answer_may_come_twice(server: BinanceServer, binance: Trader):
    server.faults.add(Fault(kind="doubled"))
    assert (await buy(binance))["status"] == "closed"
    for _ in range(3):
        assert (await binance.fetch_order("10001", PAIR))["clientOrderId"] == "mine"
        assert (await binance.fetch_ticker(PAIR))["symbol"] == PAIR
    assert len(server.ledger.orders) == 1


@pytest.mark.parametrize(("kind", "status"), [("limited", 429), ("banned", 418)])
async def test_being_slowed_down(server: BinanceServer, binance: Trader, kind: str, status: int):
    server.faults.add(Fault(kind=kind, path=ORDER, seconds=7, times=1))
    with pytest.raises(DDoSProtection, match=str(status)):
        await buy(binance)
    assert binance.last_response_headers["Retry-After"] == "7"
    assert not server.ledger.orders


@pytest.mark.parametrize("seconds", [-30, 30])
async def test_a_clock_that_is_wrong_for_a_moment(server: BinanceServer, binance: Trader, seconds: int):
    server.faults.add(Fault(kind="skew", path=ORDER, seconds=seconds, times=1))
    with pytest.raises(InvalidNonce):
        await buy(binance)
    assert not server.ledger.orders
    assert (await buy(binance))["status"] == "closed"


async def test_a_clock_that_is_wrong_for_good_is_reported(server: BinanceServer, binance: Trader):
    server.faults.add(Fault(kind="skew", seconds=3600))
    with pytest.raises(InvalidNonce):
        await buy(binance)
    await binance.load_time_difference()
    assert (await buy(binance))["status"] == "closed"


async def test_stale_candles(server: BinanceServer, binance: Trader):
    fresh = await binance.fetch_ohlcv(PAIR, "1m", limit=5)
    server.faults.add(Fault(kind="stale", path="*/klines", seconds=120, times=1))
    stale = await binance.fetch_ohlcv(PAIR, "1m", limit=5)
    assert stale[-1][0] <= fresh[-1][0] - 120_000
    assert (await binance.fetch_ohlcv(PAIR, "1m", limit=5))[-1][0] >= fresh[-1][0]


async def test_an_outage_ends(server: BinanceServer, binance: Trader):
    server.faults.add(outage(3))
    for question in (buy(binance), binance.fetch_ticker(PAIR), binance.fetch_time()):
        with pytest.raises(NetworkError):
            await question
    await asyncio.sleep(3)
    assert (await buy(binance))["status"] == "closed"
    assert len(server.ledger.orders) == 1


async def test_maintenance(server: BinanceServer, binance: Trader):
    server.faults.add(Fault(kind="maintenance", times=1))
    with pytest.raises(BaseError):
        await buy(binance)
    assert not server.ledger.orders


async def test_another_trader_of_the_account_is_seen(server: BinanceServer, binance: Trader, resting: str):
    """Two clients of one account: each sees the other's orders."""
    async with trader(server) as other:
        assert [order["id"] for order in await other.fetch_open_orders(PAIR)] == [resting]
