"""Streams, as ccxt.pro's own class hears them."""

import asyncio

import ccxt.pro
import pytest
from ccxt.base.errors import AuthenticationError, NetworkError

from tests.exchange_server.faults import outage
from tests.exchange_server.fixture import BinanceServer
from tests.exchange_server.trader import limit_price, trader

PAIR = "BTC/USDT"


@pytest.fixture
async def listener(server: BinanceServer):
    async with trader(server, ccxt.pro.binance) as connected:
        yield connected


async def test_candles_come_as_they_form(server: BinanceServer, listener: ccxt.pro.binance):
    async with asyncio.timeout(10):
        candles = await listener.watch_ohlcv(PAIR, "1m")
        server.put_clock_ahead(60_000)
        while len(candles) < 2:
            candles = await listener.watch_ohlcv(PAIR, "1m")
            listener.newUpdates = False
    whole = await listener.fetch_ohlcv(PAIR, "1m", since=candles[0][0], limit=1)
    assert candles[0] == whole[0]
    assert candles[1][0] == candles[0][0] + 60_000


async def test_orders_trades_and_balances_are_reported(server: BinanceServer, listener: ccxt.pro.binance):
    price = await limit_price(listener, PAIR, 0.9)
    async with asyncio.timeout(10):
        heard = asyncio.ensure_future(listener.watch_orders(PAIR))
        trades = asyncio.ensure_future(listener.watch_my_trades(PAIR))
        balance = asyncio.ensure_future(listener.watch_balance())
        while "spot" not in server_subscriptions(listener):
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        order = await listener.create_order(PAIR, "limit", "buy", 0.01, price, {"clientOrderId": "mine"})
        [told] = await heard
        assert (told["id"], told["status"], told["clientOrderId"]) == (order["id"], "open", "mine")
        assert (await balance)["USDT"]["used"] == pytest.approx(0.01 * price)
        server.exchange.engine.fill(int(order["id"]), 1.0)
        [trade] = await trades
        assert (trade["order"], trade["amount"], trade["takerOrMaker"]) == (order["id"], 0.01, "maker")
        while listener.balance["spot"].get("BTC", {}).get("free") != 0.00999:
            await asyncio.sleep(0.01)
        assert listener.orders[-1]["status"] == "closed"


def server_subscriptions(listener: ccxt.pro.binance) -> dict:
    url = listener.urls["api"]["ws"]["ws-api"]["spot"]
    return listener.clients[url].subscriptions if url in listener.clients else {}


async def test_orders_may_be_placed_over_the_websocket(server: BinanceServer, listener: ccxt.pro.binance):
    price = await limit_price(listener, PAIR, 0.9)
    async with asyncio.timeout(10):
        placed = await listener.create_order_ws(PAIR, "limit", "buy", 0.01, price)
        assert placed["status"] == "open"
        assert (await listener.fetch_order_ws(placed["id"], PAIR))["price"] == price
        assert (await listener.cancel_order_ws(placed["id"], PAIR))["status"] == "canceled"
        listener.secret = "wrong"
        with pytest.raises(AuthenticationError):
            await listener.create_order_ws(PAIR, "limit", "buy", 0.01, price)


async def test_streams_break_in_an_outage(server: BinanceServer, listener: ccxt.pro.binance):
    async with asyncio.timeout(10):
        await listener.watch_ohlcv(PAIR, "1m")
        server.faults.add(outage(60))
        with pytest.raises(NetworkError):  # noqa: PT012 -- until the outage is noticed
            while True:
                await listener.watch_ohlcv(PAIR, "1m")
