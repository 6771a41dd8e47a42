"""Past public trades through ccxt's real `binance` class, and through an exchange that answers oddly."""

from collections.abc import Sequence

import numpy as np
import pytest

from appliance.config.sections.exchange import ExchangeSettings
from appliance.domain.errors import PairNotFound
from appliance.domain.market import PublicTrade
from appliance.exchange.ccxt.futures_data import futures_market_data
from appliance.exchange.ccxt.market_data import CcxtMarketData, spot_market_data
from appliance.exchange.ccxt.read_markets import public_trades
from appliance.exchange.ccxt.trade_history import PagesById
from tests.exchange_dialects.kraken import Kraken
from tests.exchange_dialects.server import serving
from tests.exchange_server.fixture import BinanceServer

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


async def opened(data: CcxtMarketData) -> CcxtMarketData:
    await data.open()
    return data


async def test_pages_follow_each_other_without_a_gap(binance_server: BinanceServer) -> None:
    settings = ExchangeSettings(name="binance", ccxt_config=binance_server.ccxt_config, enable_ws=False)
    data = await opened(spot_market_data(settings))
    since = binance_server.market.now_ms() - 5 * HOUR_MS
    history = data.trade_history
    found = list(await history.fetch_since("BTC/USDT", since))
    while (page := await history.fetch_after("BTC/USDT", found[-1]))[-1] != found[-1]:
        assert page[0] == found[-1]
        found += page[1:]
    assert len(found) >= 5 * 180 * 4 - 1  # the range may begin between two trades
    assert np.diff([int(trade.id) for trade in found]).tolist() == [1] * (len(found) - 1)
    assert since <= found[0].timestamp < since + 20_000
    told = await binance_server.market.trade_history.fetch_since("BTC/USDT", since)
    assert [trade[:6] for trade in found[:1000]] == [trade[:6] for trade in told]
    with pytest.raises(PairNotFound):
        await history.fetch_since("NO/PAIR", since)
    await data.close()


async def test_amounts_of_contracts_are_in_base_currency(binance_server: BinanceServer) -> None:
    settings = ExchangeSettings(name="binance", ccxt_config=binance_server.ccxt_config)
    data = await opened(futures_market_data(settings))
    since = binance_server.market.now_ms() - HOUR_MS
    found = await data.trade_history.fetch_since("BTC/USDT:USDT", since)
    market = binance_server.exchange.futures
    told = await market.trade_history.fetch_since("BTC/USDT:USDT", since)
    assert [trade[:6] for trade in found[:700]] == [trade[:6] for trade in told[:700]]
    await data.close()
    (trade,) = public_trades([{"id": "7", "timestamp": 5, "price": 2.0, "amount": 3.0, "cost": None}], 0.1)
    assert trade == PublicTrade(5, "7", None, None, 2.0, pytest.approx(0.3), pytest.approx(0.6))


async def test_kraken_is_paged_by_nanoseconds() -> None:
    dialect = Kraken()
    dialect.trades = [(5.0 + n / 1000, n) for n in range(2500)]
    async with serving(dialect) as root:
        data = await opened(
            spot_market_data(
                ExchangeSettings(name="kraken", ccxt_config=dialect.config(root), enable_ws=False)
            )
        )
        found = list(await data.trade_history.fetch_since("ETH/USD", 5_001))
        while page := [
            trade
            for trade in await data.trade_history.fetch_after("ETH/USD", found[-1])
            if int(trade.id) > int(found[-1].id)
        ]:
            found += page
        assert [int(trade.id) for trade in found] == list(range(1, 2500))
        assert found[0].timestamp == 5_001
        await data.close()


class Odd:
    """A connection to an exchange with these trades; of an hour it may tell the newest."""

    def __init__(self, times: Sequence[int], *, newest_first: bool = False) -> None:
        self.times, self.newest_first, self.asked = times, newest_first, 0
        self.markets = {"BTC/USDT": self}
        self.contract_size = None

    def check(self, pair: str) -> None: ...

    async def ask(self, question, reading):
        return reading(await question(self))

    async def fetch_trades(self, pair, since_ms, limit, params):
        self.asked += 1
        numbered = list(enumerate(self.times))
        if "fromId" in params:
            return self.told(numbered[int(params["fromId"]) :][:limit])
        inside = [(n, at) for n, at in numbered if since_ms <= at <= since_ms + HOUR_MS]
        return self.told(inside[-limit:] if self.newest_first else inside[:limit])

    @staticmethod
    def told(numbered):
        return [{"id": str(n), "timestamp": at, "price": 1.0, "amount": 1.0} for n, at in numbered]

    async def hourly_candles(self, pair, since_ms):
        hours = range(since_ms // HOUR_MS, min(since_ms // HOUR_MS + 100, 40 * 24 + 1))
        volume = [sum(at // HOUR_MS == hour for at in self.times) for hour in hours]
        rows = [[hour * HOUR_MS, 1, 1, 1, 1, traded] for hour, traded in zip(hours, volume, strict=True)]
        return np.array(rows, dtype=float).reshape(-1, 6)


@pytest.mark.parametrize("newest_first", [False, True])
async def test_the_first_trade_is_found_in_a_busy_hour(newest_first: bool) -> None:
    odd = Odd(range(0, 2 * HOUR_MS, 1500), newest_first=newest_first)
    pages = PagesById(odd, odd.hourly_candles)
    first = await pages.fetch_since("BTC/USDT", HOUR_MS // 2)
    assert first[0].timestamp == HOUR_MS // 2
    assert len(first) <= 2 * pages.limit


async def test_a_pair_that_was_listed_later_needs_few_requests() -> None:
    odd = Odd([30 * DAY_MS + 5, 30 * DAY_MS + 9])
    pages = PagesById(odd, odd.hourly_candles)
    assert [trade.timestamp % DAY_MS for trade in await pages.fetch_since("BTC/USDT", 0)] == [5, 9]
    assert odd.asked == 2
    assert await pages.fetch_since("BTC/USDT", 31 * DAY_MS) == []


async def test_ids_of_another_program_are_not_paged_by() -> None:
    odd = Odd([5, 9, 12])
    pages = PagesById(odd, odd.hourly_candles)
    found = await pages.fetch_after("BTC/USDT", PublicTrade(9, None, None, None, 1.0, 1.0, 1.0))
    assert [trade.timestamp for trade in found] == [9, 12]
