"""The exchange server speaks as Binance does: shapes, filters, error codes."""

import aiohttp
import pytest

from tests.exchange_server.fixture import BinanceServer


@pytest.fixture
async def ask(binance_server: BinanceServer):
    async with aiohttp.ClientSession(binance_server.root) as session:

        async def ask(path: str, **query):
            async with session.get(f"/api/v3/{path}", params=query) as response:
                return response.status, await response.json()

        yield ask


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        ("depth", {}, -1102),
        ("depth", {"symbol": ""}, -1105),
        ("depth", {"symbol": "XYZUSDT"}, -1121),
        ("depth", {"symbol": "btc/usdt"}, -1100),
        ("depth", {"symbol": "BTCUSDT", "limit": "many"}, -1100),
        ("depth", {"symbol": "BTCUSDT", "limit": "0"}, -1130),
        ("depth", {"symbol": "BTCUSDT", "colour": "red"}, -1104),
        ("klines", {"symbol": "BTCUSDT"}, -1102),
        ("klines", {"symbol": "BTCUSDT", "interval": "7m"}, -1120),
        ("klines", {"symbol": "BTCUSDT", "interval": "1m", "startTime": "-5"}, -1100),
        ("ticker/24hr", {"symbol": "BTCUSDT", "symbols": '["BTCUSDT"]'}, -1128),
        ("ticker/price", {"symbols": "BTCUSDT"}, -1100),
        ("ticker/price", {"symbols": '["BTCUSDT","BTCUSDT"]'}, -1151),
        ("ticker/bookTicker", {"symbols": '["XYZUSDT"]'}, -1121),
    ],
)
async def test_wrong_parameters_get_their_code(ask, path: str, query: dict, code: int):
    status, answer = await ask(path, **query)
    assert (status, answer["code"]) == (400, code)
    assert answer["msg"]


async def test_clock_and_ping(ask, binance_server: BinanceServer):
    assert await ask("ping") == (200, {})
    binance_server.put_clock_ahead(3_600_000)
    _, told = await ask("time")
    assert abs(told["serverTime"] - binance_server.market.now_ms()) < 10_000


async def test_symbols_have_filters(ask):
    _, info = await ask("exchangeInfo")
    assert len(info["symbols"]) >= 45
    bitcoin = next(symbol for symbol in info["symbols"] if symbol["symbol"] == "BTCUSDT")
    filters = {each["filterType"]: each for each in bitcoin["filters"]}
    assert filters["PRICE_FILTER"]["tickSize"] == "0.01000000"
    assert filters["LOT_SIZE"]["stepSize"] == "0.00001000"
    assert filters["NOTIONAL"]["minNotional"] == "5.00000000"


async def test_klines_start_and_end_where_asked(ask):
    _, hour = await ask("klines", symbol="ETHUSDT", interval="1m", startTime=1_700_000_000_000, limit=60)
    assert len(hour) == 60
    assert hour[0][0] == 1_700_000_040_000
    assert hour[0][6] == hour[1][0] - 1
    assert all(isinstance(price, str) for price in hour[0][1:6])
    _, some = await ask("klines", symbol="ETHUSDT", interval="1m", startTime=hour[0][0], endTime=hour[9][0])
    assert some == hour[:10]
    _, before = await ask("klines", symbol="ETHUSDT", interval="1m", endTime=hour[9][0], limit=5)
    assert before == hour[5:10]


async def test_tickers_single_some_and_all(ask):
    _, single = await ask("ticker/24hr", symbol="BTCUSDT")
    assert float(single["lowPrice"]) <= float(single["lastPrice"]) <= float(single["highPrice"])
    _, some = await ask("ticker/price", symbols='["ETHBTC","BTCUSDT"]')
    assert [each["symbol"] for each in some] == ["ETHBTC", "BTCUSDT"]
    _, every = await ask("ticker/bookTicker")
    assert len(every) >= 45
    assert all(float(each["bidPrice"]) < float(each["askPrice"]) for each in every)
