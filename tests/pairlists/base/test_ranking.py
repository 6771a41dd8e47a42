"""VolumePairList and PercentChangePairList: by ticker and by candles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.pairlists.blacklist import Blacklist
from appliance.pairlists.lists.percent_change import change
from appliance.pairlists.lists.volume import quote_volume
from tests.pairlists.scenery import (
    DescribedMarket,
    bases,
    candles_of,
    chain,
    filtered,
    flat,
    ticker,
)

BY_DAYS = {"lookback_days": 2, "refresh_period": 86_400}


@pytest.fixture
def exchange() -> DescribedMarket:
    market = DescribedMarket("BTC/USDT", "ETH/USDT", "SOL/USDT", "ADA/USDT", "ETH/BTC")
    for base, volume, percentage in (
        ("BTC", 5e6, -3.0),
        ("ETH", 7e6, 8.0),
        ("SOL", 5e6, 2.0),
        ("ADA", 0.0, 0.0),
    ):
        pair = f"{base}/USDT"
        market.tickers[pair] = ticker(pair, quote_volume=volume, percentage=percentage)
    return market


async def test_pairs_without_what_they_are_measured_by_are_left_out(exchange):
    exchange.tickers["ETH/USDT"] = ticker("ETH/USDT", quote_volume=None, percentage=None)
    del exchange.tickers["SOL/USDT"]
    assert await filtered(exchange, "VolumePairList", number_assets=5) == ["BTC", "ADA"]
    assert await filtered(exchange, "PercentChangePairList", number_assets=5) == ["ADA", "BTC"]


async def test_other_stakes_closed_markets_and_barred_pairs_are_not_taken(exchange):
    exchange.change("ETH/USDT", active=False)
    volume = {"method": "VolumePairList", "number_assets": 5}
    made = chain(exchange, volume, blacklist=Blacklist(["SOL/.*"]))
    assert bases(await made.whitelist()) == ["BTC", "ADA"]


async def test_the_highest_volumes_come_first_and_equals_as_they_were(exchange):
    assert await filtered(exchange, "VolumePairList", number_assets=3) == ["ETH", "BTC", "SOL"]
    assert await filtered(exchange, "VolumePairList", number_assets=9, min_value=5e6) == ["ETH"]
    assert await filtered(exchange, "VolumePairList", number_assets=9, max_value=5e6) == ["ADA"]


async def test_changes_are_sorted_either_way_or_by_default_downwards(exchange):
    def ranked(**parameters):
        return filtered(exchange, "PercentChangePairList", number_assets=9, **parameters)

    assert await ranked() == ["ETH", "SOL", "ADA", "BTC"]
    assert await ranked(sort_direction="asc") == ["BTC", "ADA", "SOL", "ETH"]
    assert await ranked(min_value=0) == ["ETH", "SOL"]
    assert await ranked(max_value=0) == ["BTC"]


async def test_the_list_is_kept_for_its_refresh_period_at_the_head_only(exchange):
    head = chain(exchange, {"method": "VolumePairList", "number_assets": 1, "refresh_period": 7200})
    down = chain(exchange, {"method": "StaticPairList"}, {"method": "VolumePairList", "number_assets": 1})
    for made in (head, down):
        assert bases(await made.whitelist()) == ["ETH"]
    exchange.tickers["BTC/USDT"] = ticker("BTC/USDT", quote_volume=9e9)
    exchange.wait(minutes=31)
    assert bases(await head.whitelist()) == ["ETH"]
    assert bases(await down.whitelist()) == ["BTC"]
    exchange.wait(minutes=91)
    assert bases(await head.whitelist()) == ["BTC"]


async def test_by_candles_all_pairs_count_also_those_without_any(exchange):
    exchange.rows = {"SOL/USDT": flat(10.0, 10.0, volume=5.0), "ADA/USDT": flat(1.0, 1.0, volume=60.0)}
    volume = {"number_assets": 9, **BY_DAYS}
    assert await filtered(exchange, "VolumePairList", **volume) == ["ADA", "SOL", "BTC", "ETH"]
    assert await filtered(exchange, "VolumePairList", **volume, min_value=100) == ["ADA"]
    assert "tickers" not in exchange.asked


async def test_a_pair_whose_candles_fail_counts_as_nothing(exchange):
    exchange.rows = {"SOL/USDT": flat(10.0, 10.0)}
    exchange.down = {"candles"}
    assert await filtered(exchange, "VolumePairList", number_assets=2, **BY_DAYS) == ["BTC", "ETH"]


async def test_contracts_count_with_their_size(exchange):
    exchange.rows = {"SOL/USDT": flat(10.0, 10.0), "ADA/USDT": flat(10.0, 10.0)}
    exchange.change("ADA/USDT", contract_size=10.0)
    assert await filtered(exchange, "VolumePairList", number_assets=2, **BY_DAYS) == ["ADA", "SOL"]


async def test_a_change_over_candles_needs_one_more_of_them(exchange):
    exchange.rows = {
        "BTC/USDT": flat(100.0, 300.0, 150.0),  # + 50 %
        "ETH/USDT": flat(300.0, 150.0),  # too few
        "SOL/USDT": flat(100.0, 50.0, 80.0),  # - 20 %
    }
    found = await filtered(exchange, "PercentChangePairList", number_assets=9, **BY_DAYS)
    assert found == ["BTC", "ETH", "ADA", "SOL"]


def table(rows) -> "object":
    return candles_of(rows, "1d", 1_767_571_200_000)


def test_volume_counts_at_the_typical_price():
    rows = [(9, 9, 9, 9, 1000), (10, 12, 9, 12, 2), (12, 15, 12, 15, 1)]
    assert quote_volume(table(rows), 2) == pytest.approx(2 * 11 + 1 * 14)
    assert quote_volume(table(rows), 4) == 0.0


def test_a_change_from_nothing_is_none():
    assert change(table(flat(0.0, 5.0)), 1) == 0.0


PRICES = st.lists(st.floats(0.01, 1e6), min_size=1, max_size=30)


@given(PRICES, st.integers(1, 30))
def test_a_change_is_undone_by_going_back(closes, period):
    percent = change(table(flat(*closes)), period)
    if len(closes) > period:
        assert closes[-1 - period] * (1 + percent / 100) == pytest.approx(closes[-1])
    else:
        assert percent == 0.0


@given(PRICES, st.integers(1, 30))
def test_volume_of_flat_candles_is_their_turnover(closes, period):
    wanted = sum(3.0 * close for close in closes[-period:]) if len(closes) >= period else 0.0
    assert quote_volume(table(flat(*closes, volume=3.0)), period) == pytest.approx(wanted)
