"""What a replayed market shows is what could be known at its present."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.domain.enums import TradingMode
from appliance.domain.errors import ExchangeError, PairNotFound
from appliance.domain.market import Market, OrderRequest
from appliance.exchange.candles import CandleCache
from appliance.exchange.dry_run.gateway import DryRunGateway
from appliance.exchange.replayed.market import ReplayedMarket
from appliance.exchange.replayed.played_time import PlayedTime
from appliance.exchange.replayed.series import PlayedSeries

MINUTE = 60_000
BEGIN = 1_700_000_100_000 // (5 * MINUTE) * 5 * MINUTE
PAIR, LATER = "A/USDT", "B/USDT"


def minutes(first: int, count: int) -> np.ndarray:
    """Return candles that open at 100 plus their number: low 1 below, high 2 and close 1 above."""
    numbers = np.arange(first, first + count)
    opened = 100.0 + numbers
    return np.column_stack(
        (BEGIN + numbers * MINUTE, opened, opened + 2, opened - 1, opened + 1, numbers * 0 + 5)
    )


def fives(rows: np.ndarray) -> np.ndarray:
    groups = rows.reshape(-1, 5, 6)
    return np.column_stack((
        groups[:, 0, 0], groups[:, 0, 1], groups[:, :, 2].max(1), groups[:, :, 3].min(1), groups[:, -1, 4],
        groups[:, :, 5].sum(1),
    ))  # fmt: skip


class Stored:
    def __init__(self) -> None:
        rows = minutes(0, 30)
        self.tables = {(PAIR, "1m"): rows, (PAIR, "5m"): fives(rows), (LATER, "1m"): minutes(20, 10)}

    def timeframes(self):
        return {PAIR: ["1m", "5m"], LATER: ["1m"]}

    def load(self, pair, timeframe):
        return self.tables.get((pair, timeframe), np.empty((0, 6)))


def market_at(minute: float, spread: float = 0.0) -> ReplayedMarket:
    stored = Stored()
    prices = {pair: PlayedSeries("1m", stored.load(pair, "1m")) for pair in (PAIR, LATER)}
    markets = {
        pair: Market(pair=pair, base=pair[0], quote="USDT", price_precision=0.01, amount_precision=0.001)
        for pair in prices
    }
    time = PlayedTime(BEGIN + int(minute * MINUTE), BEGIN + 30 * MINUTE, step_ms=15_000, speed=1e9)
    return ReplayedMarket(stored, prices, markets=markets, details={}, time=time, spread=spread)


async def test_a_pair_without_candles_is_unknown():
    with pytest.raises(PairNotFound, match="no candles of C/USDT to replay"):
        await market_at(3).fetch_ticker("C/USDT")


async def test_a_time_frame_without_candles_says_what_to_do():
    with pytest.raises(ExchangeError, match="no 5m candles of B/USDT to replay: download them"):
        await market_at(25).fetch_candles(LATER, "5m")


async def test_a_pair_is_not_traded_before_its_first_candle():
    market = market_at(3)
    assert not market.markets[LATER].active
    with pytest.raises(ExchangeError, match="B/USDT has no candles at the present time"):
        await market.fetch_order_book(LATER, 5)
    assert list(await market.fetch_tickers()) == [PAIR]
    market.time._now_ms = BEGIN + 20 * MINUTE
    assert (await market.load_markets(reload=True))[LATER].active


@settings(max_examples=60)
@given(st.integers(0, 30 * 4 - 1), st.sampled_from(["1m", "5m"]), st.booleans())
async def test_no_candle_shows_the_future(quarter, timeframe, from_begin):
    market = market_at(quarter / 4)
    found = await market.fetch_candles(PAIR, timeframe, since_ms=BEGIN if from_begin else None)
    now = market.now_ms()
    length = 300_000 if timeframe == "5m" else MINUTE
    assert found[-1, 0] == now // length * length  # the unfinished one is there: it proves the others final
    assert found[-1, 4] == market._price(PAIR)
    stored = Stored().load(PAIR, timeframe)
    assert np.array_equal(found[:-1], stored[stored[:, 0] + length <= now])


async def test_the_cache_has_a_candle_at_the_moment_when_it_closes():
    cache = CandleCache(market_at(10))
    await cache.refresh({(PAIR, "5m"): 100})
    assert np.array_equal(cache.candles(PAIR, "5m"), fives(minutes(0, 10)))


async def test_orders_fill_at_the_price_of_the_moment():
    gateway = DryRunGateway(market_at(10), fee=0.001)
    bought = await gateway.create_order(
        OrderRequest(pair=PAIR, side="buy", order_type="market", amount=2.0, price=None, client_order_id="1")
    )
    assert (bought.status, bought.average, bought.filled_timestamp) == ("closed", 110.0, BEGIN + 10 * MINUTE)


async def test_a_spread_lies_around_the_price():
    book = await market_at(10, spread=0.01).fetch_order_book(PAIR, 3)
    assert (book.bids[0][0], book.asks[0][0], len(book.bids)) == (109.45, 110.55, 3)


async def test_a_ticker_has_the_volume_that_was_traded():
    ticker = await market_at(10).fetch_ticker(PAIR)
    assert (ticker.last, ticker.base_volume) == (110.0, 50.0)
    assert ticker.percentage == pytest.approx(10.0)


async def test_bases_are_those_of_spot_pairs():
    market = market_at(3)
    assert await market.fetch_bases("USDT", TradingMode.SPOT) == {"A", "B"}
    assert await market.fetch_bases("USDT", TradingMode.FUTURES) == frozenset()
