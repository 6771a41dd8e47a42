"""ccxt's real `binance` class, asked through the gateway, against the exchange server on loopback."""

import asyncio
import time

import numpy as np
import pytest

from appliance.config.sections.exchange import ExchangeSettings
from appliance.domain.errors import (
    ConfigurationError,
    ExchangeError,
    PairNotFound,
    RateLimited,
    TemporaryExchangeError,
)
from appliance.exchange.ccxt.loading import ready_exchange
from appliance.exchange.ccxt.market_data import CcxtMarketData, spot_market_data
from appliance.exchange.retry import RetryPolicy
from tests.exchange_server import traffic
from tests.exchange_server.app import ccxt_urls
from tests.exchange_server.fixture import BinanceServer

PATIENCE = RetryPolicy(attempts=3, first_delay=0.001)
SECRET = "very-secret-indeed"


def connected_to(server: BinanceServer, **changes) -> CcxtMarketData:
    settings = {"name": "binance", "key": "my-own-key", "secret": SECRET, "ccxt_config": server.ccxt_config}
    return spot_market_data(ExchangeSettings(**{**settings, **changes}), retry=PATIENCE)


@pytest.fixture
async def binance(binance_server: BinanceServer):
    data = connected_to(binance_server)
    await data.open()
    yield data
    await data.close()


async def test_requests_go_through_a_proxy(binance_server: BinanceServer):
    """A proxy for plain HTTP gets the whole address in the request; the server takes that as well."""
    nowhere = {"urls": ccxt_urls("http://exchange.invalid"), "httpProxy": binance_server.root}
    data = connected_to(binance_server, ccxt_config=nowhere, enable_ws=False)
    await data.open()
    assert (await data.fetch_ticker("BTC/USDT")).pair == "BTC/USDT"
    await data.close()


async def test_an_exchange_that_is_not_there():
    settings = ExchangeSettings(
        name="binance", secret=SECRET, ccxt_config={"urls": {"api": {"public": "http://127.0.0.1:9/api/v3"}}}
    )
    data = spot_market_data(settings, retry=RetryPolicy(attempts=1))
    with pytest.raises(TemporaryExchangeError) as told:
        await data.open()
    assert str(told.value).startswith("binance cannot be reached: GET http://127.0.0.1:9/api/v3/exchangeInfo")
    assert "\n" not in str(told.value)
    await data.close()


async def test_settings_that_ccxt_cannot_use(binance_server: BinanceServer):
    data = connected_to(binance_server, ccxt_config={"options": 5, "secret": SECRET})
    with pytest.raises(ConfigurationError, match=r"exchange\.ccxt_config: .*binance") as told:
        await data.open()
    assert SECRET not in str(told.value)


async def test_nothing_is_asked_before_it_is_open(binance_server: BinanceServer):
    with pytest.raises(ExchangeError, match="not connected"):
        await connected_to(binance_server).fetch_ticker("BTC/USDT")


async def test_unknown_pairs_and_timeframes(binance: CcxtMarketData):
    with pytest.raises(PairNotFound, match="binance has no pair XYZ/USDT"):
        await binance.fetch_order_book("XYZ/USDT", 5)
    assert list(await binance.fetch_tickers(["BTC/USDT", "XYZ/USDT"])) == ["BTC/USDT"]
    with pytest.raises(ExchangeError, match="no candles of '7m'"):
        await binance.fetch_candles("BTC/USDT", "7m")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (traffic.hang_up, TemporaryExchangeError),
        (traffic.slow_down, RateLimited),
        (traffic.out_of_order, TemporaryExchangeError),
        (traffic.gibberish, TemporaryExchangeError),
    ],
)
async def test_faults_are_waited_out_and_then_reported(
    binance: CcxtMarketData,
    binance_server: BinanceServer,
    fault,
    error: type[Exception],
):
    binance_server.traffic.disturb("ticker/24hr", fault, times=2)
    assert (await binance.fetch_ticker("BTC/USDT")).last > 0
    binance_server.traffic.calm()
    binance_server.traffic.disturb("ticker/24hr", fault, times=50)
    with pytest.raises(error) as told:
        await binance.fetch_ticker("BTC/USDT")
    assert "binance" in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("fault", [traffic.gibberish, traffic.broken_off, traffic.empty, traffic.wrong_shape])
async def test_invalid_answers(binance: CcxtMarketData, binance_server: BinanceServer, fault):
    binance_server.traffic.disturb("/api/v3/klines", fault, times=3)
    binance_server.traffic.disturb("/api/v3/depth", fault, times=3)
    with pytest.raises(TemporaryExchangeError):
        await binance.fetch_candles("BTC/USDT", "1m")
    if fault is not traffic.wrong_shape:
        with pytest.raises(TemporaryExchangeError):
            await binance.fetch_order_book("BTC/USDT", 5)


async def test_a_pause_that_the_exchange_asks_for_is_known(
    binance: CcxtMarketData,
    binance_server: BinanceServer,
):
    binance_server.traffic.disturb("depth", traffic.slow_down, times=3)
    with pytest.raises(RateLimited) as told:
        await binance.fetch_order_book("BTC/USDT", 5)
    assert told.value.retry_after == 0


async def test_markets_are_read_with_their_limits(binance: CcxtMarketData, binance_server: BinanceServer):
    assert dict(binance.markets) == dict(binance_server.market.markets)


async def test_only_spot_markets_and_no_account_are_requested(
    binance: CcxtMarketData,
    binance_server: BinanceServer,
):
    assert set(binance_server.traffic.requests) == {"/api/v3/exchangeInfo", "/api/v3/time"}


async def test_what_is_bulky_in_markets_is_dropped(binance_server: BinanceServer):
    exchange, _ = await asyncio.to_thread(ready_exchange, "binance", binance_server.ccxt_config)
    described = exchange.markets["BTC/USDT"]["info"]
    assert described["symbol"] == "BTCUSDT"
    assert "LIMIT" in described["orderTypes"]
    assert "filters" not in described
    assert "permissionSets" not in described


async def test_an_exchange_that_knows_no_shorter_list_sends_the_long_one(binance_server: BinanceServer):
    binance_server.traffic.disturb("/api/v3/exchangeInfo", traffic.unread_parameter)
    data = connected_to(binance_server)
    await data.open()
    assert "BTC/USDT" in data.markets
    await data.close()


async def test_it_reloads_markets_on_request(binance: CcxtMarketData, binance_server: BinanceServer):
    await binance.load_markets()
    assert binance_server.traffic.requests["/api/v3/exchangeInfo"] == 1
    await binance.load_markets(reload=True)
    assert binance_server.traffic.requests["/api/v3/exchangeInfo"] == 2
    assert (await binance.fetch_ticker("BTC/USDT")).last > 0


async def test_the_exchanges_clock_counts(binance_server: BinanceServer):
    binance_server.put_clock_ahead(90_000)
    data = connected_to(binance_server)
    await data.open()
    assert data.now_ms() - time.time() * 1000 == pytest.approx(90_000, abs=5_000)
    await data.close()


async def test_tickers_have_best_prices_and_the_day(binance: CcxtMarketData):
    one = await binance.fetch_ticker("ETH/USDT")
    assert one.bid < one.ask
    assert one.quote_volume > one.base_volume > 0
    some = await binance.fetch_tickers(["ETH/USDT", "SOL/BTC"])
    assert set(some) == {"ETH/USDT", "SOL/BTC"}
    assert some["ETH/USDT"].percentage == pytest.approx(one.percentage, abs=1)
    assert set(await binance.fetch_tickers()) == set(binance.markets)
    assert await binance.fetch_tickers([]) == {}


@pytest.mark.parametrize("depth", [1, 7, 20, 200])
async def test_books_have_the_depth_requested(binance: CcxtMarketData, depth: int):
    book = await binance.fetch_order_book("ETH/USDT", depth)
    assert len(book.bids) == len(book.asks) == depth
    assert book.bids[0][0] < book.asks[0][0]


async def test_candles_are_those_of_the_market(binance: CcxtMarketData, binance_server: BinanceServer):
    since = 1_700_000_000_000
    candles = await binance.fetch_candles("ETH/USDT", "5m", since_ms=since, limit=50)
    own = await binance_server.market.fetch_candles("ETH/USDT", "5m", since_ms=since, limit=50)
    assert np.array_equal(candles, own)
    assert binance.candle_limit == 1000
    assert len(await binance.fetch_candles("ETH/USDT", "1h")) == 1000
    assert {"1m", "5m", "1h", "1d"} <= set(binance.timeframes)


async def test_closing_twice_is_fine(binance_server: BinanceServer):
    data = connected_to(binance_server)
    await data.open()
    await data.close()
    await data.close()
