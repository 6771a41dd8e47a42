"""Each filter by itself, on a market that the test describes."""

import logging
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.closed_trades.summary import ClosedTrade
from appliance.domain.enums import PrecisionMode
from appliance.pairlists.lists.offset import part
from appliance.pairlists.lists.pair_information import value_at
from appliance.pairlists.lists.performance import Record, by_performance
from tests.pairlists.scenery import NOON, DescribedMarket, Trades, bases, chain, filtered, flat, ticker

STATIC = {"method": "StaticPairList"}


@pytest.fixture
def exchange() -> DescribedMarket:
    return DescribedMarket("BTC/USDT", "ETH/USDT", "SOL/USDT", "ADA/USDT")


def priced(exchange: DescribedMarket, base: str, **changes) -> None:
    pair = f"{base}/USDT"
    exchange.tickers[pair] = ticker(pair, **changes)


# -- by ticker -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "parameters"),
    [("SpreadFilter", {}), ("PrecisionFilter", {}), ("PriceFilter", {"max_price": 1e6})],
)
async def test_pairs_without_prices_are_left_out_and_logged(exchange, method, parameters, caplog):
    priced(exchange, "BTC", last=None)
    del exchange.tickers["SOL/USDT"]
    with caplog.at_level(logging.INFO):
        assert await filtered(exchange, method, **parameters) == ["ETH", "ADA"]
    assert f"{method} removes SOL/USDT: its " in caplog.text


async def test_a_wide_spread_is_left_out(exchange):
    priced(exchange, "ETH", bid=99.6, ask=100.0)
    priced(exchange, "SOL", bid=99.4, ask=100.0)
    assert await filtered(exchange, "SpreadFilter") == ["BTC", "ETH", "ADA"]
    assert await filtered(exchange, "SpreadFilter", max_spread_ratio=0) == ["BTC", "ETH", "SOL", "ADA"]


async def test_coins_too_cheap_for_a_stop_are_left_out(exchange):
    """At 0.02 the stop of 0.018 and its limit of 0.01782 are both 0.02 in steps of a cent."""
    priced(exchange, "ADA", last=0.02)
    assert await filtered(exchange, "PrecisionFilter") == ["BTC", "ETH", "SOL"]
    exchange.change("ADA/USDT", price_precision=0.0001)
    assert await filtered(exchange, "PrecisionFilter") == ["BTC", "ETH", "SOL", "ADA"]


@pytest.mark.parametrize(
    ("limits", "left"),
    [
        ({}, ["BTC", "ETH", "SOL", "ADA"]),
        ({"min_price": 100}, ["BTC", "ETH"]),
        ({"max_price": 100}, ["ETH", "SOL", "ADA"]),
        ({"low_price_ratio": 0.01}, ["BTC", "ETH", "SOL"]),
        ({"max_value": 0.5}, ["ETH", "SOL", "ADA"]),
        ({"min_price": 1, "max_price": 1000}, ["ETH", "SOL"]),
    ],
)
async def test_prices_and_their_steps_have_limits(exchange, limits, left):
    for base, last in (("BTC", 50_000.0), ("ETH", 100.0), ("SOL", 3.0), ("ADA", 0.5)):
        priced(exchange, base, last=last)
    assert await filtered(exchange, "PriceFilter", **limits) == left


async def test_steps_may_be_reported_as_decimal_places(exchange):
    places = {"precision_mode": PrecisionMode.DECIMAL_PLACES, "price_precision": 3, "amount_precision": 1}
    exchange.change("BTC/USDT", **places)
    assert await filtered(exchange, "PriceFilter", low_price_ratio=0.00005) == ["BTC"]
    assert await filtered(exchange, "PriceFilter", max_value=5) == ["ETH", "SOL", "ADA"]


# -- by order ------------------------------------------------------------------------------------------------


async def test_an_offset_beyond_the_end_leaves_nothing_and_is_reported(exchange, caplog):
    assert await filtered(exchange, "OffsetFilter", offset=9) == []
    assert "no pairs left: offset 9 of a list of 4 pairs" in caplog.text


@given(st.lists(st.integers().map(str), unique=True), st.integers(0, 20), st.integers(0, 20))
def test_parts_put_together_are_the_whole(pairs, offset, number):
    taken = part(pairs, offset, number)
    assert pairs[:offset] + taken + pairs[offset + len(taken) :] == pairs
    assert len(taken) <= (number or len(pairs))


async def test_a_shuffled_order_stays_for_a_candle():
    exchange = DescribedMarket(*(f"A{number}/USDT" for number in range(30)))
    made = chain(exchange, STATIC, {"method": "ShuffleFilter"})
    first = await made.whitelist()
    assert sorted(first) == sorted(exchange.markets)
    assert first != list(exchange.markets)
    exchange.wait(minutes=4)
    assert await made.whitelist() == first
    exchange.wait(minutes=1)
    assert await made.whitelist() != first


async def test_a_shuffled_order_may_be_another_each_cycle():
    exchange = DescribedMarket(*(f"A{number}/USDT" for number in range(30)))
    made = chain(exchange, STATIC, {"method": "ShuffleFilter", "shuffle_frequency": "iteration"})
    assert await made.whitelist() != await made.whitelist()


async def test_a_seed_counts_only_where_chance_must_be_repeatable():
    exchange = DescribedMarket(*(f"A{number}/USDT" for number in range(30)))

    async def order(**changes):
        return await chain(exchange, STATIC, {"method": "ShuffleFilter", "seed": 7}, **changes).whitelist()

    assert await order(seeded=True) == await order(seeded=True)
    assert await order() != await order()


# -- by trades -----------------------------------------------------------------------------------------------


async def test_full_slots_empty_the_list(exchange):
    trades = Trades()
    made = chain(exchange, STATIC, {"method": "FullTradesFilter"}, trades=trades)
    assert len(await made.whitelist()) == 4
    trades.open_count = 3
    assert await made.whitelist() == []
    trades.max_open_trades = float("inf")
    assert len(await made.whitelist()) == 4


def earned(base: str, profit: float, minutes_ago: float = 5) -> ClosedTrade:
    at = NOON - timedelta(minutes=minutes_ago)
    return ClosedTrade(
        id=1,
        pair=f"{base}/USDT",
        is_short=False,
        open_date=at,
        close_date=at,
        close_profit=profit / 100,
        close_profit_abs=profit,
        realized_profit=profit,
        stake_amount=100.0,
        max_stake_amount=100.0,
        volume=200.0,
        enter_tag=None,
        exit_reason="roi",
        strategy=None,
        leverage=1.0,
        entry_cost=100.0,
    )


async def test_without_trades_the_order_stays(exchange):
    assert await filtered(exchange, "PerformanceFilter", min_profit=0.5) == ["BTC", "ETH", "SOL", "ADA"]


async def test_who_earned_most_comes_first_and_of_equals_who_traded_less(exchange):
    trades = Trades()
    trades.closed = [earned("ADA", 5.0), earned("ADA", -1.0), earned("BTC", -3.0), earned("SOL", 0.0)]

    async def ranked(**parameters):
        entry = {"method": "PerformanceFilter", **parameters}
        return bases(await chain(exchange, STATIC, entry, trades=trades).whitelist())

    assert await ranked() == ["ADA", "ETH", "SOL", "BTC"]
    assert await ranked(min_profit=0.0) == ["ADA", "ETH", "SOL"]
    trades.closed.append(earned("BTC", 90.0, minutes_ago=120))
    assert await ranked() == ["BTC", "ADA", "ETH", "SOL"]
    assert await ranked(minutes=60) == ["ADA", "ETH", "SOL", "BTC"]


@given(st.dictionaries(st.sampled_from("abcdef"), st.tuples(st.floats(-1, 1), st.integers(0, 5))))
def test_ranking_loses_and_invents_no_pair(found):
    records = {pair: Record(*record) for pair, record in found.items()}
    ranked = by_performance("abcdef", records)
    assert sorted(ranked) == list("abcdef")
    ratios = [records[pair].profit_ratio if pair in records else 0.0 for pair in ranked]
    assert ratios == sorted(ratios, reverse=True)


# -- by age --------------------------------------------------------------------------------------------------


async def test_new_pairs_are_left_out_and_counted_again_the_next_day(exchange, caplog):
    exchange.rows = {
        "BTC/USDT": flat(*[1.0] * 30),
        "ETH/USDT": flat(*[1.0] * 9),
        "SOL/USDT": flat(*[1.0] * 10),
    }
    made = chain(exchange, STATIC, {"method": "AgeFilter"})
    with caplog.at_level(logging.INFO):
        assert bases(await made.whitelist()) == ["BTC", "SOL"]
    assert "AgeFilter removes ETH/USDT: its age is 9 days, expected at least 10" in caplog.text
    exchange.asked.clear()
    exchange.rows["ETH/USDT"] = flat(*[1.0] * 10)
    await made.whitelist()
    assert [question for question in exchange.asked if "ETH" in question] == []
    exchange.wait(days=1)
    assert bases(await made.whitelist()) == ["BTC", "ETH", "SOL"]
    assert [question for question in exchange.asked if "BTC" in question] == []


async def test_old_pairs_can_be_left_out_too(exchange):
    exchange.rows = {"BTC/USDT": flat(*[1.0] * 30), "ETH/USDT": flat(*[1.0] * 12)}
    assert await filtered(exchange, "AgeFilter", max_days_listed=20) == ["ETH"]


async def test_who_cannot_be_asked_is_left_out_for_now_only(exchange):
    exchange.rows = {pair: flat(*[1.0] * 10) for pair in exchange.markets}
    made = chain(exchange, STATIC, {"method": "AgeFilter"})
    exchange.down = {"candles"}
    assert await made.whitelist() == []
    exchange.down = set()
    assert len(await made.whitelist()) == 4


# -- by what the exchange says -------------------------------------------------------------------------------


async def test_pairs_that_end_are_left_out(exchange):
    ends = {"BTC/USDT": NOON + timedelta(days=2), "ETH/USDT": NOON + timedelta(days=9)}

    async def left(**parameters):
        entry = {"method": "DelistFilter", **parameters}
        return bases(await chain(exchange, STATIC, entry, delisting=ends.get).whitelist())

    assert await left() == ["SOL", "ADA"]
    assert await left(max_days_from_now=3) == ["ETH", "SOL", "ADA"]


async def test_market_data_can_be_compared(exchange):
    exchange.details = {
        "BTC/USDT": {"info": {"tags": {"kind": "major"}}},
        "ETH/USDT": {"info": {"tags": None}},
    }
    wanted = {"info_key": "info.tags.kind", "info_compare_value": "major"}
    assert await filtered(exchange, "PairInformationFilter", **wanted) == ["BTC"]
    wanted |= {"selection_mode": "blacklist"}
    assert await filtered(exchange, "PairInformationFilter", **wanted) == ["ETH", "SOL", "ADA"]


@pytest.mark.parametrize("key", ["", "a.b.c", "a.x", "none", "a.b.", "list.0"])
def test_a_key_that_leads_nowhere_is_empty(key):
    assert value_at({"a": {"b": "c"}, "none": None, "list": ["x"]}, key) == ""
