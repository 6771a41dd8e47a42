"""Lists that other markets and other bots give, and the candles that lists measure by."""

import asyncio
import logging

import pytest

from appliance.domain.enums import TradingMode
from appliance.pairlists.lists.cross_market import is_among
from appliance.pairlists.sources.candles import CandleSource
from tests.pairlists.scenery import DescribedMarket, bases, chain, flat

STATIC = {"method": "StaticPairList"}


@pytest.fixture
def exchange() -> DescribedMarket:
    market = DescribedMarket("BTC/USDT", "ETH/USDT", "PEPE/USDT", "KAVA/USDT", "ETH/BTC")
    market.bases_elsewhere = frozenset({"BTC", "1000PEPE", "AVA"})
    return market


# -- CrossMarketPairList -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "found"),
    [
        ("BTC", True), ("PEPE", True), ("1000BTC", True), ("1MBTC", True),
        ("KAVA", False), ("ETH", False), ("", False),
    ],
)  # fmt: skip
def test_a_coin_is_known_by_name_or_counted_in_thousands(base, found):
    assert is_among(base, {"BTC", "1000PEPE", "AVA"}) is found


async def test_pairs_are_on_both_markets_or_on_this_one_only(exchange):
    entry = {"method": "CrossMarketPairList"}
    assert bases(await chain(exchange, entry).whitelist()) == ["BTC", "PEPE"]
    assert bases(await chain(exchange, STATIC, entry).whitelist()) == ["BTC", "PEPE"]
    entry |= {"pairs_exist_on": "current_market_only"}
    assert bases(await chain(exchange, entry).whitelist()) == ["ETH", "KAVA"]


async def test_the_other_market_is_requested_once_in_a_while(exchange):
    made = chain(exchange, {"method": "CrossMarketPairList", "refresh_period": 600})
    for _ in range(4):
        await made.whitelist()
        exchange.wait(minutes=4)
    assert exchange.asked.count("bases USDT futures") == 2
    futures = DescribedMarket("BTC/USDT:USDT")
    futures.bases_elsewhere = frozenset({"BTC"})
    made = chain(futures, {"method": "CrossMarketPairList"}, trading_mode=TradingMode.FUTURES)
    assert await made.whitelist() == ["BTC/USDT:USDT"]
    assert "bases USDT spot" in futures.asked


# -- ProducerPairList ----------------------------------------------------------------------------------------


async def test_a_producer_that_says_nothing_is_reported_once(exchange, caplog):
    made = chain(
        exchange, {"method": "ProducerPairList", "producer_name": "leader"}, listens_to_producers=True
    )
    with caplog.at_level(logging.WARNING):
        assert await made.whitelist() == []
        assert await made.whitelist() == []
    assert [record.getMessage() for record in caplog.records] == [
        "ProducerPairList: no pairs received from producer leader yet"
    ]


async def test_a_producers_pairs_are_taken_as_far_as_they_can_be_traded(exchange):
    told = {"leader": ["ETH/USDT", "NOPE/USDT", "ETH/BTC", "KAVA/USDT"]}
    changes = {"listens_to_producers": True, "producer_pairs": told.__getitem__, "whitelist": ["BTC/USDT"]}
    entry = {"method": "ProducerPairList", "producer_name": "leader"}
    assert bases(await chain(exchange, entry, **changes).whitelist()) == ["ETH", "KAVA"]
    entry |= {"number_assets": 2}
    assert bases(await chain(exchange, STATIC, entry, **changes).whitelist()) == ["BTC", "ETH"]


# -- candles -------------------------------------------------------------------------------------------------


async def test_only_closed_candles_come_gaps_filled_the_newest_ones(exchange):
    exchange.rows = {"BTC/USDT": flat(1, 2, 3, 4), "ETH/USDT": flat(7)}
    found = await CandleSource(exchange).newest(["BTC/USDT", "ETH/USDT", "PEPE/USDT"], "1h", 3)
    assert found["BTC/USDT"][:, 4].tolist() == [2, 3, 4]
    assert found["ETH/USDT"][:, 4].tolist() == [7]
    assert "PEPE/USDT" not in found


async def test_candles_are_fetched_in_as_many_pages_as_it_takes(exchange):
    exchange.rows = {"BTC/USDT": flat(*range(1, 41))}
    exchange.candle_limit = 10
    found = await CandleSource(exchange).newest(["BTC/USDT"], "1h", 31)
    assert found["BTC/USDT"][:, 4].tolist() == list(range(10, 41))
    assert len(exchange.asked) == 4


async def test_candles_are_kept_until_the_next_one_closes(exchange):
    exchange.rows = {"BTC/USDT": flat(1, 2, 3)}
    source = CandleSource(exchange)
    for minutes, count in ((0, 1), (50, 1), (15, 2)):
        exchange.wait(minutes=minutes)
        await source.newest(["BTC/USDT"], "1h", 2)
        assert len(exchange.asked) == count


async def test_a_pair_that_fails_is_reported_once_and_the_others_come(exchange, caplog):
    exchange.rows = {"BTC/USDT": flat(1, 2, 3)}
    source = CandleSource(exchange)
    for _ in range(2):
        assert list(await source.newest(["GONE/USDT", "BTC/USDT"], "1h", 2)) == ["BTC/USDT"]
    assert caplog.text.count("No candles of GONE/USDT 1h for the pair lists") == 1


async def test_few_pairs_are_requested_at_once(exchange):
    running, most = 0, 0
    answer = exchange.fetch_candles

    async def slow(*args, **options):
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.001)
        running -= 1
        return await answer(*args, **options)

    exchange.fetch_candles = slow
    pairs = [f"A{number}/USDT" for number in range(30)]
    await CandleSource(exchange).newest(pairs, "1h", 2)
    assert most == 4
