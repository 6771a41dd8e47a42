"""The simulated market as the bot sees it: candles, tickers and books that agree with each other."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.domain import timeframe as timeframes
from appliance.domain.errors import ConfigurationError, ExchangeError, PairNotFound
from appliance.domain.market import Market
from appliance.exchange.simulated.candles import TIMEFRAMES
from appliance.exchange.simulated.market import SimulatedMarket

NOW = 1_790_000_007_123
moments = st.integers(min_value=1_600_000_000_000, max_value=1_900_000_000_000)
quickly = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.differing_executors])


def market_at(now_ms: int, *, seed: int = 5, speed: float = 1.0) -> SimulatedMarket:
    return SimulatedMarket(seed=seed, speed=speed, clock=lambda: now_ms)


async def test_unknown_pair_and_timeframe_are_named():
    market = market_at(NOW)
    with pytest.raises(PairNotFound, match="no pair XYZ/USDT"):
        await market.fetch_ticker("XYZ/USDT")
    with pytest.raises(PairNotFound):
        await market.fetch_candles("XYZ/USDT", "5m")
    with pytest.raises(PairNotFound):
        await market.fetch_order_book("XYZ/USDT", 5)
    with pytest.raises(ExchangeError, match="no candles of '7m'"):
        await market.fetch_candles("BTC/USDT", "7m")


@pytest.mark.parametrize("speed", [0, -1, 1001, float("nan")])
def test_speed_out_of_range_is_refused(speed: float):
    with pytest.raises(ConfigurationError, match=r"exchange\.simulated\.speed"):
        SimulatedMarket(speed=speed)


def test_it_trades_many_pairs_each_with_limits():
    markets = market_at(NOW).markets
    assert sum(market.quote == "USDT" for market in markets.values()) >= 60
    assert sum(market.quote == "BTC" for market in markets.values()) >= 3
    bitcoin = markets["BTC/USDT"]
    assert (bitcoin.price_precision, bitcoin.amount_precision, bitcoin.cost_min) == (0.01, 0.00001, 5.0)
    assert (bitcoin.maker, bitcoin.taker) == (0.001, 0.001)


@quickly
@given(
    now=moments, length=st.sampled_from(["3m", "5m", "15m", "1h", "4h"]), speed=st.sampled_from([1.0, 60.0])
)
async def test_longer_candles_are_made_of_minutes(now: int, length: str, speed: float):
    market = market_at(now, speed=speed)
    longer = await market.fetch_candles("SOL/USDT", length, limit=4)
    minutes = await market.fetch_candles("SOL/USDT", "1m", since_ms=int(longer[0, 0]), limit=1000)
    starts = np.searchsorted(minutes[:, 0], longer[:, 0])
    for candle, own in zip(longer, np.split(minutes, starts[1:]), strict=True):
        assert candle[0] == own[0, 0]
        assert candle[1] == own[0, 1]
        assert candle[2] == own[:, 2].max()
        assert candle[3] == own[:, 3].min()
        assert candle[4] == own[-1, 4]
        assert candle[5] == pytest.approx(own[:, 5].sum(), rel=1e-12)


@quickly
@given(now=moments, pair=st.sampled_from(["BTC/USDT", "ETH/BTC", "PEPE/USDT", "KAVA/USDT"]))
async def test_candles_are_sound(now: int, pair: str):
    market = market_at(now)
    candles = await market.fetch_candles(pair, "5m", limit=100)
    opened, high, low, close, volume = candles[:, 1:].T
    assert (np.diff(candles[:, 0]) == 300_000).all()
    assert candles[-1, 0] == timeframes.candle_open_ms("5m", now)
    assert (opened[1:] == close[:-1]).all()
    assert (low <= np.minimum(opened, close)).all()
    assert (high >= np.maximum(opened, close)).all()
    assert (low > 0).all()
    assert (volume >= 0).all()
    tick = market.markets[pair].price_precision
    assert np.allclose(close / tick, np.rint(close / tick), atol=1e-6)


@quickly
@given(earlier=moments, later_by=st.integers(0, 3_600_000))
async def test_the_past_does_not_change(earlier: int, later_by: int):
    since = timeframes.candle_open_ms("1m", earlier) - 600_000
    before = await market_at(earlier).fetch_candles("ETH/USDT", "1m", since_ms=since, limit=10)
    after = await market_at(earlier + later_by).fetch_candles("ETH/USDT", "1m", since_ms=since, limit=10)
    assert np.array_equal(before, after)


@quickly
@given(now=moments)
async def test_the_unfinished_candle_grows_into_the_finished_one(now: int):
    opened = timeframes.candle_open_ms("1m", now)
    young = (await market_at(now).fetch_candles("ETH/USDT", "1m", limit=1))[0]
    done = (await market_at(opened + 60_000).fetch_candles("ETH/USDT", "1m", since_ms=opened, limit=1))[0]
    assert young[0] == done[0] == opened
    assert young[1] == done[1]
    assert young[2] <= done[2]
    assert young[3] >= done[3]
    assert young[5] <= done[5]


@quickly
@given(now=moments, pair=st.sampled_from(["BTC/USDT", "SHIB/USDT", "SOL/BTC"]))
async def test_ticker_book_and_candle_agree(now: int, pair: str):
    market = market_at(now)
    ticker = await market.fetch_ticker(pair)
    book = await market.fetch_order_book(pair, 20)
    candle = (await market.fetch_candles(pair, "1m", limit=1))[0]
    assert ticker.last == candle[4] == market.price(pair, now)
    assert (ticker.bid, ticker.ask) == (book.bids[0][0], book.asks[0][0])
    assert ticker.bid <= ticker.last <= ticker.ask
    assert ticker.bid < ticker.ask
    assert len(book.bids) == len(book.asks) == 20
    assert [price for price, _ in book.bids] == sorted({price for price, _ in book.bids}, reverse=True)
    assert [price for price, _ in book.asks] == sorted({price for price, _ in book.asks})
    assert all(amount > 0 for _, amount in book.bids + book.asks)


async def test_tickers_and_candles_agree_on_the_day():
    market = market_at(NOW)
    tickers = await market.fetch_tickers()
    assert set(tickers) == set(market.markets)
    candles = await market.fetch_candles("LTC/USDT", "1m", limit=1000)
    earlier = await market.fetch_candles(
        "LTC/USDT", "1m", since_ms=int(candles[-1, 0]) - 86_400_000, limit=441
    )
    day = np.concatenate((earlier, candles))
    assert len(day) == 1441
    ticker = tickers["LTC/USDT"]
    assert ticker.percentage == pytest.approx((day[-1, 4] / day[0, 1] - 1) * 100)
    assert ticker.base_volume == pytest.approx(day[:, 5].sum())
    assert ticker.quote_volume == pytest.approx((day[:, 5] * day[:, 4]).sum(), rel=0.01)


async def test_cross_pairs_leave_nothing_to_arbitrage():
    market = market_at(NOW)
    tickers = await market.fetch_tickers(["ETH/USDT", "BTC/USDT", "ETH/BTC"])
    implied = tickers["ETH/USDT"].last / tickers["BTC/USDT"].last
    assert tickers["ETH/BTC"].last == pytest.approx(implied, rel=0.01)


async def test_there_are_calm_and_wild_times_and_volume_follows_movement():
    market = market_at(NOW)
    candles = await market.fetch_candles("SOL/USDT", "1h", limit=1000)
    spans = np.log(candles[:-1, 2] / candles[:-1, 3])
    by_day = np.array([day.mean() for day in np.array_split(spans, 42)])
    assert by_day.max() > 2.5 * by_day.min()
    assert np.corrcoef(spans, candles[:-1, 5])[0, 1] > 0.5
    lagged = np.corrcoef(spans[:-1], spans[1:])[0, 1]
    assert lagged > 0.3, "volatility comes in clusters"


@pytest.mark.parametrize("length", TIMEFRAMES)
async def test_every_timeframe_ends_with_the_present_candle(length: str):
    candles = await market_at(NOW).fetch_candles("BTC/USDT", length, limit=3)
    assert len(candles) == 3
    assert candles[-1, 0] == timeframes.candle_open_ms(length, NOW)
    assert timeframes.next_open_ms(length, int(candles[0, 0])) == candles[1, 0]


async def test_candles_since_a_moment_start_with_the_next_one_and_stop_at_the_present():
    market = market_at(NOW)
    opened = timeframes.candle_open_ms("1m", NOW)
    candles = await market.fetch_candles("BTC/USDT", "1m", since_ms=opened - 119_999, limit=10)
    assert candles[:, 0].tolist() == [opened - 60_000, opened]
    assert len(await market.fetch_candles("BTC/USDT", "1m", since_ms=NOW + 60_000)) == 0
    assert len(await market.fetch_candles("BTC/USDT", "1m", limit=5000)) == market.candle_limit


async def test_seed_and_pair_decide_the_prices():
    assert market_at(NOW, seed=1).price("BTC/USDT", NOW) == market_at(NOW, seed=1).price("BTC/USDT", NOW)
    assert market_at(NOW, seed=1).price("BTC/USDT", NOW) != market_at(NOW, seed=2).price("BTC/USDT", NOW)


async def test_markets_can_be_requested_as_of_any_exchange():
    market = market_at(NOW)
    await market.open()
    loaded = await market.load_markets(reload=True)
    assert isinstance(loaded["BTC/USDT"], Market)
    assert await market.fetch_tickers([]) == {}
    await market.close()
