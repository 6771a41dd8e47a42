"""Who asks too much is slowed down, and banned if that does not help."""

import aiohttp
import pytest
from ccxt.base.errors import DDoSProtection

from tests.exchange_server.clock import BEGINNING, starting_at
from tests.exchange_server.endpoints.weights import weight
from tests.exchange_server.fixture import start
from tests.exchange_server.settings import ServerSettings
from tests.exchange_server.trader import limit_price, trader


async def test_used_weight_is_reported_and_limited():
    server = await start(settings=ServerSettings(weight_limit=10))
    async with aiohttp.ClientSession(server.root) as session:
        for used in ("2", "4", "6", "8", "10"):
            async with session.get("/api/v3/ticker/price?symbol=BTCUSDT") as response:
                assert (response.status, response.headers["X-MBX-USED-WEIGHT-1M"]) == (200, used)
        async with session.get("/api/v3/ping") as response:
            assert response.status == 429
            assert 1 <= int(response.headers["Retry-After"]) <= 60
            assert (await response.json())["code"] == -1003
        for _ in range(20):
            await session.get("/api/v3/ping")
        async with session.get("/api/v3/ping") as response:
            assert response.status == 418
            assert 61 <= int(response.headers["Retry-After"]) <= 120
        server.put_clock_ahead(120_000)
        async with session.get("/api/v3/ping") as response:
            assert response.status == 200
    await server.close()


@pytest.mark.parametrize(
    ("method", "path", "query", "expected"),
    [
        ("GET", "depth", {"limit": "1000"}, 50),
        ("GET", "depth", {}, 5),
        ("GET", "ticker/24hr", {}, 80),
        ("GET", "openOrders", {}, 80),
        ("GET", "openOrders", {"symbol": "BTCUSDT"}, 6),
        ("GET", "myTrades", {"orderId": "1"}, 5),
        ("GET", "account", {}, 20),
        ("POST", "order", {}, 1),
        ("GET", "order", {}, 4),
    ],
)
def test_weights_are_binances(method: str, path: str, query: dict, expected: int):
    assert weight(method, f"/api/v3/{path}", query) == expected


async def test_orders_that_do_not_fill_are_limited():
    settings = ServerSettings(orders_in_10s=3)
    server = await start(settings=settings, clock=starting_at(BEGINNING))
    async with trader(server) as binance:
        price = await limit_price(binance, "BTC/USDT", 0.9)
        for _ in range(5):
            await binance.create_order("BTC/USDT", "market", "buy", 0.001)
        for _ in range(3):
            await binance.create_order("BTC/USDT", "limit", "buy", 0.001, price)
        headers = {name.upper(): value for name, value in binance.last_response_headers.items()}
        assert headers["X-MBX-ORDER-COUNT-10S"] == "3"
        with pytest.raises(DDoSProtection):
            await binance.create_order("BTC/USDT", "limit", "buy", 0.001, price)
        assert '"code":-1015' in binance.last_http_response
        counts = await binance.privateGetRateLimitOrder()
        assert [limit["count"] for limit in counts] == [3, 3]
        server.put_clock_ahead(10_000)
        await binance.load_time_difference()
        await binance.create_order("BTC/USDT", "limit", "buy", 0.001, price)
    await server.close()
