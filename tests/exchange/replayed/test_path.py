"""The price within a candle: the four that it states, in an order that follows from them."""

from hypothesis import given
from hypothesis import strategies as st

from appliance.exchange.replayed.path import Prices, until

PRICES = st.floats(1.0, 1000.0)
SHARES = st.floats(0.0, 1.0)


@st.composite
def candles(draw: st.DrawFn) -> Prices:
    low, first, last, high = sorted(draw(PRICES) for _ in range(4))
    opened, closed = draw(st.permutations([first, last]))
    return Prices(opened, high, low, closed, draw(st.floats(0.0, 1e6)))


def seen(candle: Prices, *quarters: float) -> list[float]:
    return [until(candle, quarter / 4).close for quarter in quarters]


def test_a_candle_that_falls_has_its_high_first():
    assert seen(Prices(10, 12, 7, 8, 1), 0, 1, 2, 3, 4) == [10, 12, 7, 8, 8]


def test_any_other_has_its_low_first():
    assert seen(Prices(8, 12, 7, 10, 1), 0, 1, 2, 3, 4) == [8, 7, 12, 10, 10]
    assert seen(Prices(8, 12, 7, 8, 1), 0, 1, 2, 3, 4) == [8, 7, 12, 8, 8]


def test_between_them_the_price_goes_straight():
    assert seen(Prices(10, 12, 7, 8, 1), 0.5, 1.5, 2.5) == [11, 9.5, 7.5]


@given(candles())
def test_at_its_end_all_of_a_candle_has_been_seen(candle):
    assert until(candle, 1.0) == candle


@given(candles(), SHARES)
def test_no_price_lies_outside_of_the_candle(candle, share):
    begun = until(candle, share)
    assert candle.low <= begun.low <= begun.close <= begun.high <= candle.high
    assert begun.open == candle.open


@given(candles(), SHARES, SHARES)
def test_what_was_seen_stays_seen(candle, one, other):
    sooner, later = (until(candle, share) for share in sorted((one, other)))
    assert later.high >= sooner.high
    assert later.low <= sooner.low
    assert later.volume >= sooner.volume
