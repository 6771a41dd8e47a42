"""RangeStabilityFilter and VolatilityFilter: measures of candles, and what is kept by them."""

import math
import statistics
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.pairlists.lists.range_stability import rate_of_change
from appliance.pairlists.lists.volatility import volatility
from tests.pairlists.scenery import DescribedMarket, bases, candles_of, chain, filtered, flat

CALM, WILD, MILD = flat(100, 100, 100, 100), flat(100, 200, 50, 150), flat(100, 104, 98, 101)


@pytest.fixture
def exchange() -> DescribedMarket:
    market = DescribedMarket("CALM/USDT", "WILD/USDT", "MILD/USDT", "NEW/USDT")
    market.rows = {"CALM/USDT": CALM, "WILD/USDT": WILD, "MILD/USDT": MILD}
    return market


async def test_pairs_without_candles_are_left_out(exchange):
    for method in ("RangeStabilityFilter", "VolatilityFilter"):
        assert "NEW" not in await filtered(exchange, method, lookback_days=3)
    exchange.down = {"candles"}
    assert await filtered(exchange, "VolatilityFilter", lookback_days=3) == []


async def test_too_few_candles_for_one_window_have_no_volatility(exchange):
    assert await filtered(exchange, "VolatilityFilter", lookback_days=5) == []
    assert await filtered(exchange, "VolatilityFilter", lookback_days=1) == []


async def test_what_hardly_moves_or_too_much_is_left_out(exchange):
    assert await filtered(exchange, "RangeStabilityFilter", lookback_days=3) == ["WILD", "MILD"]
    by_range = {"lookback_days": 3, "min_rate_of_change": 0, "max_rate_of_change": 0.5}
    assert await filtered(exchange, "RangeStabilityFilter", **by_range) == ["CALM", "MILD"]
    by_spread = {"lookback_days": 3, "min_volatility": 0.01, "max_volatility": 0.5}
    assert await filtered(exchange, "VolatilityFilter", **by_spread) == ["MILD"]


async def test_they_sort_if_asked_to(exchange):
    for method, rest in (("RangeStabilityFilter", {"min_rate_of_change": 0}), ("VolatilityFilter", {})):
        downwards = await filtered(exchange, method, lookback_days=3, sort_direction="desc", **rest)
        upwards = await filtered(exchange, method, lookback_days=3, sort_direction="asc", **rest)
        assert downwards == ["WILD", "MILD", "CALM"]
        assert upwards == downwards[::-1]
        assert await filtered(exchange, method, lookback_days=3, sort_direction="", **rest) == [
            "CALM", "WILD", "MILD"
        ]  # fmt: skip


async def test_a_measure_is_kept_for_the_refresh_period(exchange):
    made = chain(
        exchange, {"method": "StaticPairList"}, {"method": "RangeStabilityFilter", "lookback_days": 3}
    )
    assert bases(await made.whitelist()) == ["WILD", "MILD"]
    exchange.rows["CALM/USDT"] = WILD
    exchange.wait(hours=23)
    assert bases(await made.whitelist()) == ["WILD", "MILD"]
    exchange.wait(hours=2)
    assert bases(await made.whitelist()) == ["CALM", "WILD", "MILD"]


def table(rows):
    return candles_of(rows, "1d", 1_767_571_200_000)


def test_known_measures():
    """The figures are those of freqtrade 2026.9 for the same closes."""
    assert rate_of_change(table(WILD)) == 3.0
    assert volatility(table(WILD), 3) == pytest.approx(2.071462588004346)
    assert rate_of_change(table(flat(0.0, 5.0))) == 0.0


CLOSES = st.lists(st.floats(0.01, 1e6), min_size=3, max_size=20)


@given(CLOSES, st.integers(2, 10))
def test_volatility_is_the_mean_of_its_windows(closes, period):
    changes = [0.0, *(math.log(now / before) for before, now in pairwise(closes))]
    windows = [changes[at : at + period] for at in range(len(changes) - period + 1)]
    found = volatility(table(flat(*closes)), period)
    if not windows:
        assert math.isnan(found)
        return
    wanted = statistics.fmean(statistics.stdev(window) for window in windows) * math.sqrt(period)
    assert found == pytest.approx(wanted, rel=1e-6, abs=1e-9)


@given(CLOSES, st.floats(0.001, 1000))
def test_measures_do_not_depend_on_the_unit_of_the_price(closes, unit):
    scaled = [close * unit for close in closes]
    assert rate_of_change(table(flat(*scaled))) == pytest.approx(rate_of_change(table(flat(*closes))))
    assert volatility(table(flat(*scaled)), 3) == pytest.approx(
        volatility(table(flat(*closes)), 3), rel=1e-5, abs=1e-9
    )
