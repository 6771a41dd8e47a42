"""ccxt's real `binance` class, asked about perpetual contracts, against the exchange server on loopback."""

from datetime import timedelta

import numpy as np
import pytest

from appliance.config.sections.exchange import ExchangeSettings
from appliance.domain.enums import TradingMode
from appliance.domain.errors import PairNotFound
from appliance.domain.timeframe import to_date
from appliance.exchange.ccxt.futures_data import futures_market_data
from appliance.exchange.ccxt.market_data import CcxtMarketData
from appliance.exchange.gateway import Series
from appliance.exchange.leverage_tiers import careful_tiers, published_tiers
from appliance.exchange.retry import RetryPolicy
from tests.exchange_server.fixture import BinanceServer

PAIR = "BTC/USDT:USDT"


@pytest.fixture
async def binance(binance_server: BinanceServer):
    settings = ExchangeSettings(name="binance", ccxt_config=binance_server.ccxt_config)
    data = futures_market_data(settings, retry=RetryPolicy(attempts=1))
    await data.open()
    yield data
    await data.close()


async def test_only_perpetual_contracts_are_there(binance: CcxtMarketData):
    with pytest.raises(PairNotFound):
        await binance.fetch_order_book("BTC/USDT", 5)
    assert all(market.swap and not market.spot for market in binance.markets.values())
    assert binance.markets[PAIR].contract_size == 1.0
    assert "BTC" in await binance.fetch_bases("USDT", TradingMode.SPOT)


async def test_candles_books_marks_and_funding_are_those_of_the_exchange(
    binance: CcxtMarketData, binance_server: BinanceServer
):
    market = binance_server.exchange.futures
    since = market.now_ms() - 48 * 3_600_000
    ours = await binance.fetch_candles(PAIR, "1h", since_ms=since, limit=5)
    assert ours.tolist() == (await market.fetch_candles(PAIR, "1h", since_ms=since, limit=5)).tolist()
    marks = await binance.futures.fetch_mark_candles(PAIR, "1h", since_ms=since, limit=5)
    assert (marks[:, 4] == ours[:, 4]).all()
    assert (marks[:, 2] <= ours[:, 2]).all()
    book = await binance.fetch_order_book(PAIR, 5)
    assert book.bids[0][0] < book.asks[0][0]
    rates = await binance.futures.fetch_funding_rates(PAIR, since)
    assert [each.rate for each in rates] == [
        each.rate for each in await market.futures.fetch_funding_rates(PAIR, since)
    ]
    assert "fundingRate" in await binance.futures.fetch_funding_rate(PAIR)


@pytest.mark.parametrize("series", ["mark", "index", "premiumIndex", "open_interest"])
async def test_other_series_are_those_of_the_exchange(
    binance: CcxtMarketData, binance_server: BinanceServer, series: Series
):
    market = binance_server.exchange.futures
    since = market.now_ms() // 3_600_000 * 3_600_000 - 48 * 3_600_000
    assert binance.futures.has(series)
    asked = {"since_ms": since, "limit": 5}
    ours = await binance.futures.fetch_series(PAIR, "1h", series, **asked)
    told = await market.futures.fetch_series(PAIR, "1h", series, **asked)
    assert np.allclose(ours, told, rtol=1e-7, atol=1e-7)
    assert len(ours) == 5
    with pytest.raises(PairNotFound):
        await binance.futures.fetch_series("NO/PAIR:USDT", "1h", series, **asked)


async def test_without_keys_published_tiers_are_used_else_careful_ones(binance: CcxtMarketData):
    assert await binance.futures.leverage_tiers(PAIR) == published_tiers("binance")[PAIR]
    unknown = next(pair for pair in binance.markets if pair not in published_tiers("binance"))
    assert await binance.futures.leverage_tiers(unknown) == careful_tiers()


async def test_the_end_of_a_contract_is_known(binance: CcxtMarketData):
    assert binance.futures.delisting(PAIR) is None
    assert binance.futures.delisting("ETH/USDT:USDT") is None
    ends = binance.futures.delisting("ZIL/USDT:USDT")
    assert ends < to_date(binance.now_ms()) + timedelta(days=2)
