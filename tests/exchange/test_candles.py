"""The candle cache over the simulated market, with a clock that the test moves."""

import logging
from collections import Counter

import numpy as np
import pytest

from appliance.domain.errors import ExchangeError, TemporaryExchangeError
from appliance.exchange import candles as candles_module
from appliance.exchange.candles import CandleCache
from appliance.exchange.ccxt.market_data import spot_market_data
from appliance.exchange.forwarded_market_data import ForwardedMarketData
from appliance.exchange.simulated.market import SimulatedMarket
from tests.exchange_server.fixture import BinanceServer

MINUTE = 60_000
NOON = 1_790_000_040_000
ETH = ("ETH/USDT", "1m")
SOL = ("SOL/USDT", "5m")


class Counted(ForwardedMarketData):
    """The simulated market, which counts requests for candles, and can fail, lag or leave candles out."""

    def __init__(self) -> None:
        self.now = NOON + 30_000
        super().__init__(SimulatedMarket(seed=2, clock=lambda: self.now))
        self.requests: Counter[str] = Counter()
        self.limits: list[int | None] = []
        self.failing: set[str] = set()
        self.lag_looks = 0
        self.left_out: set[int] = set()

    async def fetch_candles(self, pair, timeframe, *, since_ms=None, limit=None):
        self.requests[pair] += 1
        self.limits.append(limit)
        if pair in self.failing:
            raise TemporaryExchangeError(f"{pair} is not answered")
        found = await self.data.fetch_candles(pair, timeframe, since_ms=since_ms, limit=limit)
        if self.lag_looks > 0:
            self.lag_looks -= 1
            found = found[:-1]
        return found[[opened not in self.left_out for opened in found[:, 0].tolist()]]


@pytest.fixture
def market() -> Counted:
    return Counted()


@pytest.fixture
def cache(market: Counted) -> CandleCache:
    return CandleCache(market)


async def test_one_failing_pair_leaves_the_others_alone_and_is_logged_once(
    cache: CandleCache, market: Counted, caplog: pytest.LogCaptureFixture
):
    market.failing = {"SOL/USDT"}
    with caplog.at_level(logging.INFO, "appliance.exchange.candles"):
        for _ in range(2):
            result = await cache.refresh({ETH: 100, SOL: 100})
        assert set(result.failed) == {SOL}
        assert isinstance(result.failed[SOL], ExchangeError)
        assert cache.has(*ETH)
        assert not cache.has(*SOL)
        assert [record.getMessage() for record in caplog.records] == [
            "Candles of SOL/USDT 5m: request failed: SOL/USDT is not answered"
        ]
        market.failing = set()
        await cache.refresh({ETH: 100, SOL: 100})
    assert caplog.records[-1].getMessage() == "Candles of SOL/USDT 5m: fetched again."


async def test_nothing_is_known_before_the_first_refresh(cache: CandleCache):
    assert cache.dataframe(*ETH) is None
    assert cache.candles(*ETH) is None
    assert (await cache.refresh({})).updated == set()


async def test_the_first_refresh_fills_one_page_without_the_unfinished_candle(
    cache: CandleCache, market: Counted
):
    result = await cache.refresh({ETH: 100})
    assert result.updated == {ETH}
    frame = cache.dataframe(*ETH)
    assert len(frame) == market.candle_limit - 1
    assert frame["date"].iloc[-1].timestamp() * 1000 == NOON - MINUTE
    assert market.requests["ETH/USDT"] == 1


async def test_long_histories_take_several_pages(cache: CandleCache, market: Counted):
    await cache.refresh({ETH: 2500})
    assert market.requests["ETH/USDT"] == 3
    assert len(cache.candles(*ETH)) == 2999
    assert (np.diff(cache.candles(*ETH)[:, 0]) == MINUTE).all()


async def test_nothing_is_asked_until_a_candle_closes_and_then_only_what_is_new(
    cache: CandleCache, market: Counted
):
    await cache.refresh({ETH: 100})
    assert (await cache.refresh({ETH: 100})).updated == set()
    assert market.requests["ETH/USDT"] == 1
    market.now = NOON + MINUTE + 5_000
    assert (await cache.refresh({ETH: 100})).updated == {ETH}
    assert market.requests["ETH/USDT"] == 2
    assert market.limits[-1] == 3
    assert cache.candles(*ETH)[-1, 0] == NOON
    expected = await market.data.fetch_candles(*ETH, limit=1000)
    assert np.array_equal(cache.candles(*ETH)[-999:], expected[:-1])


async def test_the_cache_does_not_grow_forever(cache: CandleCache, market: Counted):
    for minute in range(5):
        market.now = NOON + minute * MINUTE + 5_000
        await cache.refresh({ETH: 100})
    assert len(cache.candles(*ETH)) == market.candle_limit


async def test_a_wish_for_more_fetches_more(cache: CandleCache, market: Counted):
    await cache.refresh({ETH: 100})
    await cache.refresh({ETH: 1500})
    assert len(cache.candles(*ETH)) == 1999


async def test_after_a_long_pause_it_starts_afresh(cache: CandleCache, market: Counted):
    await cache.refresh({ETH: 100})
    market.now += 5000 * MINUTE
    await cache.refresh({ETH: 100})
    expected = await market.data.fetch_candles(*ETH, limit=1000)
    assert np.array_equal(cache.candles(*ETH), expected[:-1])


async def test_right_after_the_close_it_waits_until_the_exchange_shows_the_next_candle(
    cache: CandleCache, market: Counted, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(candles_module, "_BETWEEN_LOOKS", 0.0)
    await cache.refresh({ETH: 100})
    market.now, market.lag_looks = NOON + MINUTE + 100, 2
    assert (await cache.refresh({ETH: 100})).updated == {ETH}
    assert market.requests["ETH/USDT"] == 1 + 3
    assert cache.candles(*ETH)[-1, 0] == NOON


async def test_a_second_after_the_close_the_candle_is_taken_as_final(cache: CandleCache, market: Counted):
    await cache.refresh({ETH: 100})
    market.now, market.lag_looks = NOON + MINUTE + 1_000, 1
    assert (await cache.refresh({ETH: 100})).updated == {ETH}
    assert market.requests["ETH/USDT"] == 2


async def test_minutes_without_trades_are_filled_in_later(cache: CandleCache, market: Counted):
    await cache.refresh({ETH: 100})
    market.left_out = {NOON, NOON + MINUTE}
    market.now = NOON + MINUTE + 5_000
    assert (await cache.refresh({ETH: 100})).updated == set()
    market.now = NOON + 3 * MINUTE + 5_000
    assert (await cache.refresh({ETH: 100})).updated == {ETH}
    last = cache.candles(*ETH)[-3:]
    assert last[:, 0].tolist() == [NOON, NOON + MINUTE, NOON + 2 * MINUTE]
    assert last[:2, 5].tolist() == [0.0, 0.0]
    assert last[0, 1] == last[1, 4] == cache.candles(*ETH)[-4, 4]


async def test_a_pair_without_trades_is_fetched_less_often(cache: CandleCache, market: Counted):
    await cache.refresh({ETH: 100})
    market.left_out = {NOON}
    for second in range(2, 60):
        market.now = NOON + MINUTE + second * 1000
        await cache.refresh({ETH: 100})
    assert market.requests["ETH/USDT"] < 20


async def test_frames_are_new_each_time_and_candles_cannot_be_changed(cache: CandleCache):
    await cache.refresh({ETH: 100})
    frame = cache.dataframe(*ETH)
    frame.loc[:, "close"] = 0.0
    assert cache.dataframe(*ETH)["close"].min() > 0
    with pytest.raises(ValueError, match="read-only"):
        cache.candles(*ETH)[0, 0] = 0


async def test_what_is_no_longer_wanted_is_forgotten(cache: CandleCache):
    await cache.refresh({ETH: 100, SOL: 100})
    cache.keep_only([SOL])
    assert not cache.has(*ETH)
    assert cache.has(*SOL)


async def test_it_works_the_same_over_http(binance_server: BinanceServer):
    from appliance.config.sections.exchange import ExchangeSettings

    data = spot_market_data(ExchangeSettings(name="binance", ccxt_config=binance_server.ccxt_config))
    await data.open()
    cache = CandleCache(data)
    wanted = {(pair, "5m"): 100 for pair in ("BTC/USDT", "ETH/USDT", "XRP/USDT")}
    assert (await cache.refresh(wanted)).updated == set(wanted)
    binance_server.put_clock_ahead(301_000)
    await data.load_markets(reload=True)
    assert (await cache.refresh(wanted)).updated == set(wanted)
    own = await binance_server.market.fetch_candles("XRP/USDT", "5m", limit=100)
    newest = cache.candles("XRP/USDT", "5m")
    assert np.array_equal(newest[-99:], own[:-1])
    await data.close()
