"""What positions are worth, and what they make."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.profit import closing_value, opening_value, profit_of, ratio_at, ratio_of, round8

money = st.floats(0.01, 1e6)
fees = st.floats(0.0, 0.02)


def test_nothing_put_in_makes_no_ratio():
    assert ratio_of(0.0, 100.0, short=False, leverage=1.0) == 0.0


@pytest.mark.parametrize(
    ("short", "opened", "closed", "made"),
    [(False, 100.1, 109.89, 9.79), (True, 99.9, 110.11, -10.21)],
)
def test_one_coin_from_100_to_110_at_a_fee_of_a_thousandth(short, opened, closed, made):
    assert opening_value(1.0, 100.0, 0.001, short=short) == opened
    assert closing_value(1.0, 110.0, 0.001, short=short) == closed
    assert profit_of(opened, closed, short=short) == made


def test_funding_received_is_profit_on_either_side():
    assert closing_value(1.0, 100.0, 0.0, short=False, funding=2.0) == 102.0
    assert closing_value(1.0, 100.0, 0.0, short=True, funding=2.0) == 98.0


@given(money, money, fees, st.booleans())
def test_fees_never_help(amount, rate, fee, short):
    opened = opening_value(amount, rate, fee, short=short)
    closed = closing_value(amount, rate, fee, short=short)
    assert profit_of(opened, closed, short=short) <= 0


@given(money, money)
def test_what_a_long_makes_a_short_loses_where_nothing_is_charged(opened, closed):
    assert profit_of(opened, closed, short=False) == -profit_of(opened, closed, short=True)
    assert ratio_of(opened, closed, short=False, leverage=1.0) == -ratio_of(
        opened, closed, short=True, leverage=1.0
    )


@given(money, money, st.sampled_from([1.0, 2.0, 10.0]))
def test_leverage_multiplies_the_ratio(opened, closed, leverage):
    plain = closed / opened - 1
    assert ratio_of(opened, closed, short=False, leverage=leverage) == round(plain * leverage, 8)


@given(st.floats(-1e9, 1e9))
def test_rounding_to_eight_places_is_pythons(value):
    assert round8(value) == round(value, 8)


# -- ratios with floats


def exactly(opened, amount, rate, fee, *, short, leverage, funding):
    closed = closing_value(amount, rate, fee, short=short, funding=funding)
    return ratio_of(opened, closed, short=short, leverage=leverage)


prices = st.integers(1, 10_000_000).map(lambda cents: cents / 100) | st.floats(1e-8, 1e6)
amounts = st.integers(1, 10_000_000).map(lambda lots: lots / 1000) | st.floats(1e-6, 1e6)


@given(
    prices,
    prices,
    amounts,
    st.sampled_from([0.0, 0.0005, 0.001]) | fees,
    st.booleans(),
    st.sampled_from([1.0, 3.0, 20.5, 125.0]),
    st.just(0.0) | st.floats(-10, 10),
)
def test_floats_give_the_ratio_that_decimals_give(rate, entered, amount, fee, short, leverage, funding):
    opened = opening_value(amount, entered, fee, short=short)
    terms = {"short": short, "leverage": leverage, "funding": funding}
    assert ratio_at(opened, amount, rate, fee, **terms) == exactly(opened, amount, rate, fee, **terms)


@given(st.integers(-99_999_999, 99_999_999), st.sampled_from([1.0, 2.0]), st.booleans())
def test_ratios_close_to_a_half_are_rounded_as_decimals_are(places, leverage, short):
    """Rates whose ratio lies half-way between two results of 8 places."""
    rate = 100.0 * (1 + (places + 0.5) * 1e-8)
    terms = {"short": short, "leverage": leverage, "funding": 0.0}
    assert ratio_at(100.0, 1.0, rate, 0.0, **terms) == exactly(100.0, 1.0, rate, 0.0, **terms)


def test_nothing_put_in_makes_no_ratio_with_floats_either():
    assert ratio_at(0.0, 1.0, 100.0, 0.001, short=False, leverage=1.0) == 0.0
    assert ratio_at(1e-9, 1.0, 1e9, 0.0, short=False, leverage=1.0) == 1e18, "beyond what floats scale"
