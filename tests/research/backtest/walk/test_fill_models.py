"""The models of realism as functions: never better for the trader, in order, on the price step."""

import math
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from appliance.domain.enums import PrecisionMode
from appliance.domain.market import Market
from appliance.research.backtest.realism import OFF, Realism
from appliance.research.backtest.walk.candle import Candle
from appliance.research.backtest.walk.fill_models import (
    entry_amount,
    largest_amount,
    quote,
    quoted,
    slipped,
    worse,
)

TICK = (0.01, PrecisionMode.TICK_SIZE)
NO_TICK = (None, PrecisionMode.TICK_SIZE)
ratios = some.floats(1e-6, 0.5)
ticks = some.sampled_from(
    (TICK, NO_TICK, (4, PrecisionMode.SIGNIFICANT_DIGITS), (2, PrecisionMode.DECIMAL_PLACES))
)
prices = some.integers(1, 10_000_000).map(lambda cents: cents / 100)


@some.composite
def candles(draw):
    low, middle, also, high = sorted(draw(prices) for _ in range(4))
    return candle(*((middle, also) if draw(some.booleans()) else (also, middle)), high=high, low=low)


def candle(opened, close, *, high, low, volume=math.inf):
    moment = datetime(2025, 7, 1, tzinfo=UTC)
    prices = (opened, high, low, close)
    return Candle("BTC/USDT", moment, 0, *prices, False, False, False, False, None, None, None, volume)


MARKET = Market(
    pair="BTC/USDT",
    base="BTC",
    quote="USDT",
    amount_precision=0.01,
    price_precision=0.01,
    precision_mode=PrecisionMode.TICK_SIZE,
)


@given(prices, ratios, ticks)
def test_buyers_pay_more_and_sellers_get_less(rate, ratio, tick):
    assert worse(rate, ratio, tick, buying=True) >= rate
    assert 0 < worse(rate, ratio, tick, buying=False) <= rate


@given(prices, ratios)
def test_a_rate_is_worse_by_the_ratio_at_least_and_by_a_step_more_at_most(rate, ratio):
    paid, got = worse(rate, ratio, TICK, buying=True), worse(rate, ratio, TICK, buying=False)
    assert 0 <= paid - rate * (1 + ratio) + 1e-6 <= 0.01 + 2e-6
    assert got == rate == 0.01 or 0 <= rate * (1 - ratio) - got + 1e-6 <= 0.01 + 2e-6


@given(prices, ticks)
def test_nothing_is_worse_by_no_ratio(rate, tick):
    for buying in (True, False):
        assert quote(OFF, rate, tick, buying=buying) == rate
        assert slipped(OFF, rate, tick, buying=buying) == rate


def test_ratios_are_exact():
    """100 × 1.001 is 100.1, where floats have a little more or less than that."""
    assert worse(100.0, 0.001, TICK, buying=True) == 100.1
    assert worse(1.1, 0.1, TICK, buying=True) == 1.21
    assert worse(100.0, 0.001, TICK, buying=False) == 99.9


def test_a_price_of_one_step_is_not_lowered_to_nothing():
    assert worse(0.01, 0.1, TICK, buying=False) == 0.01


def test_the_spread_is_paid_by_halves():
    realism = Realism(spread=0.002)
    assert quote(realism, 100.0, TICK, buying=True) == 100.1
    assert quote(realism, 100.0, TICK, buying=False) == 99.9


@given(candles(), ratios, ticks)
def test_quoted_candles_keep_their_order(plain, spread, tick):
    realism = Realism(spread=spread)
    for buying in (True, False):
        seen = quoted(realism, plain, tick, buying=buying)
        assert seen.low <= min(seen.open, seen.close) <= max(seen.open, seen.close) <= seen.high
        for name in ("open", "high", "low", "close"):
            asked, traded = getattr(seen, name), getattr(plain, name)
            assert asked >= traded if buying else asked <= traded
            assert seen.reaches(quote(realism, traded, tick, buying=buying))


@given(candles(), prices, ratios)
def test_what_reaches_a_limit_order_through_the_spread_reaches_it_without(plain, rate, spread):
    bids = quoted(Realism(spread=spread), plain, TICK, buying=False)
    if bids.high >= rate:
        assert plain.high >= rate
    asks = quoted(Realism(spread=spread), plain, TICK, buying=True)
    if asks.low <= rate:
        assert plain.low <= rate


def test_without_a_spread_the_candle_is_the_same():
    plain = candle(100.0, 101.0, high=102.0, low=99.0)
    assert quoted(Realism(slippage=0.1), plain, TICK, buying=True) is plain


def test_slippage_goes_beyond_the_candle():
    plain = candle(100.0, 101.0, high=102.0, low=99.0)
    assert slipped(Realism(slippage=0.01), plain.low, TICK, buying=False) == 98.01


@given(some.floats(0, 1e6), some.floats(0, 1e6), some.floats(0.001, 1))
def test_no_entry_takes_more_than_the_cap_or_than_was_wanted(amount, volume, cap):
    realism = Realism(volume_cap=cap)
    tested = candle(1.0, 1.0, high=1.0, low=1.0, volume=volume)
    allowed = entry_amount(realism, amount, tested, MARKET)
    assert allowed <= amount
    assert allowed <= largest_amount(realism, tested)


def test_a_cut_amount_is_on_the_lot_step():
    tested = candle(1.0, 1.0, high=1.0, low=1.0, volume=1.239)
    assert entry_amount(Realism(volume_cap=1.0), 5.0, tested, MARKET) == 1.23
    assert entry_amount(OFF, 5.0, tested, MARKET) == 5.0


@pytest.mark.parametrize(
    ("given_fields", "text"),
    [
        ({}, "off"),
        ({"slippage": 0.0005}, "slippage 0.05 %"),
        (
            {"spread": 0.001, "volume_cap": 0.05, "gaps_through_stops": True},
            "spread 0.1 %, entries at most 5 % of a candle's volume, stops fill at the open behind gaps",
        ),
    ],
)
def test_models_are_named(given_fields, text):
    realism = Realism(**given_fields)
    assert str(realism) == text
    assert realism.is_on is (text != "off")


def test_a_stored_statement_is_read_again():
    realism = Realism(slippage=0.001, volume_cap=0.1)
    assert Realism.stated({**msgspec.to_builtins(realism), "of_a_later_version": 1}) == realism
    assert Realism.stated({}) == OFF
