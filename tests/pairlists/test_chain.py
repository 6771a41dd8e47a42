"""What a chain refuses, naming the key, and how its links work together."""

import logging

import pytest

from appliance.domain.enums import TradingMode
from appliance.domain.errors import PairListError, TemporaryExchangeError
from appliance.pairlists.blacklist import Blacklist
from appliance.pairlists.chain import read_chain
from tests.pairlists.scenery import DescribedMarket, bases, chain, context, faults, ticker

STATIC = {"method": "StaticPairList"}
VOLUME = {"method": "VolumePairList", "number_assets": 5}


@pytest.fixture
def exchange() -> DescribedMarket:
    return DescribedMarket("BTC/USDT", "ETH/USDT", "SOL/USDT", "ADA/USDT")


@pytest.mark.parametrize(
    ("entries", "path", "words"),
    [
        ([], "pairlists", "at least one list"),
        (["StaticPairList"], "pairlists[0]", 'expected an object, found "StaticPairList"'),
        ([{}], "pairlists[0].method", "missing; expected the name of a pair list"),
        ([{"method": 5}], "pairlists[0].method", "found 5"),
        ([{"method": "VolumePairLists"}], "pairlists[0].method", 'did you mean "VolumePairList"?'),
        ([{"method": "staticpairlist"}], "pairlists[0].method", 'did you mean "StaticPairList"?'),
        ([STATIC, {"method": "Zzz"}], "pairlists[1].method", "available: AgeFilter, "),
        ([{"method": "SpreadFilter"}], "pairlists[0].method", "expected first in the chain one of Cross"),
    ],
)
def test_a_wrong_method_is_reported_with_its_place(exchange, entries, path, words):
    ((told_path, text),) = faults(exchange, *entries)
    assert told_path == path
    assert words in text


TWO_HOURS = {"lookback_period": 2, "lookback_timeframe": "1h"}
SEVEN_MINUTES = {"lookback_period": 2, "lookback_timeframe": "7m"}
FILE = {"pairlist_url": "file:///x"}
FIVE = {"number_assets": 5}

WRONG = [
    ("VolumePairList", {}, "number_assets", "missing; expected a whole number of 1 or more"),
    ("VolumePairList", {"number_assets": "5"}, "number_assets", 'a whole number of 1 or more, found "5"'),
    ("VolumePairList", FIVE | {"sort_key": "quotevolume"}, "sort_key", 'did you mean "quoteVolume"?'),
    ("VolumePairList", FIVE | {"lookback_days": -1}, "lookback_days", "0 or more, found -1"),
    ("VolumePairList", FIVE | {"lookback_days": 500}, "lookback_period", "expected at most 100, "),
    ("VolumePairList", FIVE | {"lookback_days": 3, "lookback_period": 3}, "lookback_period", "found both"),
    (
        "VolumePairList",
        FIVE | SEVEN_MINUTES,
        "lookback_timeframe",
        "one of the time frames of binance",
    ),
    ("VolumePairList", FIVE | TWO_HOURS, "refresh_period", "at least 3600 seconds, the length of a candle"),
    (
        "PercentChangePairList",
        FIVE | {"lookback_days": 5, "lookback_timeframe": "1h"},
        "lookback_timeframe",
        'expected "1d" with lookback_days, found "1h"',
    ),
    ("VolatilityFilter", {"lookback_days": 0}, "lookback_days", "1 or more, found 0"),
    ("VolatilityFilter", {"lookback_period": 0}, "lookback_period", "1 or more, found 0"),
    ("RangeStabilityFilter", {"lookback_timeframe": "1h"}, "lookback_period", "missing; expected a whole"),
    ("RangeStabilityFilter", {"sort_direction": "up"}, "sort_direction", 'one of "", "asc", "desc"'),
    ("AgeFilter", {"min_days_listed": 0}, "min_days_listed", "1 or more, found 0"),
    ("AgeFilter", {"min_days_listed": 101}, "min_days_listed", "expected at most 100, "),
    ("AgeFilter", {"max_days_listed": 10}, "max_days_listed", "more than min_days_listed (10), found 10"),
    ("AgeFilter", {"max_days_listed": 200}, "max_days_listed", "expected at most 100, "),
    ("DelistFilter", {"max_days_from_now": -1}, "max_days_from_now", "0 or more, found -1"),
    ("OffsetFilter", {"offset": -1}, "offset", "0 or more, found -1"),
    ("PriceFilter", {"min_price": -0.5}, "min_price", "0 or more, found -0.5"),
    ("SpreadFilter", {"max_spread_ratio": "1%"}, "max_spread_ratio", 'a number of 0 or more, found "1%"'),
    ("ShuffleFilter", {"shuffle_frequency": "candles"}, "shuffle_frequency", 'did you mean "candle"?'),
    ("PairInformationFilter", {"info_compare_value": "x"}, "info_key", "missing; expected a text"),
    ("PairInformationFilter", {"info_key": "a", "info_compare_value": ""}, "info_compare_value", 'found ""'),
    ("ProducerPairList", {}, "method", "external_message_consumer.enabled to be true"),
    ("RemotePairList", {}, "pairlist_url", "missing; expected a text"),
    ("RemotePairList", {"pairlist_url": "ftp://x"}, "pairlist_url", "http://, https:// or file:///"),
    ("RemotePairList", FILE | {"mode": "blacklist"}, "mode", 'expected "whitelist" in the first list'),
    ("RemotePairList", FILE | {"processing_mode": "add"}, "processing_mode", 'one of "filter", "append"'),
    ("MarketCapPairList", {}, "number_assets", "missing; expected a whole number"),
    ("MarketCapPairList", FIVE | {"categories": "defi"}, "categories", 'a list, each a text, found "defi"'),
    ("CrossMarketPairList", {"pairs_exist_on": "both_market"}, "pairs_exist_on", '"both_markets"?'),
]


@pytest.mark.parametrize(("method", "parameters", "key", "words"), WRONG)
def test_a_wrong_parameter_is_reported_with_its_key(exchange, method, parameters, key, words):
    before = [STATIC] if "Filter" in method else []
    ((path, text),) = faults(exchange, *before, {"method": method, **parameters})
    assert path == f"pairlists[{len(before)}].{key}"
    assert words in text


def test_everything_that_is_wrong_is_reported_at_once(exchange):
    told = faults(exchange, {"method": "Statik"}, VOLUME | {"min_value": "a", "max_value": "b"})
    assert [path for path, _ in told] == [
        "pairlists[0].method", "pairlists[1].min_value", "pairlists[1].max_value"
    ]  # fmt: skip


def test_a_token_is_never_shown(exchange):
    remote = {"method": "RemotePairList", "pairlist_url": "http://x", "bearer_token": ["s3cret-token"]}
    ((path, text),) = faults(exchange, remote)
    assert path == "pairlists[0].bearer_token"
    assert "s3cret" not in text


@pytest.mark.parametrize(
    ("name", "mode", "entry", "words"),
    [
        ("okx", TradingMode.SPOT, VOLUME, "okx does not report volumes in quote currency"),
        ("coinex", TradingMode.SPOT, {"method": "SpreadFilter"}, "coinex has no bid and ask"),
        (
            "kraken",
            TradingMode.SPOT,
            {"method": "DelistFilter"},
            "kraken does not announce delistings of spot",
        ),
        (
            "bybit",
            TradingMode.SPOT,
            {"method": "DelistFilter"},
            "bybit does not announce delistings of spot",
        ),
    ],
)
def test_what_the_exchange_does_not_report_is_refused(exchange, name, mode, entry, words):
    exchange.name = name
    ((_, text),) = faults(exchange, STATIC, entry, trading_mode=mode)
    assert words in text
    assert faults(exchange, STATIC, VOLUME | {"lookback_days": 2, "refresh_period": 86400}) == []


def test_an_exchange_without_all_tickers_needs_candles(exchange):
    exchange.tells_all_tickers = False
    ((path, text),) = faults(exchange, VOLUME)
    assert (path, "does not return all tickers" in text) == ("pairlists[0].lookback_period", True)


def test_oddities_are_reported_and_ignored(exchange):
    entries = [
        VOLUME | {"refresh_periode": 5, "min_value": None, "lookback_timeframe": "1h"},
        {"method": "SpreadFilter", "refresh_period": 1800},
        {"method": "VolatilityFilter"},
        {"method": "PriceFilter"},
    ]
    made, reading = read_chain(entries, context(exchange))
    assert made is not None
    assert [(path[1], path[2]) for path, _ in reading.oddities] == [
        (0, "refresh_periode"), (0, "lookback_timeframe"), (2, "lookback_days"), (3, "method")
    ]  # fmt: skip
    assert 'did you mean "refresh_period"?' in reading.oddities[0].text


async def test_tickers_are_requested_once_in_half_an_hour(exchange):
    made = chain(exchange, STATIC, {"method": "SpreadFilter"}, {"method": "PrecisionFilter"})
    for _ in range(3):
        await made.whitelist()
        exchange.wait(minutes=9)
    assert exchange.asked.count("tickers") == 1
    exchange.wait(minutes=9)
    await made.whitelist()
    assert exchange.asked.count("tickers") == 2


async def test_unneeded_tickers_are_not_fetched(exchange):
    await chain(exchange, STATIC, {"method": "ShuffleFilter"}).whitelist()
    assert "tickers" not in exchange.asked


async def test_missing_tickers_are_another_error_than_missing_markets(exchange):
    made = chain(exchange, VOLUME)
    exchange.down = {"tickers"}
    with pytest.raises(PairListError, match="the pair lists need the tickers of all pairs: no tickers now"):
        await made.whitelist()
    exchange.down = {"markets"}
    with pytest.raises(TemporaryExchangeError):
        await made.whitelist()


async def test_each_link_gets_what_the_one_before_left(exchange):
    exchange.tickers["BTC/USDT"] = ticker("BTC/USDT", quote_volume=9e6)
    exchange.tickers["SOL/USDT"] = ticker("SOL/USDT", quote_volume=8e6, bid=90.0, ask=100.0)
    exchange.tickers["ADA/USDT"] = ticker("ADA/USDT", quote_volume=7e6)
    made = chain(
        exchange,
        VOLUME | {"number_assets": 3},
        {"method": "SpreadFilter"},
        {"method": "OffsetFilter", "offset": 1},
    )
    assert bases(await made.whitelist()) == ["ADA"]
    assert made.names == ["VolumePairList", "SpreadFilter", "OffsetFilter"]
    assert [line.partition(":")[0] for line in made.summaries()] == made.names


async def test_the_blacklist_applies_last_and_may_change(exchange, caplog):
    made = chain(exchange, STATIC, blacklist=Blacklist(["(SOL|ADA)/.*"]))
    with caplog.at_level(logging.WARNING):
        assert bases(await made.whitelist()) == ["BTC", "ETH"]
    assert "Leaving SOL/USDT out of the whitelist: it is blacklisted" in caplog.text
    made.context.blacklist.add(["BTC/USDT"])
    made.context.blacklist.remove(["(SOL|ADA)/.*"])
    assert bases(await made.whitelist()) == ["ETH", "SOL", "ADA"]


async def test_a_pair_that_the_exchange_drops_is_dropped_from_a_remembered_list(exchange):
    made = chain(exchange, VOLUME, {"method": "SpreadFilter"})
    assert len(await made.whitelist()) == 4
    exchange.markets = {pair: found for pair, found in exchange.markets.items() if pair != "SOL/USDT"}
    assert bases(await made.whitelist()) == ["BTC", "ETH", "ADA"]


async def test_it_knows_which_list_left_out_a_pair_and_why(exchange):
    exchange.tickers["ETH/USDT"] = ticker("ETH/USDT", 900.0)
    lists = [STATIC, {"method": "PriceFilter", "max_price": 500}, {"method": "OffsetFilter", "offset": 1}]
    made = chain(exchange, *lists, blacklist=Blacklist(["ADA/.*"]))
    assert bases(await made.whitelist()) == ["SOL"]
    assert {pair: by for pair, (by, _) in made.dropped.items()} == {
        "ETH/USDT": "PriceFilter",
        "BTC/USDT": "OffsetFilter",
        "ADA/USDT": "the blacklist",
    }
    assert "500" in made.dropped["ETH/USDT"][1]
    assert made.dropped["BTC/USDT"][1] == "takes all pairs after the first 1"
